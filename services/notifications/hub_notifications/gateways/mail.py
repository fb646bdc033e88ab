"""The interface of a mail server or mailbox folder, and its failures."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from hub_notifications.domain.failures import Failure


class MailServerUnreachable(Exception):
    """The mail server cannot be reached, or accepts no message now."""


class SenderTrouble(Exception):
    """The mail server refuses this hub; `reason` is a key of `failures.SENDER_TROUBLES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConnectionBroken(Exception):
    """The connection ended during one message; `uncertain`: the server may have accepted that message."""

    def __init__(self, *, uncertain: bool) -> None:
        super().__init__(uncertain)
        self.uncertain = uncertain


@dataclass(frozen=True)
class Undelivered:
    """The failure of one message. `reason` is a code, because a server's reply may quote the address.

    The class SENDER is unconfirmed here: it applies if no other message is accepted either.
    """

    reason: str
    failure: Failure


class Connection(Protocol):
    """An open connection to a mail server or mailbox folder."""

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Send one message; return None if it was accepted.

        Raises:
            ConnectionBroken: the connection must not be used again.
            MailServerUnreachable: the server accepts no message now.
            SenderTrouble: the server refuses this hub.
        """


class Mailer(Protocol):
    """A mail server or mailbox folder."""

    def open(self) -> AbstractContextManager[Connection]:
        """Connect, for several messages.

        Raises:
            MailServerUnreachable: the server cannot be reached.
            SenderTrouble: the server refuses to sign this hub in, or its certificate is not valid.
        """
