"""The outside world: mail servers, and enrolment's addresses. One Protocol for each, and the real thing."""

import contextlib
import smtplib
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from hub_notifications.templates.headers import MAIL
from hub_notifications.templates.invitations import Host, Invitation
from hub_notifications.templates.rendering import Rendered

SMTP_SECONDS: Final = 20  # how long the mail server may take over one step


class ContactsAway(Exception):
    """Enrolment did not answer; the messages wait."""


class MailAway(Exception):
    """The mail server cannot be reached, or left; the messages wait."""


class BadAddress(Exception):
    """A recipient's name or address cannot be written in a header."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom a letter goes to. Held in memory only, for as long as the letter is being sent."""

    given: str
    family: str
    email: str = field(repr=False)


@dataclass(frozen=True)
class Undelivered:
    """A letter that was not taken. `reason` is a code: what a server says may quote the address."""

    reason: str
    permanent: bool


class Contacts(Protocol):
    """Whoever knows names and addresses."""

    def find(self, teacher_ids: Collection[str]) -> Mapping[str, Contact]:
        """Look up many at once; who is not known any more is missing from the answer.

        Raises:
            ContactsAway: nobody answered in time.
        """


class Post(Protocol):
    """An open connection to whatever carries letters."""

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Hand over one letter; None when it was taken.

        Raises:
            MailAway: the connection is gone; whether this letter was taken is not known.
        """


class Mailer(Protocol):
    """Something that carries letters."""

    def open(self) -> AbstractContextManager[Post]:
        """Connect for a batch of letters.

        Raises:
            MailAway: it cannot be reached.
        """


class MailboxFolder:
    """Writes each letter into a folder as <message id>.eml, for demonstrations. A repeat replaces it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self) -> Iterator[Post]:
        """Make the folder when it is not there."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise MailAway from exc
        yield self

    def send(self, message_id: UUID, mail: EmailMessage) -> None:
        """Write the file whole or not at all."""
        unfinished = self._folder / f".{message_id}.part"
        try:
            unfinished.write_bytes(mail.as_bytes())
            unfinished.replace(self._folder / f"{message_id}.eml")
        except OSError as exc:
            raise MailAway from exc


class SmtpMailer:
    """Sends through a mail server (RFC 5321), with STARTTLS and a password where they are set."""

    def __init__(
        self, host: str, port: int, *, starttls: bool, user: str | None = None, password: str | None = None
    ) -> None:
        self._address = (host, port)
        self._starttls = starttls
        self._user = user
        self._password = password

    @contextmanager
    def open(self) -> Iterator[Post]:
        """Connect and sign in."""
        try:
            server = smtplib.SMTP(*self._address, timeout=SMTP_SECONDS)
        except (OSError, smtplib.SMTPException) as exc:
            raise MailAway from exc
        with contextlib.closing(server):  # each letter was answered for; a polite QUIT could only hang
            self._sign_in(server)
            yield SmtpPost(server)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        try:
            if self._starttls:
                server.starttls()
            if self._user is not None and self._password is not None:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as exc:
            raise MailAway from exc


class SmtpPost:
    """One connection to a mail server."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:  # noqa: ARG002 - in its Message-ID
        """Hand over one letter."""
        try:
            self._server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as exc:
            return _refused(max(code for code, _ in exc.recipients.values()))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as exc:
            return _refused(exc.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Undelivered("bad_address", permanent=True)  # an address that this server cannot write
        except (OSError, smtplib.SMTPException) as exc:
            raise MailAway from exc
        return None


def address_of(contact: Contact) -> Address:
    """Whom a letter goes to, as its header says it.

    Raises:
        BadAddress: the name or the address cannot be written in a header.
    """
    try:
        return Address(f"{contact.given} {contact.family}".strip(), addr_spec=contact.email)
    except (ValueError, MessageError, IndexError) as exc:  # the standard library's ways of saying so
        raise BadAddress from exc


def letter(
    message_id: UUID,
    words: Rendered,
    *,
    to: Contact,
    sender: Host,
    invitation: Invitation | None,
    now: datetime,
) -> EmailMessage:
    """Put a letter together. Its Message-ID follows from the message, so that a repeat can be recognised.

    Raises:
        BadAddress: see `address_of`.
    """
    mail = EmailMessage(policy=MAIL)
    mail["To"] = address_of(to)
    mail["From"] = Address(sender.hub_name, addr_spec=sender.mail_from)
    mail["Subject"] = words.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}@{sender.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer, please
    mail.set_content(words.text)
    mail.add_alternative(words.html, subtype="html")
    if invitation is not None:
        mail.add_attachment(
            invitation.content,
            maintype="text",
            subtype="calendar",
            filename="sessions.ics",
            params={"method": invitation.method, "charset": "utf-8"},
        )
    return mail


def _refused(code: int) -> Undelivered:
    """5yz is for good, 4yz is for now (RFC 5321, 4.2.1)."""
    return Undelivered("refused", permanent=True) if code >= 500 else Undelivered("put_off", permanent=False)
