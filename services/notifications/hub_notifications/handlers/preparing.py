"""What each claimed message says, decided at the moment of sending: rows in, the news of each out.

A message with nothing to tell is suppressed, one whose hour has not come goes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_notifications.domain import told as knowledge
from hub_notifications.domain import waiting_list
from hub_notifications.domain.calendar_entries import EntryChange, SentEntry, entry_changes, starts_at
from hub_notifications.domain.decent_hours import sendable_from
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.messages import WAIT_FOR_ADDRESS
from hub_notifications.domain.reminders import reminder_holds
from hub_notifications.domain.resending import NoLongerHolds, again
from hub_notifications.domain.standing import Standing, WaitingState
from hub_notifications.domain.threads import Subject, Thread, news_of
from hub_notifications.domain.told import Facts, News
from hub_notifications.handlers.scheduling import NOTHING_TO_TELL, holidays_of
from hub_notifications.models import Message
from hub_notifications.store import claimed as store
from hub_notifications.store import standings, told

log = structlog.get_logger(__name__)

# Kinds that say once more what the person has been told.
SAYS_AGAIN: Final = frozenset({Kind.CALENDAR_ENTRY, Kind.SESSION_REMINDER, Kind.OFFER_LAST_DAY})


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A message that is to be sent now."""

    message: Message
    item: str  # the message's own; of a repeat of what had failed, that one's
    is_repeat: bool  # of what was sent before
    thread: Thread
    subject: Subject
    found: News
    items: Mapping[str, Facts]  # what the person has been told once it has been sent
    entries: Mapping[str, SentEntry]
    changes: Sequence[EntryChange]  # of the person's calendar, by this message

    @property
    def entry(self) -> EntryChange | None:
        """The calendar part of this message; several changes follow in messages of their own."""
        return self.changes[0] if len(self.changes) == 1 else None


def prepare(
    session: Session, claim: UUID, messages: Sequence[Message], *, now: datetime, real_now: datetime
) -> list[Prepared]:
    """Decide on the messages of a claim; those that are not to be sent now leave it."""
    threads = {message.id: Thread(message.concerns, UUID(message.recipient_ref)) for message in messages}
    wanted = list(dict.fromkeys(threads.values()))
    subjects = standings.load(session, wanted)
    items, entries = told.told_items(session, wanted), told.entries(session, wanted)
    holidays = holidays_of(session)
    prepared: list[Prepared] = []
    for message in messages:
        thread = threads[message.id]
        subject = subjects.get(thread)
        if subject is None:
            retry_at = real_now + WAIT_FOR_ADDRESS
            store.put_off(session, claim, message.id, now=now, reason="facts_missing", retry_at=retry_at)
            continue
        try:
            one = _decide(message, thread, subject, items[thread], entries[thread], now=now)
        except NoLongerHolds as exc:
            store.suppress(session, claim, message.id, exc.reason, now=now)
            continue
        except Exception as exc:  # noqa: BLE001 - a bug in one message must not hold up the others
            log.error("message_not_decided", message_id=str(message.id), error=type(exc).__name__)
            retry_at = real_now + WAIT_FOR_ADDRESS
            store.put_off(session, claim, message.id, now=now, reason="bug", retry_at=retry_at)
            continue
        due_at = sendable_from(
            URGENCY[one.found.kind], now=now, starts_at=one.found.starts_at, holidays=holidays
        )
        if due_at > now:
            store.put_off(session, claim, message.id, now=now, due_at=due_at)
        elif _must_follow(one, prepared):
            store.put_off(session, claim, message.id, now=now, reason=message.reason)
        else:
            prepared.append(one)
    return prepared


def _must_follow(one: Prepared, others: Sequence[Prepared]) -> bool:
    """Whether what a message says depends on another message of its thread: it is decided after that one."""
    return any(other.thread == one.thread and not _are_apart(one, other) for other in others)


def _are_apart(one: Prepared, other: Prepared) -> bool:
    """Whether two messages of a thread change nothing for each other: two entries, or two repeats."""
    both = (one, other)
    return all(each.found.kind is Kind.CALENDAR_ENTRY for each in both) or all(
        each.is_repeat for each in both
    )


def _decide(
    message: Message,
    thread: Thread,
    subject: Subject,
    items: Mapping[str, Facts],
    entries: Mapping[str, SentEntry],
    *,
    now: datetime,
) -> Prepared:
    """Find what a message says.

    Raises:
        NoLongerHolds: it says nothing.
    """
    is_repeat = "items" in message.about
    item = message.item if is_repeat else message.about.get("anew", message.item)
    found, changes = _found(item, message, subject, items, entries, now=now)
    after = items if is_repeat or found.kind in SAYS_AGAIN else {**items, **found.items}
    if item == "":
        changes = entry_changes(after, entries, now=now)
    return Prepared(
        message=message,
        item=item,
        is_repeat=is_repeat,
        thread=thread,
        subject=subject,
        found=found,
        items=after,
        entries=entries,
        changes=changes,
    )


def _found(
    item: str,
    message: Message,
    subject: Subject,
    items: Mapping[str, Facts],
    entries: Mapping[str, SentEntry],
    *,
    now: datetime,
) -> tuple[News, list[EntryChange]]:
    role, _, rest = item.partition(":")
    match role:
        case "entry":
            change = _entry(rest, items, entries, now=now)
            starts = starts_at(change.facts)
            return News(kind=Kind.CALENDAR_ENTRY, items={rest: change.facts}, starts_at=starts), [change]
        case "reminder":
            return _reminder(rest, message.about["sequence"], subject, items, now=now), []
        case "last-day":
            return _last_day(rest, subject, items, now=now), []
        case "resend":
            found = again(Kind(message.template), message.about, subject, now=now)
            return found, _entry_again(found, entries)
    return _news(subject, items, now=now), []


def _news(subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> News:
    found = news_of(subject, items, now=now)
    if found is None:
        raise NoLongerHolds(NOTHING_TO_TELL)
    if found.kind is not Kind.PLACE_OFFERED:
        return found
    # The deadline counts from the e-mail; enrolment hears of it by MessageSent.
    item = found.items["waiting"]
    ends = waiting_list.ends_at(datetime.fromisoformat(item["expires_at"]), sent_at=now)
    return replace(found, items={"waiting": item | {"expires_at": ends.isoformat()}})


def _entry(
    item: str, items: Mapping[str, Facts], entries: Mapping[str, SentEntry], *, now: datetime
) -> EntryChange:
    for change in entry_changes(items, entries, now=now):
        if change.item == item:
            return change
    raise NoLongerHolds(NOTHING_TO_TELL)


def _entry_again(found: News, entries: Mapping[str, SentEntry]) -> list[EntryChange]:
    """The one entry that a message was sent with, as it was last sent."""
    known = [(item, entries[item]) for item in found.items if item in entries]
    if len(known) != 1:
        if found.kind is Kind.CALENDAR_ENTRY:
            raise NoLongerHolds(NOTHING_TO_TELL)
        return []
    item, sent = known[0]
    facts, removed = sent.facts, sent.removed
    return [
        EntryChange(
            item=item, uid=sent.uid, is_new=False, sequence=sent.sequence, removed=removed, facts=facts
        )
    ]


def _reminder(
    session_and_days: str, sequence: int, subject: Subject, items: Mapping[str, Facts], *, now: datetime
) -> News:
    assert isinstance(subject, Standing), "reminders are of sessions"  # noqa: S101 - for the type checker
    session_id, _, days = session_and_days.partition(":")
    session, known = subject.sessions.get(UUID(session_id)), knowledge.read(items)
    if session is None or not reminder_holds(
        subject, known, session, days=int(days), sequence=sequence, now=now
    ):
        raise NoLongerHolds(NOTHING_TO_TELL)
    item = f"session:{session_id}"
    return News(
        kind=Kind.SESSION_REMINDER,
        items={item: items[item]},
        starts_at=session.starts_at,
        added=(session,),
    )


def _last_day(waiting_id: str, subject: Subject, items: Mapping[str, Facts], *, now: datetime) -> News:
    assert isinstance(subject, Standing), "offers are of places"  # noqa: S101 - for the type checker
    waiting, told_of = subject.waiting, items.get("waiting", {}).get("waiting_id")
    if (
        waiting is None
        or waiting.state is not WaitingState.OFFERED
        or not str(waiting.waiting_id) == waiting_id == told_of
        or waiting.expires_at is None
        or not waiting_list.is_last_day(waiting.expires_at, now)
    ):
        raise NoLongerHolds("offer_over")
    item = items["waiting"] | {"expires_at": waiting.expires_at.isoformat()}
    return News(kind=Kind.OFFER_LAST_DAY, items={"waiting": item}, about=f"waiting-list/{waiting_id}")
