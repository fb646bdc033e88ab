"""Hands messages to a mail server, one after another; it owns the connections.

A message that breaks the connection is reported, and the others go on over a new one. A refusal that may be
the sender's own trouble is held back until another message shows whose it is.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from typing import Final
from uuid import UUID

import structlog

from hub_notifications.domain.failures import NOT_KNOWN, Failure
from hub_notifications.gateways import (
    Connection,
    ConnectionBroken,
    MailAway,
    Mailer,
    SenderTrouble,
    Undelivered,
)

log = structlog.get_logger(__name__)

REFUSED: Final = Undelivered("refused", Failure.RECIPIENT)
BROKEN: Final = Undelivered("connection_broken", Failure.LATER)
LEFT: Final = Undelivered("mail_away", Failure.AWAY)
UNCERTAIN: Final = Undelivered(NOT_KNOWN, Failure.UNKNOWN)
BUG: Final = Undelivered("bug", Failure.LATER)

Result = tuple[UUID, Undelivered | None]  # None: the mail server has taken the message


def deliver(
    mailer: Mailer, mails: Iterable[tuple[UUID, EmailMessage]], closing: Callable[[], bool]
) -> Generator[Result, None, None]:
    """Send messages until there are no more or it is time to close, and say what became of each.

    A message is taken from `mails` immediately before it is sent. Those without a result were not handed
    over, or were refused together with all others.

    Raises:
        MailAway: the mail server cannot be reached.
        SenderTrouble: it takes nothing from this sender.
    """
    with ExitStack() as stack:
        yield from _Delivery(mailer, stack).run(iter(mails), closing)


class _Delivery:
    """One run of `deliver`."""

    def __init__(self, mailer: Mailer, stack: ExitStack) -> None:
        self._mailer = mailer
        self._stack = stack
        self._connection: Connection | None = None
        self._answered = 0  # messages on this connection
        self._suspects: list[tuple[UUID, Undelivered]] = []
        self._accepts = False  # whether the server takes messages of this sender, as far as was seen

    def run(
        self, mails: Iterator[tuple[UUID, EmailMessage]], closing: Callable[[], bool]
    ) -> Iterator[Result]:
        while not closing():
            item = next(mails, None)
            if item is None:
                self._judge_suspects()
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
            is_own = undelivered is not None and undelivered.failure is Failure.SENDER
            yield message_id, REFUSED if is_own else undelivered
        yield from self._suspects  # they wait without an attempt used; the others come first next time

    def _judge_suspects(self) -> None:
        if self._suspects:
            raise SenderTrouble(self._suspects[0][1].reason)

    def _send(self, message_id: UUID, mail: EmailMessage) -> Undelivered | None:
        """Send one message; where it breaks a connection that others have used, once more on a new one."""
        while True:
            connection, is_new = self._connected(), self._answered == 0
            try:
                undelivered = connection.send(message_id, mail)
            except ConnectionBroken as exc:
                self._hang_up()
                if exc.uncertain:
                    return UNCERTAIN
                if is_new:
                    return self._what_broke()
            except (ValueError, TypeError, LookupError) as exc:  # an e-mail that cannot be written out
                log.error("email_not_written_out", message_id=str(message_id), error=type(exc).__name__)
                self._hang_up()
                return BUG
            else:
                self._answered += 1
                return undelivered

    def _what_broke(self) -> Undelivered:
        """Say whether the message broke the connection, or the server went away at that moment."""
        try:
            self._connected()
        except MailAway:
            return LEFT  # it waits longer than the others, in case it was the message all the same
        return BROKEN

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection, self._answered = self._stack.enter_context(self._mailer.open()), 0
        return self._connection

    def _hang_up(self) -> None:
        self._connection = None
        self._stack.close()
