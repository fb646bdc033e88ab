"""Sends what is due.

The one handler that opens its own transactions: an e-mail is never sent inside one. Claim (commit); for
each message note that it is handed over (commit), send, record together with MessageSent or MessageFailed
(commit).
When the process dies between sending and recording, the claim runs out; of at most one message it is then not
known whether it was taken. That one is repeated once, with the same Message-ID.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_messaging import outbox
from hub_notifications.domain import failures, messages
from hub_notifications.gateways import (
    Contact,
    Contacts,
    ContactsAway,
    Failure,
    MailAway,
    Mailer,
    SenderTrouble,
    Undelivered,
)
from hub_notifications.handlers import sender, wording
from hub_notifications.handlers.delivery import UNCERTAIN, deliver
from hub_notifications.models import Message
from hub_notifications.store import messages as store
from hub_notifications.store.facts import Facts
from hub_notifications.templates.invitations import Host
from hub_platform.database import Sessions
from hub_platform.ids import new_id

log = structlog.get_logger(__name__)

BATCH: Final = 100  # addresses asked for in one call


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
    started_at: datetime | None = None  # real time at which this process began


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
        _send(office, batch, contacts)
    except ContactsAway:
        return _put_back(office, batch.claim, "contacts_away", messages.WAIT_WHEN_AWAY)
    except MailAway:
        return _put_back(office, batch.claim, "mail_away", messages.WAIT_WHEN_AWAY)
    except SenderTrouble as exc:
        with office.sessions.begin() as session:
            sender.stop(session, exc.reason, real_now=office.real_now())
        return _put_back(office, batch.claim, exc.reason, None)
    if office.closing():
        return _put_back(office, batch.claim, None, None)
    return len(batch.messages)


def _claim(office: Office) -> Batch:
    now, real_now, claim = office.hub_now(), office.real_now(), new_id()
    with office.sessions.begin() as session:
        release_expired(session, now=now, real_now=real_now)
        if sender.is_paused(session, real_now=real_now, started_at=office.started_at):
            return Batch(claim=claim, messages=(), facts=wording.load_facts(session, ()))
        until = real_now + messages.CLAIM_LASTS
        claimed = store.claim(session, claim, now=now, real_now=real_now, until=until, limit=BATCH)
        return Batch(claim=claim, messages=claimed, facts=wording.load_facts(session, claimed))


def release_expired(session: Session, *, now: datetime, real_now: datetime) -> None:
    """Let go what a sender claimed that has died; of what it had handed over it is not known what became."""
    outcomes = [Outcome(message, UNCERTAIN) for message in store.expired_in_hand(session, real_now=real_now)]
    for outcome in outcomes:
        assert outcome.message.claim is not None, "the database sees to it"  # noqa: S101 - for the type checker
        record(session, outcome.message.claim, [outcome], now=now, real_now=real_now)
    store.release_expired(session, now=now, real_now=real_now)


def _send(office: Office, batch: Batch, contacts: Mapping[str, Contact]) -> None:
    """Send a batch, and record each message before the next one is handed over."""
    by_id = {message.id: message for message in batch.messages}
    mails = _mails(office, batch, contacts)
    with closing(deliver(office.mailer, mails, office.closing)) as results:
        for message_id, undelivered in results:
            with office.sessions.begin() as session:
                if undelivered is None:
                    sender.resume(session)
                _record(office, session, batch, Outcome(by_id[message_id], undelivered))


def _mails(
    office: Office, batch: Batch, contacts: Mapping[str, Contact]
) -> Iterator[tuple[UUID, EmailMessage]]:
    """Write each message when it is its turn; one that cannot be written is recorded as such."""
    for message in batch.messages:
        mail = _write(office, batch, message, contacts)
        with office.sessions.begin() as session:
            if isinstance(mail, Undelivered):
                _record(office, session, batch, Outcome(message, mail))
                continue
            held = store.hand_over(session, batch.claim, message.id)
        if held:
            yield message.id, mail


def _record(office: Office, session: Session, batch: Batch, outcome: Outcome) -> None:
    record(session, batch.claim, [outcome], now=office.hub_now(), real_now=office.real_now())


def _write(
    office: Office, batch: Batch, message: Message, contacts: Mapping[str, Contact]
) -> EmailMessage | Undelivered:
    contact = contacts.get(message.recipient_ref)
    try:
        return wording.write(message, contact, batch.facts, office.host, now=office.hub_now())
    except wording.CannotWrite as exc:
        return Undelivered(exc.reason, Failure.RECIPIENT if exc.permanent else Failure.LATER)
    except Exception as exc:  # noqa: BLE001 - a bug in one letter must not hold up the others: retried, then failed
        log.error("letter_not_written", message_id=str(message.id), error=type(exc).__name__)
        return Undelivered("bug", Failure.LATER)


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
    then = failures.after(
        undelivered.failure, attempts=message.attempts, uncertain=message.uncertain, at=real_now
    )
    values: dict[str, Any] = {
        "attempts": then.attempts,
        "uncertain": then.uncertain,
        "reason": undelivered.reason,
        "changed_at": now,
    }
    if then.retry_at is None:
        values["status"] = "failed"
    else:
        values |= {"status": "due", "retry_at": then.retry_at}
    held = store.record_unsent(session, claim, message.id, values)
    if held and then.retry_at is None:
        yield MessageFailed(
            message_id=message.id, reason=undelivered.reason, attempts=then.attempts, **_names(message)
        )


def _names(message: Message) -> dict[str, str]:
    return {
        "template": message.template,
        "recipient_ref": message.recipient_ref,
        "dedupe_key": message.dedupe_key,
    }


def _put_back(office: Office, claim: UUID, reason: str | None, wait: timedelta | None) -> int:
    """Let what was claimed and not recorded wait, with no attempt used up; gives 0: nothing more is sent."""
    retry_at = None if wait is None else office.real_now() + wait
    with office.sessions.begin() as session:
        store.put_back(session, claim, reason=reason, retry_at=retry_at, now=office.hub_now())
    return 0
