"""What a subscription no longer remembers: an event from before its line may have taken effect already."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging.decoding import Unreadable
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope, Event, Undecodable
from hub_messaging.messages import Message
from hub_messaging.metrics import recorded_at
from hub_messaging.retention import Forgotten
from hub_messaging.sessions import OneConnection
from hub_messaging.tables import inbox, inbox_forgotten

ASK_SECONDS: Final = 60.0  # lines move once a day; another process may have moved them


def lines(session: Session, subscription: str) -> dict[str, datetime]:
    """Source → the line before which what took effect has been forgotten."""
    wanted = sa.select(inbox_forgotten.c.source, inbox_forgotten.c.before).where(
        inbox_forgotten.c.subscription == subscription, inbox_forgotten.c.before.is_not(None)
    )
    return {row.source: row.before for row in session.execute(wanted)}


def is_forgotten(session: Session, subscription: str, source: str, recorded: datetime) -> bool:
    """Whether an event recorded then lies before the line."""
    line = lines(session, subscription).get(source)
    return line is not None and recorded < line


class RetentionCheck:
    """How far a subscription remembers, asked for every minute."""

    def __init__(
        self,
        subscription: str,
        sessions: sessionmaker[Session] | OneConnection,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._subscription = subscription
        self._sessions = sessions
        self._monotonic = monotonic
        self._lines: Mapping[str, datetime] = {}
        self._asked_at: float | None = None

    def require(self, delivery: Delivery[Event] | None, message: Message) -> None:
        """See that the inbox can tell whether an event has taken effect; what the log brings is chosen there.

        Raises:
            Unreadable: it lies before the line, and the inbox does not know it. It holds up nothing.
        """
        if delivery is None or message.from_log:
            return
        envelope = delivery.envelope
        line = self._line(envelope)
        if line is not None and not self._knows(envelope):
            said = (
                f"{envelope.type} was recorded on {_recorded(envelope):%d.%m.%Y}, and what took effect before"
                f" {line:%d.%m.%Y} has been forgotten: replay it only if it never took effect, else drop it"
            )
            raise Unreadable(Forgotten(said), None)

    def passes_over(self, message: Message) -> bool:
        """Whether a message from the log lies before the line, so that reading it again could repeat it."""
        if not self._current():
            return False
        try:
            return self._line(Envelope.from_bytes(message.body)) is not None
        except Undecodable:
            return False

    def _line(self, envelope: Envelope) -> datetime | None:
        """The line that an event lies before."""
        line = self._current().get(envelope.source)
        return line if line is not None and _recorded(envelope) < line else None

    def _current(self) -> Mapping[str, datetime]:
        now = self._monotonic()
        if self._asked_at is None or now - self._asked_at >= ASK_SECONDS:
            with self._sessions() as session:
                self._lines = lines(session, self._subscription)
            self._asked_at = now
        return self._lines

    def _knows(self, envelope: Envelope) -> bool:
        known = sa.select(inbox.c.arrival).where(
            inbox.c.subscription == self._subscription,
            inbox.c.source == envelope.source,
            inbox.c.event_id == str(envelope.id),
        )
        with self._sessions() as session:
            return session.execute(known).first() is not None


def _recorded(envelope: Envelope) -> datetime:
    """When an event was recorded; of an id that does not tell, when it happened, which was no later.

    Such an event is parked rather too often, which an operator sees, than repeated, which nobody does.
    """
    return recorded_at(envelope.id) or envelope.time
