"""Waiting for a place: joining, accepting an offer, leaving."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WaitingListJoined, WaitingListLeft
from hub_contracts.vocabulary import WaitingListExitCause
from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.waiting_list import AcceptOffer, JoinWaitingList, LeaveWaitingList, OfferPlaces
from hub_enrolment.domain import enrolments, waiting_list
from hub_enrolment.domain.refusals import Unknown
from hub_enrolment.handlers import programmes
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.handlers.offers import offer_free_places
from hub_enrolment.handlers.schools import school_of
from hub_enrolment.handlers.work_groups import lock_work_group
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import standing as standing_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store.waiting_list import Described
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def join_waiting_list(session: Session, command: JoinWaitingList, *, now: datetime, by: str) -> Described:
    """Let a teacher wait; where there is a place that nobody before them can take, it is offered at once.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see
            `enrolments.check_request`, `programmes.check_path` and `waiting_list.join`.
    """
    today = day_in_england(now)
    school = school_of(session, command.teacher_id, command.urn, day=today)
    locked = lock_work_group(session, command.work_group_id)
    group, programme = locked
    places = enrolment_store.places(
        session, group, programme, teacher_id=command.teacher_id, urn=school.urn, day=today
    )
    enrolments.check_request(places, school, at=now, on=today)
    programmes.check_path(session, programme, school.urn, pointer="/teacher_id", day=today)
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
    outbox.record(session, WaitingListJoined(**_facts(entry)), occurred_at=now, by=by)
    offer_free_places(session, locked, now=now, by=by)
    return _described(session, entry)


def offer_places(session: Session, command: OfferPlaces, *, now: datetime, by: str) -> list[Described]:
    """Offer what is free to those who wait; those who have an offer by it.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `waiting_list.check_offers`.
    """
    locked = lock_work_group(session, command.work_group_id)
    room = enrolment_store.room(session, *locked)
    entries = offer_free_places(session, locked, now=now, by=by)
    waiting_list.check_offers(room, len(entries))
    return store.describe(session, entries)


def accept_offer(session: Session, command: AcceptOffer, *, now: datetime, by: str) -> Described:
    """Give the place that was offered by the rules for every place; it was asked for on joining the list.

    Raises:
        Unknown: `unknown_entry`; Refused, Conflict: see `waiting_list.accept` and `enrolments.enrol`.
    """
    # The teacher first, then the group: whatever locks both does so in this order.
    teacher_store.hold(session, [_entry(session, command.waiting_id).teacher_id])
    entry = _lock_entry(session, command.waiting_id)
    waiting_list.accept(entry.status, entry.expires_at, told_at=entry.told_at, at=now)
    # The school for which they wait, unless they have left it since.
    numbers = standing_store.stood_for(session, entry.urn, day_in_england(now))
    still_there = any(teacher_store.present_school(session, entry.teacher_id, urn) for urn in numbers)
    asked = EnrolParticipant(
        work_group_id=entry.work_group_id,
        teacher_id=entry.teacher_id,
        role=entry.role,
        urn=entry.urn if still_there else None,
    )
    place = enrol_participant(session, asked, now=now, by=by, asked_at=entry.created_at, offered=True)
    entry.enrolment_id = place.id
    _end(session, entry, "accepted", "accepted", now=now, by=by)
    return _described(session, entry)


def leave_waiting_list(session: Session, command: LeaveWaitingList, *, now: datetime, by: str) -> Described:
    """Let somebody wait no longer; a place that was kept for them is offered to the next.

    Raises:
        Unknown: `unknown_entry`; Conflict: see `waiting_list.give_up`.
    """
    entry = _lock_entry(session, command.waiting_id)
    given_up = waiting_list.give_up(entry.status)
    _end(session, entry, given_up, given_up, now=now, by=by)
    offer_free_places(session, lock_work_group(session, entry.work_group_id), now=now, by=by)
    return _described(session, entry)


def end_list(session: Session, work_group_id: UUID, cause: str, *, now: datetime, by: str) -> None:
    """End every entry of a group's list, open offers included; the group has ended and the caller holds it.

    `cause`: `group_cancelled` or `group_closed`.
    """
    for entry in store.open_entries(session, work_group_id):
        _end(session, entry, "left", cause, now=now, by=by)


def end_entry_of(session: Session, work_group_id: UUID, teacher_id: UUID, *, now: datetime, by: str) -> None:
    """End the entry of a teacher who is about to hold a place; the caller holds the group."""
    entry = store.open_entry(session, work_group_id, teacher_id)
    if entry is not None:
        _end(session, entry, "left", "left", now=now, by=by)


def leave_lists(session: Session, entries: Iterable[WaitingEntry], *, now: datetime, by: str) -> None:
    """End entries of one teacher, whom the caller holds; a place that was kept is offered to the next.

    `entries`: in the order of their groups' ids.
    """
    for known in entries:
        locked = lock_work_group(session, known.work_group_id)
        entry = _entry(session, known.id)  # as it is now that the group is locked
        if entry.status in waiting_list.OPEN:
            _end(session, entry, "left", "left", now=now, by=by)
            offer_free_places(session, locked, now=now, by=by)


def find_entry(session: Session, waiting_id: UUID) -> Described:
    """One entry with where it stands.

    Raises:
        Unknown: `unknown_entry`.
    """
    return _described(session, _entry(session, waiting_id))


def _lock_entry(session: Session, waiting_id: UUID) -> WaitingEntry:
    """One entry, as it is once its group is held: an offer is answered or expires, never both."""
    lock_work_group(session, _entry(session, waiting_id).work_group_id)
    return _entry(session, waiting_id)


def _end(session: Session, entry: WaitingEntry, status: str, cause: str, *, now: datetime, by: str) -> None:
    """Save that an entry has ended, with its event; the group is locked by the caller."""
    entry.status = status
    entry.touch(now=now, by=by)
    session.flush()
    outbox.record(
        session, WaitingListLeft(**_facts(entry), cause=WaitingListExitCause(cause)), occurred_at=now, by=by
    )


def _facts(entry: WaitingEntry) -> dict[str, Any]:
    return {
        "waiting_id": entry.id,
        "work_group_id": entry.work_group_id,
        "teacher_id": entry.teacher_id,
        "urn": entry.urn,
    }


def _entry(session: Session, waiting_id: UUID) -> WaitingEntry:
    entry = store.find_entry(session, waiting_id)
    if entry is None:
        raise Unknown("unknown_entry", "There is no such entry on a waiting list.")
    return entry


def _described(session: Session, entry: WaitingEntry) -> Described:
    return store.describe(session, [entry])[0]
