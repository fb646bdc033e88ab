"""Sending the messages that are due.

The one use case that opens its own transactions, because an e-mail is never sent inside one:

1. `steps.preparing`: claim a batch and decide the content of each message (commit).
2. `steps.wording` and `steps.composing`: write each e-mail; mark it as handed over (commit); send it.
3. `steps.recording`: record the outcome, the notified items, and MessageSent or MessageFailed (commit).

If the process dies between sending and recording, the claim expires; if the database fails, the claim ends
at once. At most one message may then have been accepted without a record; it is repeated once, with the same
Message-ID.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_notifications.domain import messages
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.messages import Clock
from hub_notifications.domain.sender import Sender
from hub_notifications.gateways import (
    Contact,
    Contacts,
    ContactsUnavailable,
    Failure,
    Mailer,
    MailServerUnreachable,
    SenderTrouble,
    Undelivered,
)
from hub_notifications.gateways.delivery import deliver
from hub_notifications.models import Message
from hub_notifications.steps import composing, preparing, releasing, sender_trouble, wording
from hub_notifications.steps.composing import SharedFacts
from hub_notifications.steps.preparing import Prepared
from hub_notifications.steps.recording import Outcome, record
from hub_notifications.store import claims
from hub_notifications.store import messages as store
from hub_notifications.store.claims import Postponement
from hub_notifications.templates.content import HubDetails
from hub_notifications.templates.e_mail import BadAddress
from hub_platform.database import Sessions
from hub_platform.ids import new_id

log = structlog.get_logger(__name__)

BATCH: Final = 100  # addresses requested in one call


@dataclass(frozen=True, kw_only=True)
class SendingContext:
    """The resources that sending uses."""

    sessions: Sessions
    contacts: Contacts
    mailer: Mailer
    sender: Sender
    hub_details: HubDetails  # from the settings, until enrolment has described the hub
    hub_now: Callable[[], datetime]  # for due times and for the Date of an e-mail
    real_now: Callable[[], datetime]  # for claims and retries
    closing: Callable[[], bool]  # whether to leave the remaining messages for the next turn
    started_at: datetime | None = None  # real time at which this process started

    def clock(self) -> Clock:
        """Return the current hub time and real time."""
        return Clock(now=self.hub_now(), real_now=self.real_now())


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Messages that were claimed together, with the data for their content."""

    claim: UUID
    claimed_n: int
    prepared: list[Prepared]
    shared: SharedFacts


def send_due(context: SendingContext) -> int:
    """Send one batch; return its number of messages, 0 when nothing is due or sending is paused."""
    batch = _claim(context)
    if not batch.prepared:
        if not batch.claimed_n:
            sender_trouble.probe(
                context.sessions, context.mailer, real_now=context.real_now, started_at=context.started_at
            )
        return batch.claimed_n
    try:
        return _send_batch(context, batch)
    except Exception:  # such as a deadlock with a handler that schedules messages of the same threads
        releasing.end_claim(context.sessions, batch.claim, real_now=context.real_now())
        raise


def _send_batch(context: SendingContext, batch: Batch) -> int:
    try:
        contacts = context.contacts.find({each.message.recipient_ref for each in batch.prepared})
        links = context.contacts.joining_links(wording.sessions_with_links(batch.prepared))
        _send(context, batch, contacts, batch.shared.with_links(links))
    except ContactsUnavailable:
        return _release(context, batch.claim, "contacts_away", messages.WAIT_WHEN_UNREACHABLE)
    except MailServerUnreachable:
        return _release(context, batch.claim, "mail_away", messages.WAIT_WHEN_UNREACHABLE)
    except SenderTrouble as exc:
        with context.sessions.begin() as session:
            sender_trouble.pause(session, exc.reason, real_now=context.real_now())
        return _release(context, batch.claim, exc.reason, None)
    if context.closing():
        return _release(context, batch.claim, None, None)
    return batch.claimed_n


def _claim(context: SendingContext) -> Batch:
    clock, claim = context.clock(), new_id()
    with context.sessions.begin() as session:
        releasing.release_expired(session, clock)
        paused = sender_trouble.is_paused(session, real_now=clock.real_now, started_at=context.started_at)
        until = clock.real_now + messages.CLAIM_LASTS
        claimed = [] if paused else store.claim(session, claim, clock, until=until, limit=BATCH)
        prepared = preparing.prepare(session, claim, claimed, clock)
        known = wording.load_known(session, prepared, context.hub_details)
    shared = SharedFacts(sender=context.sender, known=known, written_at=clock.now)
    return Batch(claim=claim, claimed_n=len(claimed), prepared=prepared, shared=shared)


class _PendingOutcomes:
    """Outcomes of a batch; each is recorded in the transaction that marks the next message as handed over."""

    def __init__(self, context: SendingContext, batch: Batch) -> None:
        self._context = context
        self._batch = batch
        self._outcomes: list[Outcome] = []
        self._has_accepted = False

    def add(self, prepared: Prepared, undelivered: Undelivered | None) -> None:
        """Add the outcome of a message; `undelivered` is None when the server accepted it."""
        hub_id = self._context.sender.hub_id
        self._outcomes.append(Outcome(prepared.message, undelivered, prepared, hub_id))

    def record(self, session: Session) -> None:
        """Record the outcomes; the first accepted message ends a recorded sender trouble."""
        for outcome in self._outcomes:
            if outcome.undelivered is None and not self._has_accepted:
                sender_trouble.resume(session)
                self._has_accepted = True
            record(session, self._batch.claim, outcome, self._context.clock())

    def clear(self) -> None:
        """Forget the outcomes, once they are committed."""
        self._outcomes.clear()


def _send(
    context: SendingContext, batch: Batch, contacts: Mapping[str, Contact], shared: SharedFacts
) -> None:
    """Send a batch; on any failure at most one message is left without a recorded outcome."""
    by_id = {each.message.id: each for each in batch.prepared}
    pending = _PendingOutcomes(context, batch)
    mails = _mails(context, batch, contacts, shared, pending)
    try:
        with closing(deliver(context.mailer, mails, context.closing)) as results:
            for message_id, undelivered in results:
                pending.add(by_id[message_id], undelivered)
    finally:
        with context.sessions.begin() as session:
            pending.record(session)


def _mails(
    context: SendingContext,
    batch: Batch,
    contacts: Mapping[str, Contact],
    shared: SharedFacts,
    pending: _PendingOutcomes,
) -> Iterator[tuple[UUID, EmailMessage]]:
    """Yield each e-mail when it is to be sent; one that cannot be written is recorded as undelivered."""
    for prepared in batch.prepared:
        contact = contacts.get(prepared.message.recipient_ref)
        mail = _write(context, prepared, contact, shared)
        is_claimed = False
        if isinstance(mail, Undelivered):
            pending.add(prepared, mail)
        with context.sessions.begin() as session:
            pending.record(session)
            if contact is not None and not contact.confirmed:
                _wait_for_address(context, session, batch, prepared.message)
            elif not isinstance(mail, Undelivered):
                is_claimed = store.mark_handed_over(session, batch.claim, prepared.message.id)
        pending.clear()
        if is_claimed and not isinstance(mail, Undelivered):
            yield prepared.message.id, mail


def _wait_for_address(context: SendingContext, session: Session, batch: Batch, message: Message) -> None:
    until = Postponement(
        retry_at=context.real_now() + messages.WAIT_FOR_ADDRESS, reason=messages.ADDRESS_UNCONFIRMED
    )
    claims.postpone(session, batch.claim, message.id, until, now=context.hub_now())


def _write(
    context: SendingContext, prepared: Prepared, contact: Contact | None, shared: SharedFacts
) -> EmailMessage | Undelivered:
    if contact is None:
        return Undelivered("no_address", Failure.RECIPIENT)
    try:
        certificate = _certificate(context, prepared)
        return composing.compose(prepared, contact, shared, certificate=certificate)
    except ContactsUnavailable:
        raise
    except BadAddress:
        return Undelivered("bad_address", Failure.RECIPIENT)
    except KeyError:
        return Undelivered("facts_missing", Failure.TEMPORARY)
    except Exception as exc:  # noqa: BLE001 - a bug in one message must not block the others
        log.error("message_not_written", message_id=str(prepared.message.id), error=type(exc).__name__)
        return Undelivered("bug", Failure.TEMPORARY)


def _certificate(context: SendingContext, prepared: Prepared) -> bytes | None:
    if prepared.found.kind is not Kind.PARTICIPANT_COMPLETED:
        return None
    return context.contacts.certificate(prepared.found.items["place"]["enrolment_id"])


def _release(context: SendingContext, claim: UUID, reason: str | None, wait: timedelta | None) -> int:
    """Release all unrecorded messages of a claim without counting an attempt; return 0, to end the turn."""
    clock = context.clock()
    retry_at = None if wait is None else clock.real_now + wait
    with context.sessions.begin() as session:
        claims.suppress_duplicates(session, claim, now=clock.now)
        store.release(session, claim, reason=reason, retry_at=retry_at, now=clock.now)
    return 0
