"""Sends what is due.

The one handler that opens its own transactions: a letter is never sent inside one. Claim (commit), send,
record together with MessageSent or MessageFailed (commit). When the process dies between sending and
recording, the claim runs out, the letter is sent once more with the same Message-ID, and the event is
published once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_messaging import outbox
from hub_notifications.domain import messages
from hub_notifications.gateways import Contact, Contacts, ContactsAway, MailAway, Mailer, Post, Undelivered
from hub_notifications.handlers import wording
from hub_notifications.models import Message
from hub_notifications.store import messages as store
from hub_notifications.store.facts import Facts
from hub_notifications.templates.invitations import Host
from hub_platform.database import Sessions
from hub_platform.ids import new_id

log = structlog.get_logger(__name__)

BATCH: Final = 100  # addresses asked for in one call
RECORDED_TOGETHER: Final = 20  # so many letters at most are repeated after a crash


@dataclass(frozen=True, kw_only=True)
class Office:
    """Everything that sending needs."""

    sessions: Sessions
    contacts: Contacts
    mailer: Mailer
    host: Host
    hub_now: Callable[[], datetime]  # what is due, and when an e-mail was sent
    real_now: Callable[[], datetime]  # claims and retries
    closing: Callable[[], bool]  # whether to leave the rest for the next turn


@dataclass(frozen=True)
class Outcome:
    """What became of one message; None says it was delivered."""

    message: Message
    undelivered: Undelivered | None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Messages claimed together, with what their words need."""

    claim: UUID
    messages: Sequence[Message]
    facts: Facts


def send_due(office: Office) -> int:
    """Send one batch; gives how many messages it held, 0 when nothing is due or nothing can be sent now."""
    batch = _claim(office)
    if not batch.messages:
        return 0
    try:
        contacts = office.contacts.find({message.recipient_ref for message in batch.messages})
        with office.mailer.open() as post:
            for part in _parts(batch.messages, RECORDED_TOGETHER):
                if office.closing():
                    _put_back(office, batch.claim, reason=None)
                    return 0
                _send_part(office, batch, post, part, contacts)
    except ContactsAway:
        _put_back(office, batch.claim, reason="contacts_away")
        return 0
    except MailAway:
        _put_back(office, batch.claim, reason="mail_away")
        return 0
    return len(batch.messages)


def _claim(office: Office) -> Batch:
    now, real_now, claim = office.hub_now(), office.real_now(), new_id()
    with office.sessions.begin() as session:
        store.release_expired(session, now=now, real_now=real_now)
        until = real_now + messages.CLAIM_LASTS
        claimed = store.claim(session, claim, now=now, real_now=real_now, until=until, limit=BATCH)
        return Batch(claim=claim, messages=claimed, facts=wording.load_facts(session, claimed))


def _send_part(
    office: Office, batch: Batch, post: Post, part: Sequence[Message], contacts: Mapping[str, Contact]
) -> None:
    """Send some letters and record them; those sent before a failure are recorded all the same."""
    outcomes: list[Outcome] = []
    try:
        for message in part:
            mail = _write(office, batch, message, contacts)
            undelivered = mail if isinstance(mail, Undelivered) else post.send(message.id, mail)
            outcomes.append(Outcome(message, undelivered))
    finally:
        with office.sessions.begin() as session:
            record(session, batch.claim, outcomes, now=office.hub_now(), real_now=office.real_now())


def _write(
    office: Office, batch: Batch, message: Message, contacts: Mapping[str, Contact]
) -> EmailMessage | Undelivered:
    contact = contacts.get(message.recipient_ref)
    try:
        return wording.write(message, contact, batch.facts, office.host, now=office.hub_now())
    except wording.CannotWrite as exc:
        return Undelivered(exc.reason, exc.permanent)
    except Exception as exc:  # noqa: BLE001 - a bug in one letter must not hold up the others: retried, then failed
        log.error("letter_not_written", message_id=str(message.id), error=type(exc).__name__)
        return Undelivered("bug", permanent=False)


def record(
    session: Session, claim: UUID, outcomes: Sequence[Outcome], *, now: datetime, real_now: datetime
) -> None:
    """Record outcomes with their events; one whose claim has run out in the meantime is left alone."""
    delivered = {o.message.id: o.message for o in outcomes if o.undelivered is None}
    held = store.record_sent(session, claim, list(delivered), now=now)
    events: list[MessageSent | MessageFailed] = [
        MessageSent(message_id=message.id, **_names(message))
        for message in delivered.values()
        if message.id in held
    ]
    for outcome in outcomes:
        if outcome.undelivered is not None:
            events.extend(_record_unsent(session, claim, outcome, now=now, real_now=real_now))
    outbox.record_all(session, events, occurred_at=now)


def _record_unsent(
    session: Session, claim: UUID, outcome: Outcome, *, now: datetime, real_now: datetime
) -> Iterator[MessageFailed]:
    message, undelivered = outcome.message, outcome.undelivered
    assert undelivered is not None, "the caller has seen to it"  # noqa: S101 - for the type checker
    attempts = message.attempts + 1
    again_at = None if undelivered.permanent else messages.next_attempt(attempts, real_now)
    values: dict[str, Any] = {"attempts": attempts, "reason": undelivered.reason, "changed_at": now}
    if again_at is None:
        values["status"] = "failed"
    else:
        values |= {"status": "due", "retry_at": again_at}
    held = store.record_unsent(session, claim, message.id, values)
    if held and again_at is None:
        yield MessageFailed(
            message_id=message.id, reason=undelivered.reason, attempts=attempts, **_names(message)
        )


def _names(message: Message) -> dict[str, str]:
    return {
        "template": message.template,
        "recipient_ref": message.recipient_ref,
        "dedupe_key": message.dedupe_key,
    }


def _put_back(office: Office, claim: UUID, *, reason: str | None) -> None:
    """Let what was claimed and not recorded wait: for something that is away, or only for the next turn."""
    retry_at = None if reason is None else office.real_now() + messages.WAIT_WHEN_AWAY
    with office.sessions.begin() as session:
        store.put_back(session, claim, reason=reason, retry_at=retry_at, now=office.hub_now())


def _parts(items: Sequence[Message], size: int) -> Iterator[Sequence[Message]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
