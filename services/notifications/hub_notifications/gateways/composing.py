"""From words and a calendar file to an e-mail."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from hub_notifications.gateways.contacts import Contact
from hub_notifications.templates.headers import MAIL
from hub_notifications.templates.invitations import Host, Invitation
from hub_notifications.templates.rendering import Rendered


class BadAddress(Exception):
    """A recipient's name or address cannot be written in a header."""


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
