"""Join and leave waiting lists; accept offers of places."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WaitingListJoined
from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.waiting_list import AcceptOffer, JoinWaitingList, LeaveWaitingList, OfferPlaces
from hub_enrolment.domain import enrolments, waiting_list
from hub_enrolment.models import WaitingEntry
from hub_enrolment.steps.enrolments import PlaceRequest, enrol
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.steps.programmes import check_path
from hub_enrolment.steps.waiting_list import end_entry, entry_facts, require_entry
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store.standing_schools import school_of
from hub_enrolment.store.waiting_list import Described
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def join_waiting_list(session: Session, command: JoinWaitingList, *, now: datetime, by: str) -> Described:
    """Add a teacher to a waiting list; a place that no earlier entry can take is offered at once.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see
            `enrolments.check_request`, `check_path` and `waiting_list.join`.
    """
    today = day_in_england(now)
    school = school_of(session, command.teacher_id, command.urn, day=today)
    locked = lock_work_group(session, command.work_group_id)
    group, programme = locked
    places = enrolment_store.places(session, locked, teacher_id=command.teacher_id, urn=school.urn, day=today)
    enrolments.check_request(places, school, at=now, on=today)
    check_path(session, programme, school.urn, pointer="/teacher_id", day=today)
    waiting_list.join(places, on_list=store.is_on_list(session, group.id, command.teacher_id))
    entry = WaitingEntry(
        id=new_id(),
        work_group_id=group.id,
        seq=store.next_seq(session, group.id),
        teacher_id=command.teacher_id,
        urn=school.urn,
        role=command.role,
        status="waiting",
        **made(now, by),
    )
    session.add(entry)
    session.flush()
    outbox.record(session, WaitingListJoined(**entry_facts(entry)), occurred_at=now, by=by)
    offer_free_places(session, locked, now=now, by=by)
    return _described(session, entry)


def offer_places(session: Session, command: OfferPlaces, *, now: datetime, by: str) -> list[Described]:
    """Offer the free places to the waiting list; return the entries with a new offer.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `waiting_list.check_offers`.
    """
    locked = lock_work_group(session, command.work_group_id)
    occupancy = enrolment_store.occupancy(session, *locked)
    entries = offer_free_places(session, locked, now=now, by=by)
    waiting_list.check_offers(occupancy, len(entries))
    return store.describe(session, entries)


def accept_offer(session: Session, command: AcceptOffer, *, now: datetime, by: str) -> Described:
    """Enrol a teacher who accepts an offer, by the usual rules as of the day on which they joined the list.

    Raises:
        Unknown: `unknown_entry`; Refused, Conflict: see `waiting_list.accept` and `enrolments.enrol`.
    """
    # The teacher first, then the group: every transaction that locks both uses this order.
    teacher_store.hold(session, [require_entry(session, command.waiting_id).teacher_id])
    entry = _lock_entry(session, command.waiting_id)
    waiting_list.accept(entry.status, entry.expires_at, told_at=entry.told_at, at=now)
    # The school of the entry, unless the teacher has left it since.
    numbers = succession_store.stood_for(session, entry.urn, day_in_england(now))
    still_there = any(teacher_store.present_school(session, entry.teacher_id, urn) for urn in numbers)
    asked = EnrolParticipant(
        work_group_id=entry.work_group_id,
        teacher_id=entry.teacher_id,
        role=entry.role,
        urn=entry.urn if still_there else None,
    )
    place = enrol(session, asked, PlaceRequest(entry.created_at, offered=True), now=now, by=by)
    entry.enrolment_id = place.id
    end_entry(session, entry, "accepted", "accepted", now=now, by=by)
    return _described(session, entry)


def leave_waiting_list(session: Session, command: LeaveWaitingList, *, now: datetime, by: str) -> Described:
    """Take a teacher off a waiting list; a place that was offered to them is offered to the next.

    Raises:
        Unknown: `unknown_entry`; Conflict: see `waiting_list.give_up`.
    """
    entry = _lock_entry(session, command.waiting_id)
    given_up = waiting_list.give_up(entry.status)
    end_entry(session, entry, given_up, given_up, now=now, by=by)
    offer_free_places(session, lock_work_group(session, entry.work_group_id), now=now, by=by)
    return _described(session, entry)


def find_entry(session: Session, waiting_id: UUID) -> Described:
    """Return an entry with its position.

    Raises:
        Unknown: `unknown_entry`.
    """
    return _described(session, require_entry(session, waiting_id))


def _lock_entry(session: Session, waiting_id: UUID) -> WaitingEntry:
    """Lock the entry's group, then read the entry, so that an offer is answered or expires, never both."""
    lock_work_group(session, require_entry(session, waiting_id).work_group_id)
    return require_entry(session, waiting_id)


def _described(session: Session, entry: WaitingEntry) -> Described:
    return store.describe(session, [entry])[0]
