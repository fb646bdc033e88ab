"""Scheduling: write the messages that the rules of `domain` find due in each thread."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_notifications.domain.calendar_entries import entry_changes
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.messages import NOTHING_TO_NOTIFY, Timing
from hub_notifications.domain.notified import Facts
from hub_notifications.domain.sending_hours import sendable_from
from hub_notifications.domain.threads import Thread, items_without_e_mail, notice_for
from hub_notifications.store import due, facts, notified
from hub_notifications.store import threads as threads_store
from hub_notifications.store.due import Due


def schedule(session: Session, threads: Collection[Thread], timing: Timing) -> None:
    """Add, update or suppress the e-mail that is due in each thread.

    A thread whose subject is unknown is skipped; the event about the subject schedules it later.
    """
    now = timing.now
    subjects = threads_store.load(session, threads)
    known = notified.notified_items(session, list(subjects))
    holidays = facts.holidays(session)
    messages, without = [], []
    for thread, subject in subjects.items():
        items = known[thread]
        silent = items_without_e_mail(subject, items, now=now)
        if silent:
            notified.record(session, thread, silent, now=now)
            items = items | silent
            schedule_entries(session, thread, items, now=now)
        found = notice_for(subject, items, now=now)
        if found is None:
            without.append(thread)
        else:
            due_at = sendable_from(URGENCY[found.kind], now=now, starts_at=found.starts_at, holidays=holidays)
            about = {} if found.about is None else {"about": found.about}
            messages.append(Due(thread=thread, kind=found.kind, due_at=due_at, about=about))
    due.schedule(session, messages, settled_at=timing.settled_at, now=now)
    due.suppress_in(session, without, NOTHING_TO_NOTIFY, now=now)


def schedule_entries(
    session: Session,
    thread: Thread,
    items: Mapping[str, Facts],
    *,
    now: datetime,
    follows: UUID | None = None,
) -> None:
    """Schedule a calendar-only message for each entry whose sent version differs from its item.

    `follows`: the e-mail that notified the person of the items.
    """
    changes = entry_changes(items, notified.entries(session, [thread])[thread], now=now)
    about = {} if follows is None else {"follows": str(follows)}
    messages = [
        Due(thread=thread, kind=Kind.CALENDAR_ENTRY, due_at=now, item=f"entry:{change.item}", about=about)
        for change in changes
    ]
    due.schedule(session, messages, settled_at=None, now=now)
