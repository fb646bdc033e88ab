"""What sends e-mail: the interface of a mail server or a folder, and how it says that it did not."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from hub_notifications.domain.failures import Failure


class MailAway(Exception):
    """The mail server cannot be reached; every message waits."""


class SenderTrouble(Exception):
    """The mail server takes nothing from this sender. `reason` is a key of `failures.SENDER_TROUBLES`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConnectionBroken(Exception):
    """The connection ended at one message. `uncertain`: the server may have taken that message."""

    def __init__(self, *, uncertain: bool) -> None:
        super().__init__(uncertain)
        self.uncertain = uncertain


@dataclass(frozen=True)
class Undelivered:
    """A message that was not delivered. `reason` is a code: what a server says may quote the address.

    The class `SENDER` is a suspicion here: it holds if no other message is accepted either.
    """

    reason: str
    failure: Failure


class Connection(Protocol):
    """An open connection to whatever sends e-mail."""

    def send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Hand over one message; None when it was taken.

        Raises:
            ConnectionBroken: the connection cannot be used any more.
            MailAway: the server takes no message now.
            SenderTrouble: the server takes nothing from this sender.
        """


class Mailer(Protocol):
    """Something that sends e-mail."""

    def open(self) -> AbstractContextManager[Connection]:
        """Connect, for several messages.

        Raises:
            MailAway: it cannot be reached.
            SenderTrouble: it does not let this sender in, or is not the server that it should be.
        """
