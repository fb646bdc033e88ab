"""Waiting for a place: joining the list, answering an offer, offers that end."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.waiting_list import AcceptOffer, JoinWaitingList, LeaveWaitingList, OfferPlaces
from hub_enrolment.domain import enrolments as rules
from hub_enrolment.domain import waiting_list
from hub_enrolment.domain.applications import Applicant
from hub_enrolment.domain.calendar import day_in_england
from hub_enrolment.domain.refusals import Unknown
from hub_enrolment.handlers import enrolments, offers, programmes, work_groups
from hub_enrolment.handlers.work_groups import Locked
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import waiting_list as store
from hub_platform.database import made
from hub_platform.ids import new_id

OF_THE_SERVICE = "enrolment"  # who ends an offer that nobody has answered


class Standing(NamedTuple):
    """An entry of the list with its place in the queue."""

    row: WaitingEntry
    position: int | None  # 1 is offered the next place; None for whoever waits no longer


def join_waiting_list(session: Session, command: JoinWaitingList, *, now: datetime, by: str) -> Standing:
    """Let a teacher wait for a place on a group that has none to give.

    Beside places that others have been offered one may be free; whoever joins is then offered it.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see
            `enrolments.check_request`, `waiting_list.join` and `programmes.check_path`.
    """
    school = enrolments.school_of(session, command.teacher_id)
    group, programme = work_groups.lock_work_group(session, command.work_group_id)
    places = enrolment_store.places(session, group, programme, teacher_id=command.teacher_id, urn=school.urn)
    rules.check_request(places, school, at=now, on=day_in_england(now))
    waiting_list.join(places, on_list=store.is_on_list(session, group.id, command.teacher_id))
    programmes.check_path(session, programme, school.urn, pointer="/teacher_id")
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
    offers.offer_free(session, group, now=now, by=by)
    return standings(session, [entry])[0]


def offer_places(session: Session, command: OfferPlaces, *, now: datetime, by: str) -> list[Standing]:
    """Offer what is free to the first who wait, once offers that nobody answered in time have ended.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `waiting_list.check_offers`.
    """
    group, _ = work_groups.lock_work_group(session, command.work_group_id)
    offers.expire(session, group, now=now, by=by)
    waiting_list.check_offers(enrolment_store.room(session, group))
    return standings(session, offers.offer_free(session, group, now=now, by=by))


def accept_offer(session: Session, command: AcceptOffer, *, now: datetime, by: str) -> Standing:
    """Give the place that was kept.

    Raises:
        Unknown: `unknown_waiting_entry`; Refused, Conflict: see `waiting_list.accept` and `enrolments.admit`.
    """
    locked, entry = _lock_entry(session, command.waiting_id)
    waiting_list.accept(entry.status, entry.expires_at, at=now)
    who = Applicant(teacher_id=entry.teacher_id, role=entry.role)
    enrolment = enrolments.admit(session, locked, who, offered=True, now=now, by=by)
    entry.status, entry.enrolment_id = "accepted", enrolment.id
    entry.touch(now=now, by=by)
    session.flush()
    return Standing(entry, None)


def leave_waiting_list(session: Session, command: LeaveWaitingList, *, now: datetime, by: str) -> Standing:
    """Wait no longer, or decline an offer, whose place goes to the next.

    Raises:
        Unknown: `unknown_waiting_entry`; Conflict: see `waiting_list.give_up`.
    """
    locked, entry = _lock_entry(session, command.waiting_id)
    entry.status = waiting_list.give_up(entry.status)
    entry.touch(now=now, by=by)
    session.flush()
    offers.offer_free(session, locked.group, now=now, by=by)
    return Standing(entry, None)


def groups_with_expired(session: Session, *, now: datetime) -> list[UUID]:
    """The groups with an open offer whose time is over."""
    return store.groups_with_expired(session, now=now)


def expire_offers(session: Session, work_group_id: UUID, *, now: datetime) -> None:
    """End the offers of a group that nobody has answered, and offer their places to the next."""
    group, _ = work_groups.lock_work_group(session, work_group_id)
    if offers.expire(session, group, now=now, by=OF_THE_SERVICE):
        offers.offer_free(session, group, now=now, by=OF_THE_SERVICE)


def end_list(session: Session, work_group_id: UUID, *, now: datetime, by: str) -> None:
    """Let nobody wait any more, open offers included; the group is locked by the caller."""
    for entry in store.open_entries(session, work_group_id):
        entry.status = "left"
        entry.touch(now=now, by=by)
    session.flush()


def find_entry(session: Session, waiting_id: UUID) -> WaitingEntry:
    """One entry of a waiting list.

    Raises:
        Unknown: `unknown_waiting_entry`.
    """
    entry = store.find_entry(session, waiting_id)
    if entry is None:
        raise Unknown("unknown_waiting_entry", "There is no such entry on a waiting list.")
    return entry


def standings(session: Session, entries: Sequence[WaitingEntry]) -> list[Standing]:
    """Entries of one group's list with their places in the queue."""
    if not entries:
        return []
    positions = store.positions(session, entries[0].work_group_id)
    return [Standing(entry, positions.get(entry.id)) for entry in entries]


def _lock_entry(session: Session, waiting_id: UUID) -> tuple[Locked, WaitingEntry]:
    """An entry to decide about, its group first.

    Raises:
        Unknown: `unknown_waiting_entry`.
    """
    locked = work_groups.lock_work_group(session, find_entry(session, waiting_id).work_group_id)
    return locked, find_entry(session, waiting_id)  # as it is now that the group is held
