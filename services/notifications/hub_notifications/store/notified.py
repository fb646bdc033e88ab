"""The items of which people were notified, and the calendar entries that they were sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_notifications.domain.calendar_entries import EntryChange, SentEntry
from hub_notifications.domain.notified import Facts
from hub_notifications.domain.threads import Thread
from hub_notifications.models import CalendarEntry, ToldItem


def notified_items(session: Session, threads: Collection[Thread]) -> dict[Thread, dict[str, Facts]]:
    """Return the items of which each thread's person was notified; empty for none."""
    found: dict[Thread, dict[str, Facts]] = defaultdict(dict)
    for row in session.scalars(select(ToldItem).where(_of(ToldItem, threads))):
        found[Thread(row.concerns, row.teacher_id)][row.item] = row.facts
    return found


def record(session: Session, thread: Thread, items: Mapping[str, Facts], *, now: datetime) -> None:
    """Store the items of which a person was notified."""
    if not items:
        return
    rows = [
        {
            "concerns": thread.concerns,
            "teacher_id": thread.teacher_id,
            "item": item,
            "facts": facts,
            "told_at": now,
        }
        for item, facts in sorted(items.items())
    ]
    new = insert(ToldItem).values(rows)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["concerns", "teacher_id", "item"],
            set_={"facts": new.excluded.facts, "told_at": new.excluded.told_at},
        )
    )


def entries(session: Session, threads: Collection[Thread]) -> dict[Thread, dict[str, SentEntry]]:
    """Return the calendar entries that each thread's person was sent."""
    found: dict[Thread, dict[str, SentEntry]] = defaultdict(dict)
    for row in session.scalars(select(CalendarEntry).where(_of(CalendarEntry, threads))):
        found[Thread(row.concerns, row.teacher_id)][row.item] = SentEntry(
            uid=row.uid, sequence=row.sequence, removed=row.removed, facts=row.facts
        )
    return found


def record_entry(
    session: Session, thread: Thread, change: EntryChange, uid: str | None, *, now: datetime
) -> None:
    """Store the calendar entry that a person was sent."""
    values = {
        "concerns": thread.concerns,
        "teacher_id": thread.teacher_id,
        "item": change.item,
        "uid": uid,
        "sequence": change.sequence,
        "removed": change.removed,
        "facts": change.facts,
        "sent_at": now,
    }
    session.execute(
        insert(CalendarEntry)
        .values(**values)
        .on_conflict_do_update(index_elements=["concerns", "teacher_id", "item"], set_=values)
    )


def _of(model: type[ToldItem] | type[CalendarEntry], threads: Iterable[Thread]) -> ColumnElement[bool]:
    keys = [(each.concerns, each.teacher_id) for each in threads]
    return tuple_(model.concerns, model.teacher_id).in_(keys)
