"""When a fact has changed: decide which people must be told something, and when the e-mail may go."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_notifications.domain.calendar_entries import entry_changes
from hub_notifications.domain.decent_hours import Holidays, sendable_from
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.threads import Thread, news_of, untold_in_words
from hub_notifications.domain.told import Facts
from hub_notifications.store import due, facts, standings, told
from hub_notifications.store.due import Due

NOTHING_TO_TELL = "nothing_to_tell"


def schedule(session: Session, threads: Collection[Thread], cause: Cause) -> None:
    """Write down, move or withdraw the e-mail that is due in each thread.

    A thread whose subject is not known yet is left alone: its event comes, and schedules it.
    """
    subjects = standings.load(session, threads)
    known = told.told_items(session, list(subjects))
    holidays = holidays_of(session)
    messages, without = [], []
    for thread, subject in subjects.items():
        items = known[thread]
        silent = untold_in_words(subject, items, now=cause.now)
        if silent:
            told.tell(session, thread, silent, now=cause.now)
            items = items | silent
            schedule_entries(session, thread, items, now=cause.now)
        found = news_of(subject, items, now=cause.now)
        if found is None:
            without.append(thread)
        else:
            due_at = sendable_from(
                URGENCY[found.kind], now=cause.now, starts_at=found.starts_at, holidays=holidays
            )
            about = {} if found.about is None else {"about": found.about}
            messages.append(Due(thread=thread, kind=found.kind, due_at=due_at, about=about))
    due.schedule(session, messages, settled_at=cause.settled_at, now=cause.now)
    due.withdraw(session, without, NOTHING_TO_TELL, now=cause.now)


def schedule_entries(
    session: Session,
    thread: Thread,
    items: Mapping[str, Facts],
    *,
    now: datetime,
    follows: UUID | None = None,
) -> None:
    """Write down a calendar-only message for each entry that does not say what the person has been told.

    `follows`: the e-mail in words that said the same.
    """
    changes = entry_changes(items, told.entries(session, [thread])[thread], now=now)
    about = {} if follows is None else {"follows": str(follows)}
    messages = [
        Due(thread=thread, kind=Kind.CALENDAR_ENTRY, due_at=now, item=f"entry:{change.item}", about=about)
        for change in changes
    ]
    due.schedule(session, messages, settled_at=None, now=now)


def holidays_of(session: Session) -> Holidays:
    """The hub's school holidays, as far as its calendar is known."""
    return Holidays(half_terms=facts.half_terms(session))
