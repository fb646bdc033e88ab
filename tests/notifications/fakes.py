"""Stand-ins for what is outside: a mail server, enrolment, the clock."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from hub_notifications.domain.sender import Sender
from hub_notifications.gateways import (
    Connection,
    ConnectionBroken,
    Contact,
    ContactsUnavailable,
    Mailer,
    MailServerUnreachable,
    SchoolThreads,
    Undelivered,
)
from hub_notifications.handlers import sending
from hub_notifications.templates.content import HubDetails
from hub_platform.database import Sessions

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
SENDER = Sender(hub_id="test", mail_from="hub@example.org")
HUB = HubDetails(name="Test Maths Hub")


class FakeContacts:
    """`gateways.Contacts` that returns a contact for every id, unless a test sets otherwise."""

    def __init__(self) -> None:
        self.away = False
        self.unknown: set[str] = set()
        self.unconfirmed: set[str] = set()
        self.links: dict[str, str] = {}  # joining links by session id
        self.certificates: dict[str, bytes] = {}  # by enrolment id
        self.asked: list[frozenset[str]] = []
        self.email: Callable[[str], str] = lambda teacher_id: f"{teacher_id[-12:]}@school.example"

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Give each an address made of its id."""
        self.asked.append(frozenset(teacher_ids))
        if self.away:
            raise ContactsUnavailable
        return {
            each: Contact(
                given="Ada",
                family="Lovelace",
                email=self.email(each),
                confirmed=each not in self.unconfirmed,
            )
            for each in teacher_ids
            if each not in self.unknown
        }

    def joining_links(self, session_ids: Collection[str]) -> Mapping[str, str]:
        """Give those that a test has set."""
        return {each: self.links[each] for each in session_ids if each in self.links}

    def certificate(self, enrolment_id: str) -> bytes | None:
        """Give the one that a test has set."""
        return self.certificates.get(enrolment_id)


class FakePeople:
    """`gateways.People`: knows what a test says."""

    def __init__(self) -> None:
        self.away = False
        self.merged: dict[str, list[str]] = {}  # records by any one of them
        self.schools: dict[str, SchoolThreads] = {}

    def records(self, teacher_id: str) -> list[str]:
        """Give those that a test has set; a person who is not known has none."""
        if self.away:
            raise ContactsUnavailable
        return self.merged.get(teacher_id, [])

    def of_school(self, urn: str) -> SchoolThreads:
        """Give what a test has set."""
        if self.away:
            raise ContactsUnavailable
        return self.schools.get(urn, SchoolThreads(urns=[urn], threads=[]))


class FakeMailer:
    """`gateways.Mailer`: stores the e-mails in the order in which they were handed over."""

    def __init__(self) -> None:
        self.away = False
        self.sent: list[tuple[UUID, EmailMessage]] = []
        self.undelivered: dict[UUID, Undelivered] = {}
        self.dies_after: int | None = None  # this many e-mails the connection breaks
        self.breaks_at: set[UUID] = set()  # messages at which the connection breaks
        self.goes_away_with_it = False
        self.raises: dict[UUID, Exception] = {}

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Open a connection, unless a test has made the server unreachable."""
        if self.away:
            raise MailServerUnreachable
        yield self

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Accept an e-mail, unless a test has set a failure."""
        if message_id in self.raises:
            raise self.raises[message_id]
        if message_id in self.breaks_at:
            self.away = self.goes_away_with_it
            raise ConnectionBroken(uncertain=False)
        if self.dies_after is not None and len(self.sent) >= self.dies_after:
            raise MailServerUnreachable
        self.sent.append((message_id, mail))
        return self.undelivered.get(message_id)


@dataclass
class OutgoingMail:
    """An `SendingContext` whose parts a test can reach."""

    sessions: Sessions
    contacts: FakeContacts = field(default_factory=FakeContacts)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    real_mailer: Mailer | None = None
    now: datetime = NOW  # hub time
    real_now: datetime = NOW
    closing: bool | Callable[[], bool] = False
    started_at: datetime | None = None

    def later(self, **by: float) -> None:
        """Let time pass, on both clocks."""
        self.now += timedelta(**by)
        self.real_now += timedelta(**by)

    def send(self) -> int:
        """Send one batch."""
        return sending.send_due(
            sending.SendingContext(
                sessions=self.sessions,
                contacts=self.contacts,
                mailer=self.real_mailer or self.mailer,
                sender=SENDER,
                hub_details=HUB,
                hub_now=lambda: self.now,
                real_now=lambda: self.real_now,
                closing=lambda: self.closing() if callable(self.closing) else self.closing,
                started_at=self.started_at,
            )
        )

    def send_all(self) -> None:
        """Send until nothing is due, calendar entries included."""
        while self.send():
            pass

    @property
    def subjects(self) -> list[str]:
        """The subjects of the e-mails that were handed over."""
        return [str(mail["Subject"]) for _, mail in self.mailer.sent]
