"""Delivery of a batch of messages over connections that it opens as needed.

A message that breaks the connection is reported, and the others continue over a new connection. A refusal
that may concern the sender is kept back until another message is accepted or refused.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from typing import Final
from uuid import UUID

import structlog

from hub_notifications.domain.failures import UNCERTAIN_REASON, Failure
from hub_notifications.gateways.mail import (
    Connection,
    ConnectionBroken,
    Mailer,
    MailServerUnreachable,
    SenderTrouble,
    Undelivered,
)

log = structlog.get_logger(__name__)

REFUSED: Final = Undelivered("refused", Failure.RECIPIENT)
BROKEN: Final = Undelivered("connection_broken", Failure.TEMPORARY)
UNREACHABLE: Final = Undelivered("mail_away", Failure.UNREACHABLE)
UNCERTAIN: Final = Undelivered(UNCERTAIN_REASON, Failure.UNCERTAIN)
BUG: Final = Undelivered("bug", Failure.TEMPORARY)

Result = tuple[UUID, Undelivered | None]  # None: the mail server accepted the message


def deliver(
    mailer: Mailer, mails: Iterable[tuple[UUID, EmailMessage]], closing: Callable[[], bool]
) -> Generator[Result, None, None]:
    """Send messages until there are no more or `closing` returns True, and yield the result of each.

    Each message is taken from `mails` immediately before it is sent. Messages without a result were not sent,
    or were refused together with all others.

    Raises:
        MailServerUnreachable: the mail server cannot be reached.
        SenderTrouble: the mail server refuses this hub.
    """
    with ExitStack() as stack:
        yield from _Delivery(mailer, stack).run(iter(mails), closing)


class _Delivery:
    """The state of one call of `deliver`."""

    def __init__(self, mailer: Mailer, stack: ExitStack) -> None:
        self._mailer = mailer
        self._stack = stack
        self._connection: Connection | None = None
        self._replies_n = 0  # messages with a reply on this connection
        self._suspects: list[tuple[UUID, Undelivered]] = []  # refusals that may concern the sender
        self._accepts = False  # whether the server has accepted a message

    def run(
        self, mails: Iterator[tuple[UUID, EmailMessage]], closing: Callable[[], bool]
    ) -> Iterator[Result]:
        while not closing():
            item = next(mails, None)
            if item is None:
                self._check_suspects()
                return
            message_id, mail = item
            undelivered = self._send(message_id, mail)
            if undelivered is not None and undelivered.failure is Failure.SENDER and not self._accepts:
                self._suspects.append((message_id, undelivered))
                continue
            if undelivered is None and not self._accepts:
                self._accepts = True
                yield from ((suspect, REFUSED) for suspect, _ in self._suspects)
                self._suspects.clear()
            is_refused = undelivered is not None and undelivered.failure is Failure.SENDER
            yield message_id, REFUSED if is_refused else undelivered
        yield from self._suspects  # no attempt is counted; the other messages come first next time

    def _check_suspects(self) -> None:
        """Raise if every message was refused."""
        if self._suspects:
            raise SenderTrouble(self._suspects[0][1].reason)

    def _send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Send one message; if a used connection breaks, repeat it once over a new connection."""
        while True:
            connection, is_new = self._connected(), self._replies_n == 0
            try:
                undelivered = connection.send(message_id, mail)
            except ConnectionBroken as exc:
                self._disconnect()
                if exc.uncertain:
                    return UNCERTAIN
                if is_new:
                    return self._cause_of_break()
            except (ValueError, TypeError, LookupError) as exc:  # the e-mail cannot be serialised
                log.error("email_not_serialised", message_id=str(message_id), error=type(exc).__name__)
                self._disconnect()
                return BUG
            else:
                self._replies_n += 1
                return undelivered

    def _cause_of_break(self) -> Undelivered:
        """Return BROKEN if the message broke the connection, UNREACHABLE if the server cannot be reached."""
        try:
            self._connected()
        except MailServerUnreachable:
            return UNREACHABLE  # the message waits longer than others, in case it was the cause
        return BROKEN

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection, self._replies_n = self._stack.enter_context(self._mailer.open()), 0
        return self._connection

    def _disconnect(self) -> None:
        self._connection = None
        self._stack.close()
