"""Entries on the waiting lists of groups."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.waiting_list import OPEN, Waiting
from hub_enrolment.models import Enrolment, WaitingEntry
from hub_enrolment.store import successions as succession_store


@dataclass(frozen=True)
class Described:
    """An entry with its position on the list."""

    row: WaitingEntry
    position: int | None  # 1 is offered the next place; None for an entry that does not wait


@dataclass(frozen=True)
class Queue:
    """The waiting entries of a list, in order, and the places of their schools."""

    waiting: Sequence[Waiting]
    kept_by_school: Mapping[str, int]  # held or offered


def find_entry(session: Session, waiting_id: UUID) -> WaitingEntry | None:
    """Return one entry, read from the database again; None when it is unknown."""
    return session.get(WaitingEntry, waiting_id, populate_existing=True)


def list_entries(work_group_id: UUID, *, status: str | None = None) -> Select[WaitingEntry]:
    """Select the entries of one group's list, ended ones included."""
    statement = select(WaitingEntry).where(WaitingEntry.work_group_id == work_group_id)
    return statement if status is None else statement.where(WaitingEntry.status == status)


def is_on_list(session: Session, work_group_id: UUID, teacher_id: UUID) -> bool:
    """Return whether a teacher has an open entry."""
    stands = (
        WaitingEntry.work_group_id == work_group_id,
        WaitingEntry.teacher_id == teacher_id,
        WaitingEntry.status.in_(OPEN),
    )
    return bool(session.scalar(select(exists().where(*stands))))


def open_entry(session: Session, work_group_id: UUID, teacher_id: UUID) -> WaitingEntry | None:
    """Return the open entry of a teacher, None without one; the caller has locked the group."""
    stands = (WaitingEntry.teacher_id == teacher_id, WaitingEntry.status.in_(OPEN))
    statement = list_entries(work_group_id).where(*stands)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def next_seq(session: Session, work_group_id: UUID) -> int:
    """Return the number of the list's next entry; the caller has locked the group."""
    highest = session.scalar(
        select(func.max(WaitingEntry.seq)).where(WaitingEntry.work_group_id == work_group_id)
    )
    return (highest or 0) + 1


def positions(session: Session, work_group_id: UUID) -> dict[UUID, int]:
    """Return the position of each waiting entry; 1 is offered the next place."""
    statement = (
        select(WaitingEntry.id)
        .where(WaitingEntry.work_group_id == work_group_id, WaitingEntry.status == "waiting")
        .order_by(WaitingEntry.seq)
    )
    return {entry_id: n for n, entry_id in enumerate(session.scalars(statement), start=1)}


def queue(session: Session, work_group_id: UUID, *, day: date) -> Queue:
    """Return the waiting entries and the places of schools as of a day; the caller has locked the group."""
    listed = open_entries(session, work_group_id)
    held = session.scalars(
        select(Enrolment.urn).where(Enrolment.work_group_id == work_group_id, Enrolment.status == "active")
    ).all()
    successions = succession_store.around(session, {*held, *(entry.urn for entry in listed)})
    kept = [*held, *(entry.urn for entry in listed if entry.status == "offered")]
    return Queue(
        waiting=[
            Waiting(entry.id, successions.standing(entry.urn, day))
            for entry in listed
            if entry.status == "waiting"
        ],
        kept_by_school=Counter(successions.standing(urn, day) for urn in kept),
    )


def describe(session: Session, rows: Sequence[WaitingEntry]) -> list[Described]:
    """Add the positions to entries, in one statement for each group."""
    found: dict[UUID, int] = {}
    for work_group_id in {row.work_group_id for row in rows}:
        found |= positions(session, work_group_id)
    return [Described(row, found.get(row.id)) for row in rows]


def open_of_teacher(session: Session, teacher_id: UUID) -> list[WaitingEntry]:
    """Return the open entries of a teacher, in the order of their groups' ids."""
    statement = (
        select(WaitingEntry)
        .where(WaitingEntry.teacher_id == teacher_id, WaitingEntry.status.in_(OPEN))
        .order_by(WaitingEntry.work_group_id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def open_entries(session: Session, work_group_id: UUID) -> list[WaitingEntry]:
    """Return the open entries of a list, in order; the caller has locked the group."""
    statement = (
        list_entries(work_group_id)
        .where(WaitingEntry.status.in_(OPEN))
        .order_by(WaitingEntry.seq)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def expired(session: Session, work_group_id: UUID, *, now: datetime) -> list[WaitingEntry]:
    """Return the open offers of a group that have expired; the caller has locked the group."""
    statement = (
        list_entries(work_group_id, status="offered")
        .where(WaitingEntry.told_at.is_not(None), WaitingEntry.expires_at <= now)
        .order_by(WaitingEntry.seq)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def groups_with_expired(session: Session, *, now: datetime) -> list[UUID]:
    """Return the ids of groups with an open offer that has expired."""
    statement = (
        select(WaitingEntry.work_group_id)
        .distinct()
        .where(
            WaitingEntry.status == "offered",
            WaitingEntry.told_at.is_not(None),
            WaitingEntry.expires_at <= now,
        )
    )
    return list(session.scalars(statement))
