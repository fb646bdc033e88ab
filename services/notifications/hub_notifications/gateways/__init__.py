"""Access to mail servers and to enrolment: a Protocol for each, and implementations for SMTP and a folder."""

from hub_notifications.domain.failures import Failure
from hub_notifications.gateways.contacts import Contact, Contacts, ContactsUnavailable
from hub_notifications.gateways.mail import (
    Connection,
    ConnectionBroken,
    Mailer,
    MailServerUnreachable,
    SenderTrouble,
    Undelivered,
)
from hub_notifications.gateways.mailbox import MailboxFolder
from hub_notifications.gateways.people import People, SchoolThreads
from hub_notifications.gateways.smtp import SmtpMailer, SmtpServer, Tls

__all__ = [
    "Connection",
    "ConnectionBroken",
    "Contact",
    "Contacts",
    "ContactsUnavailable",
    "Failure",
    "MailServerUnreachable",
    "MailboxFolder",
    "Mailer",
    "People",
    "SchoolThreads",
    "SenderTrouble",
    "SmtpMailer",
    "SmtpServer",
    "Tls",
    "Undelivered",
]
