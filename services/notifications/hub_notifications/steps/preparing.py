"""Decide the content of each claimed message at the moment of sending.

A message with nothing to notify is suppressed; one outside its sending hours is released.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_notifications.domain import notified as notified_states
from hub_notifications.domain import waiting_list
from hub_notifications.domain.calendar_entries import EntryChange, SentEntry, entry_changes, starts_at
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.messages import NOTHING_TO_NOTIFY, WAIT_FOR_ADDRESS, Clock
from hub_notifications.domain.notified import Facts, Notice
from hub_notifications.domain.participations import Participation, WaitingState
from hub_notifications.domain.reminders import Reminder, reminder_applies
from hub_notifications.domain.resending import NoLongerApplies, repeated_notice
from hub_notifications.domain.sending_hours import sendable_from
from hub_notifications.domain.threads import Subject, Thread, notice_for
from hub_notifications.models import Message
from hub_notifications.store import claims, facts, notified
from hub_notifications.store import threads as threads_store
from hub_notifications.store.claims import Postponement
from hub_platform.bank_holidays import bank_holidays

log = structlog.get_logger(__name__)

# Kinds that repeat something of which the person has been notified already.
REPEATING_KINDS: Final = frozenset({Kind.CALENDAR_ENTRY, Kind.SESSION_REMINDER, Kind.OFFER_LAST_DAY})


@dataclass(frozen=True, kw_only=True)
class ThreadState:
    """The current state of a thread's subject, and what its person has been sent about it."""

    thread: Thread
    subject: Subject
    items: Mapping[str, Facts]  # of which the person was notified
    entries: Mapping[str, SentEntry]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A message to send now, with its content."""

    message: Message
    item: str  # of the message; for a resend of a failed message, of that one
    is_repeat: bool  # of a message that was sent
    state: ThreadState
    found: Notice
    items: Mapping[str, Facts]  # of which the person has been notified once it is sent
    changes: Sequence[EntryChange]  # of the person's calendar

    @property
    def entry(self) -> EntryChange | None:
        """The calendar entry of this e-mail; several changes are sent in separate e-mails."""
        return self.changes[0] if len(self.changes) == 1 else None


def prepare(session: Session, claim: UUID, messages: Sequence[Message], clock: Clock) -> list[Prepared]:
    """Return the messages of a claim to send now; suppress or postpone the others."""
    threads = {message.id: Thread(message.concerns, UUID(message.recipient_ref)) for message in messages}
    states = _load(session, list(dict.fromkeys(threads.values())))
    holidays = facts.holidays(session)
    prepared: list[Prepared] = []
    for message in messages:
        one = _prepare_one(session, claim, message, states.get(threads[message.id]), clock)
        if one is None:
            continue
        due_at = sendable_from(
            URGENCY[one.found.kind], now=clock.now, starts_at=one.found.starts_at, holidays=holidays
        )
        if due_at > clock.now:
            claims.postpone(session, claim, message.id, Postponement(due_at=due_at), now=clock.now)
        elif _depends_on_any(one, prepared):
            until = Postponement(reason=message.reason)
            claims.postpone(session, claim, message.id, until, now=clock.now)
        else:
            prepared.append(one)
    return prepared


def _load(session: Session, threads: Sequence[Thread]) -> dict[Thread, ThreadState]:
    """Read the state of each thread; threads whose events have not arrived yet are left out."""
    items, entries = notified.notified_items(session, threads), notified.entries(session, threads)
    return {
        thread: ThreadState(thread=thread, subject=subject, items=items[thread], entries=entries[thread])
        for thread, subject in threads_store.load(session, threads).items()
    }


def _prepare_one(
    session: Session, claim: UUID, message: Message, state: ThreadState | None, clock: Clock
) -> Prepared | None:
    """Decide a message's content; a message without content is suppressed or postponed."""
    retry_at = clock.real_now + WAIT_FOR_ADDRESS
    if state is None:
        reason = "facts_missing"
    else:
        try:
            return _decide(message, state, now=clock.now)
        except NoLongerApplies as exc:
            claims.suppress(session, claim, message.id, exc.reason, now=clock.now)
            return None
        except Exception as exc:  # noqa: BLE001 - a bug in one message must not block the others
            log.error("message_not_decided", message_id=str(message.id), error=type(exc).__name__)
            reason = "bug"
    until = Postponement(reason=reason, retry_at=retry_at)
    claims.postpone(session, claim, message.id, until, now=clock.now)
    return None


def _depends_on_any(one: Prepared, others: Sequence[Prepared]) -> bool:
    """Return whether a message's content depends on another message of its thread, which is sent first."""
    return any(
        other.state.thread == one.state.thread and not _are_independent(one, other) for other in others
    )


def _are_independent(one: Prepared, other: Prepared) -> bool:
    both = (one, other)
    return all(each.found.kind is Kind.CALENDAR_ENTRY for each in both) or all(
        each.is_repeat for each in both
    )


def _decide(message: Message, state: ThreadState, *, now: datetime) -> Prepared:
    """Return a message with its content.

    Raises:
        NoLongerApplies: there is nothing to notify.
    """
    is_repeat = "items" in message.about
    item = message.item if is_repeat else message.about.get("anew", message.item)
    found, changes = _content(item, message, state, now=now)
    after = state.items if is_repeat or found.kind in REPEATING_KINDS else {**state.items, **found.items}
    if item == "":
        changes = entry_changes(after, state.entries, now=now)
    return Prepared(
        message=message,
        item=item,
        is_repeat=is_repeat,
        state=state,
        found=found,
        items=after,
        changes=changes,
    )


def _content(
    item: str, message: Message, state: ThreadState, *, now: datetime
) -> tuple[Notice, list[EntryChange]]:
    role, _, rest = item.partition(":")
    match role:
        case "entry":
            change = _entry(rest, state, now=now)
            starts = starts_at(change.facts)
            return Notice(kind=Kind.CALENDAR_ENTRY, items={rest: change.facts}, starts_at=starts), [change]
        case "reminder":
            return _reminder(rest, message.about["sequence"], state, now=now), []
        case "last-day":
            return _last_day(rest, state, now=now), []
        case "resend":
            found = repeated_notice(Kind(message.template), message.about, state.subject, now=now)
            return found, _repeated_entry(found, state.entries)
    return _notice(state, now=now), []


def _notice(state: ThreadState, *, now: datetime) -> Notice:
    found = notice_for(state.subject, state.items, now=now)
    if found is None:
        raise NoLongerApplies(NOTHING_TO_NOTIFY)
    if found.kind is not Kind.PLACE_OFFERED:
        return found
    # The offer's validity counts from its e-mail; MessageSent carries the new expiry to enrolment.
    item = found.items["waiting"]
    ends = waiting_list.ends_at(
        datetime.fromisoformat(item["expires_at"]), sent_at=now, bank_holidays=bank_holidays()
    )
    return replace(found, items={"waiting": item | {"expires_at": ends.isoformat()}})


def _entry(item: str, state: ThreadState, *, now: datetime) -> EntryChange:
    for change in entry_changes(state.items, state.entries, now=now):
        if change.item == item:
            return change
    raise NoLongerApplies(NOTHING_TO_NOTIFY)


def _repeated_entry(found: Notice, entries: Mapping[str, SentEntry]) -> list[EntryChange]:
    """Return the entry that a message carried, in its last sent version; empty if it carried none."""
    known = [(item, entries[item]) for item in found.items if item in entries]
    if len(known) != 1:
        if found.kind is Kind.CALENDAR_ENTRY:
            raise NoLongerApplies(NOTHING_TO_NOTIFY)
        return []
    item, sent = known[0]
    return [
        EntryChange(
            item=item,
            uid=sent.uid,
            is_new=False,
            sequence=sent.sequence,
            removed=sent.removed,
            facts=sent.facts,
        )
    ]


def _reminder(session_and_days: str, sequence: int, state: ThreadState, *, now: datetime) -> Notice:
    subject = state.subject
    assert isinstance(subject, Participation), "reminders are of sessions"  # noqa: S101 - for mypy
    session_id, _, days = session_and_days.partition(":")
    reminder = Reminder(session_id=UUID(session_id), days=int(days), sequence=sequence)
    if not reminder_applies(reminder, subject, notified_states.read(state.items), now=now):
        raise NoLongerApplies(NOTHING_TO_NOTIFY)
    session = subject.sessions[reminder.session_id]
    item = f"session:{session_id}"
    return Notice(
        kind=Kind.SESSION_REMINDER,
        items={item: state.items[item]},
        starts_at=session.starts_at,
        added=(session,),
    )


def _last_day(waiting_id: str, state: ThreadState, *, now: datetime) -> Notice:
    subject = state.subject
    assert isinstance(subject, Participation), "offers are of places"  # noqa: S101 - for mypy
    waiting, notified_id = subject.waiting, state.items.get("waiting", {}).get("waiting_id")
    if (
        waiting is None
        or waiting.state is not WaitingState.OFFERED
        or not str(waiting.waiting_id) == waiting_id == notified_id
        or waiting.expires_at is None
        or not waiting_list.is_last_day(waiting.expires_at, now)
    ):
        raise NoLongerApplies("offer_over")
    item = state.items["waiting"] | {"expires_at": waiting.expires_at.isoformat()}
    return Notice(kind=Kind.OFFER_LAST_DAY, items={"waiting": item}, about=f"waiting-list/{waiting_id}")
