"""Composing an e-mail: header, plain text and HTML, calendar part, attachments (ADR 19)."""

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from hub_notifications.templates.calendar_entries import CalendarPart
from hub_notifications.templates.header_fields import Mailbox, Unwritable, mailbox_field, text_field
from hub_notifications.templates.rendering import Rendered

# Header values set with `set_raw` are folded already, by `header_fields`. 7bit: a server may lack 8BITMIME.
PLAIN: Final = policy.SMTP.clone(cte_type="7bit", refold_source="none")
LINE: Final = 76  # characters (RFC 2045, 6.7)


class BadAddress(Exception):
    """The recipient's name or address cannot be written in a header."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that is attached to an e-mail."""

    file_name: str
    media_type: str  # such as application/pdf
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Header:
    """The addresses, date and identity of an e-mail."""

    message_id: UUID
    to: Mailbox
    sender: Mailbox
    reply_to: str | None = None
    written_at: datetime  # aware
    follows: UUID | None = None  # the e-mail that explains a calendar-only one, which is shown below it


@dataclass(frozen=True, kw_only=True)
class Body:
    """The parts of an e-mail."""

    rendered: Rendered
    calendar: CalendarPart | None = None
    attachments: Sequence[Attachment] = ()


def compose(header: Header, body: Body) -> EmailMessage:
    """Return an e-mail.

    A repeated message has the same Message-ID and the same bytes, so that mail programs recognise it.

    Raises:
        BadAddress: the recipient's name or address cannot be written in a header.
        header_fields.Unwritable: the sender's or the reply address cannot.
    """
    message = EmailMessage(policy=PLAIN)
    try:
        message.set_raw("To", mailbox_field("To", header.to))
    except Unwritable as exc:
        raise BadAddress from exc
    message.set_raw("From", mailbox_field("From", header.sender))
    if header.reply_to is not None:
        message.set_raw("Reply-To", mailbox_field("Reply-To", Mailbox("", header.reply_to)))
    message.set_raw("Subject", text_field("Subject", body.rendered.subject))
    _identify(message, header)
    _fill(message, header.message_id.hex, body)
    return message


def _identify(message: EmailMessage, header: Header) -> None:
    domain = header.sender.address.rpartition("@")[2]
    message.set_raw("Date", format_datetime(header.written_at))
    message.set_raw("Message-ID", f"<{header.message_id}@{domain}>")
    if header.follows is not None:
        message.set_raw("References", f"<{header.follows}@{domain}>")
    message.set_raw("Auto-Submitted", "auto-generated")  # RFC 3834: asks for no out-of-outgoing answer
    message.set_raw("MIME-Version", "1.0")


def _fill(message: MIMEPart, mark: str, body: Body) -> None:
    """Add the body; `mark` makes the boundaries unique, so that no part contains one by chance."""
    words = message
    if body.attachments:
        message.set_raw("Content-Type", f'multipart/mixed;\r\n boundary="=_{mark}_mixed"')
        words = MIMEPart(policy=PLAIN)
        message.attach(words)
    words.set_raw("Content-Type", f'multipart/alternative;\r\n boundary="=_{mark}"')
    words.attach(_text("text/plain; charset=utf-8", body.rendered.text))
    words.attach(_text("text/html; charset=utf-8", body.rendered.html))
    if body.calendar is not None:  # the last is the one that a reader prefers (RFC 2046, 5.1.4)
        content = body.calendar.content.decode("utf-8")
        words.attach(_text(f"text/calendar; method={body.calendar.method}; charset=utf-8", content))
    for attachment in body.attachments:
        message.attach(_file(attachment))


def _text(content_type: str, text: str) -> MIMEPart:
    """Return a text part: unencoded if it is short lines of ASCII, otherwise as quoted-printable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_plain = text.isascii() and "\0" not in text and all(map(_is_plain, text.split("\n")))
    part = MIMEPart(policy=PLAIN)
    part.set_raw("Content-Type", content_type)
    part.set_raw("Content-Transfer-Encoding", "7bit" if is_plain else "quoted-printable")
    part.set_payload(text if is_plain else _quoted_printable(text))
    return part


def _is_plain(line: str) -> bool:
    return len(line) <= LINE and not line.startswith("From ")


def _quoted_printable(text: str) -> str:
    """Encode text (RFC 2045, 6.7) without a line that begins with "From ", which `smtplib` would change."""
    encoded = binascii.b2a_qp(text.encode("utf-8")).decode("ascii")
    return re.sub("^From ", "F=\nrom ", encoded, flags=re.MULTILINE)


def _file(attachment: Attachment) -> MIMEPart:
    part = MIMEPart(policy=PLAIN)
    maintype, _, subtype = attachment.media_type.partition("/")
    part.set_content(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.file_name)
    return part
