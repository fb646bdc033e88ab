"""Who waits for a place on a work group."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.waiting_list import OPEN
from hub_enrolment.models import WaitingEntry


def find_entry(session: Session, waiting_id: UUID) -> WaitingEntry | None:
    """One entry as it is now, read anew."""
    return session.get(WaitingEntry, waiting_id, populate_existing=True)


def list_entries(work_group_id: UUID, *, status: str | None = None) -> Select[WaitingEntry]:
    """The entries of one group's list, also those that have come to an end."""
    statement = select(WaitingEntry).where(WaitingEntry.work_group_id == work_group_id)
    return statement if status is None else statement.where(WaitingEntry.status == status)


def is_on_list(session: Session, work_group_id: UUID, teacher_id: UUID) -> bool:
    """Whether a teacher waits, or has an open offer."""
    stands = (
        WaitingEntry.work_group_id == work_group_id,
        WaitingEntry.teacher_id == teacher_id,
        WaitingEntry.status.in_(OPEN),
    )
    return bool(session.scalar(select(exists().where(*stands))))


def next_seq(session: Session, work_group_id: UUID) -> int:
    """The number of whoever joins the list next; the group is locked by the caller."""
    highest = session.scalar(
        select(func.max(WaitingEntry.seq)).where(WaitingEntry.work_group_id == work_group_id)
    )
    return (highest or 0) + 1


def positions(session: Session, work_group_id: UUID) -> dict[UUID, int]:
    """Where each who waits stands now: 1 is offered the next place."""
    statement = (
        select(WaitingEntry.id)
        .where(WaitingEntry.work_group_id == work_group_id, WaitingEntry.status == "waiting")
        .order_by(WaitingEntry.seq)
    )
    return {entry_id: n for n, entry_id in enumerate(session.scalars(statement), start=1)}


def first_waiting(session: Session, work_group_id: UUID, count: int) -> list[WaitingEntry]:
    """The first so many of those who wait; the group is locked by the caller."""
    if not count:
        return []
    statement = (
        list_entries(work_group_id, status="waiting")
        .order_by(WaitingEntry.seq)
        .limit(count)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def open_entries(session: Session, work_group_id: UUID) -> list[WaitingEntry]:
    """Those who wait or have an open offer; the group is locked by the caller."""
    statement = (
        list_entries(work_group_id)
        .where(WaitingEntry.status.in_(OPEN))
        .order_by(WaitingEntry.seq)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def expired(session: Session, work_group_id: UUID, *, now: datetime) -> list[WaitingEntry]:
    """The open offers of a group whose time is over; the group is locked by the caller."""
    statement = (
        list_entries(work_group_id, status="offered")
        .where(WaitingEntry.expires_at <= now)
        .order_by(WaitingEntry.seq)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def groups_with_expired(session: Session, *, now: datetime) -> list[UUID]:
    """The groups that have an open offer whose time is over."""
    statement = (
        select(WaitingEntry.work_group_id)
        .distinct()
        .where(WaitingEntry.status == "offered", WaitingEntry.expires_at <= now)
    )
    return list(session.scalars(statement))
