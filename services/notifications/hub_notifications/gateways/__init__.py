"""The outside world: mail servers, and enrolment's addresses. A Protocol for each, and the real thing."""

from hub_notifications.domain.failures import Failure
from hub_notifications.gateways.contacts import Contact, Contacts, ContactsAway
from hub_notifications.gateways.mail import (
    Connection,
    ConnectionBroken,
    MailAway,
    Mailer,
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
    "ContactsAway",
    "Failure",
    "MailAway",
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
