"""Sends what is due.

The one handler that opens its own transactions: an e-mail is never sent inside one. Claim and decide what
each message says (commit); for each, note that it is handed over (commit), send, record together with what
the person has been told and MessageSent or MessageFailed (commit).
When the process dies between sending and recording, the claim runs out; of at most one message it is then
not known whether it was taken. That one is repeated once, with the same Message-ID.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from hub_notifications.handlers import composing, preparing, sender, wording
from hub_notifications.handlers.composing import Sender
from hub_notifications.handlers.delivery import UNCERTAIN, deliver
from hub_notifications.handlers.preparing import Prepared
from hub_notifications.handlers.recording import Outcome, record
from hub_notifications.handlers.wording import Known
from hub_notifications.models import Message
from hub_notifications.store import claimed as claimed_store
from hub_notifications.store import messages as store
from hub_notifications.templates.content import HubDetails
from hub_notifications.templates.e_mail import BadAddress
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
    sender: Sender
    hub_details: HubDetails  # of the settings, until enrolment has described the hub
    hub_now: Callable[[], datetime]  # what is due, and when an e-mail was sent
    real_now: Callable[[], datetime]  # claims and retries
    closing: Callable[[], bool]  # whether to leave the rest for the next turn
    started_at: datetime | None = None  # real time at which this process began


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Messages claimed together, with what their words need."""

    claim: UUID
    at: datetime  # hub time at which it was decided what each message says; its Date
    claimed_n: int
    prepared: Sequence[Prepared]
    known: Known


def send_due(office: Office) -> int:
    """Send one batch; gives how many messages it held, 0 when nothing is due or nothing can be sent now."""
    batch = _claim(office)
    if not batch.prepared:
        if not batch.claimed_n:
            sender.look(
                office.sessions, office.mailer, real_now=office.real_now, started_at=office.started_at
            )
        return batch.claimed_n
    try:
        recipients = {each.message.recipient_ref for each in batch.prepared}
        contacts = office.contacts.find(recipients)
        links = office.contacts.joining_links(wording.sessions_with_links(batch.prepared))
        known = Known(
            hub=batch.known.hub,
            schools=batch.known.schools,
            moved_from=batch.known.moved_from,
            links={UUID(session_id): link for session_id, link in links.items()},
        )
        _send(office, batch, contacts, known)
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
    return batch.claimed_n


def _claim(office: Office) -> Batch:
    now, real_now, claim = office.hub_now(), office.real_now(), new_id()
    with office.sessions.begin() as session:
        release_expired(session, now=now, real_now=real_now)
        paused = sender.is_paused(session, real_now=real_now, started_at=office.started_at)
        until = real_now + messages.CLAIM_LASTS
        claimed = (
            []
            if paused
            else store.claim(session, claim, now=now, real_now=real_now, until=until, limit=BATCH)
        )
        prepared = preparing.prepare(session, claim, claimed, now=now, real_now=real_now)
        known = wording.load_known(session, prepared, office.hub_details)
    return Batch(claim=claim, at=now, claimed_n=len(claimed), prepared=prepared, known=known)


def release_expired(session: Session, *, now: datetime, real_now: datetime) -> None:
    """Release what a dead sender had claimed; of what it had handed over it is not known what became."""
    for message in store.expired_in_hand(session, real_now=real_now):
        assert message.claim is not None, "the database sees to it"  # noqa: S101 - for the type checker
        record(session, message.claim, Outcome(message, UNCERTAIN), now=now, real_now=real_now)
    for claim in store.expired_claims(session, real_now=real_now):
        claimed_store.make_room(session, claim, now=now)  # the threads may have become due again meanwhile
        store.put_back(session, claim, reason=None, retry_at=None, now=now)


class _Unrecorded:
    """Outcomes of a batch; each is recorded in the transaction that hands the next message over."""

    def __init__(self, office: Office, batch: Batch) -> None:
        self._office = office
        self._batch = batch
        self._outcomes: list[Outcome] = []
        self._is_taken = False

    def note(self, prepared: Prepared, undelivered: Undelivered | None) -> None:
        """Remember what became of a message."""
        self._outcomes.append(Outcome(prepared.message, undelivered, prepared, self._office.sender.hub_id))

    def record(self, session: Session) -> None:
        """Record what is remembered; the first message that is taken ends the sender's trouble, if any."""
        office = self._office
        for outcome in self._outcomes:
            if outcome.undelivered is None and not self._is_taken:
                sender.resume(session)
                self._is_taken = True
            record(session, self._batch.claim, outcome, now=office.hub_now(), real_now=office.real_now())

    def forget(self) -> None:
        """Call this after the commit."""
        self._outcomes.clear()


def _send(office: Office, batch: Batch, contacts: Mapping[str, Contact], known: Known) -> None:
    """Send a batch; of at most one message it is not recorded what became of it, whatever happens."""
    by_id = {each.message.id: each for each in batch.prepared}
    unrecorded = _Unrecorded(office, batch)
    mails = _mails(office, batch, contacts, known, unrecorded)
    try:
        with closing(deliver(office.mailer, mails, office.closing)) as results:
            for message_id, undelivered in results:
                unrecorded.note(by_id[message_id], undelivered)
    finally:
        with office.sessions.begin() as session:
            unrecorded.record(session)


def _mails(
    office: Office,
    batch: Batch,
    contacts: Mapping[str, Contact],
    known: Known,
    unrecorded: _Unrecorded,
) -> Iterator[tuple[UUID, EmailMessage]]:
    """Write each message when it is its turn; one that cannot be written is recorded as such."""
    for prepared in batch.prepared:
        contact = contacts.get(prepared.message.recipient_ref)
        mail = _write(office, prepared, contact, known, at=batch.at)
        is_held = False
        if isinstance(mail, Undelivered):
            unrecorded.note(prepared, mail)
        with office.sessions.begin() as session:
            unrecorded.record(session)
            if contact is not None and not contact.confirmed:
                _wait_for_address(office, session, batch, prepared.message)
            elif not isinstance(mail, Undelivered):
                is_held = store.hand_over(session, batch.claim, prepared.message.id)
        unrecorded.forget()
        if is_held and not isinstance(mail, Undelivered):
            yield prepared.message.id, mail


def _wait_for_address(office: Office, session: Session, batch: Batch, message: Message) -> None:
    claimed_store.put_off(
        session,
        batch.claim,
        message.id,
        now=office.hub_now(),
        retry_at=office.real_now() + messages.WAIT_FOR_ADDRESS,
        reason=messages.ADDRESS_UNCONFIRMED,
    )


def _write(
    office: Office, prepared: Prepared, contact: Contact | None, known: Known, *, at: datetime
) -> EmailMessage | Undelivered:
    if contact is None:
        return Undelivered("no_address", Failure.RECIPIENT)
    try:
        certificate = _certificate(office, prepared)
        return composing.compose(prepared, contact, known, office.sender, certificate=certificate, now=at)
    except ContactsAway:
        raise
    except BadAddress:
        return Undelivered("bad_address", Failure.RECIPIENT)
    except KeyError:
        return Undelivered("facts_missing", Failure.LATER)
    except Exception as exc:  # noqa: BLE001 - a bug in one message must not hold up the others: retried, then failed
        log.error("message_not_written", message_id=str(prepared.message.id), error=type(exc).__name__)
        return Undelivered("bug", Failure.LATER)


def _certificate(office: Office, prepared: Prepared) -> bytes | None:
    if prepared.found.kind is not Kind.PARTICIPANT_COMPLETED:
        return None
    return office.contacts.certificate(prepared.found.items["place"]["enrolment_id"])


def _put_back(office: Office, claim: UUID, reason: str | None, wait: timedelta | None) -> int:
    """Let what was claimed and not recorded wait, with no attempt used up; gives 0: nothing more is sent."""
    retry_at = None if wait is None else office.real_now() + wait
    now = office.hub_now()
    with office.sessions.begin() as session:
        claimed_store.make_room(session, claim, now=now)
        store.put_back(session, claim, reason=reason, retry_at=retry_at, now=now)
    return 0
