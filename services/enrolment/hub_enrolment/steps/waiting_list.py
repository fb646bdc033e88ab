"""End entries of waiting lists."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WaitingListLeft
from hub_contracts.vocabulary import WaitingListExitCause
from hub_enrolment.domain import waiting_list
from hub_enrolment.models import WaitingEntry
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.refusals import Unknown
from hub_messaging import outbox


class EntryFacts(TypedDict):
    """The fields that every event about an entry of a waiting list has."""

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str


def end_list(session: Session, work_group_id: UUID, cause: str, *, now: datetime, by: str) -> None:
    """End every entry of the list of a group that has ended, open offers included; the caller locked it.

    `cause`: `group_cancelled` or `group_closed`.
    """
    for entry in store.open_entries(session, work_group_id):
        end_entry(session, entry, "left", cause, now=now, by=by)


def end_entry_of(session: Session, work_group_id: UUID, teacher_id: UUID, *, now: datetime, by: str) -> None:
    """End the entry of a teacher who gets a place otherwise; the caller has locked the group."""
    entry = store.open_entry(session, work_group_id, teacher_id)
    if entry is not None:
        end_entry(session, entry, "left", "left", now=now, by=by)


def leave_lists(session: Session, entries: Iterable[WaitingEntry], *, now: datetime, by: str) -> None:
    """End entries of a teacher, whom the caller has locked; offered places go to the next entry.

    `entries`: in the order of their groups' ids.
    """
    for known in entries:
        locked = lock_work_group(session, known.work_group_id)
        entry = require_entry(session, known.id)  # as it is now that the group is locked
        if entry.status in waiting_list.OPEN:
            end_entry(session, entry, "left", "left", now=now, by=by)
            offer_free_places(session, locked, now=now, by=by)


def end_entry(
    session: Session, entry: WaitingEntry, status: str, cause: str, *, now: datetime, by: str
) -> None:
    """End an entry with its event; the caller has locked the group."""
    entry.status = status
    entry.touch(now=now, by=by)
    session.flush()
    outbox.record(
        session,
        WaitingListLeft(**entry_facts(entry), cause=WaitingListExitCause(cause)),
        occurred_at=now,
        by=by,
    )


def entry_facts(entry: WaitingEntry) -> EntryFacts:
    """Return the published facts of an entry."""
    return {
        "waiting_id": entry.id,
        "work_group_id": entry.work_group_id,
        "teacher_id": entry.teacher_id,
        "urn": entry.urn,
    }


def require_entry(session: Session, waiting_id: UUID) -> WaitingEntry:
    """Return an entry of a waiting list.

    Raises:
        Unknown: `unknown_entry`.
    """
    entry = store.find_entry(session, waiting_id)
    if entry is None:
        raise Unknown("unknown_entry", "There is no such entry on a waiting list.")
    return entry
