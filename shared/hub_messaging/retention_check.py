"""Events from before a subscription's retention limit, which may have taken effect already."""

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

ASK_SECONDS: Final = 60.0  # limits move once a day; another process may have moved them


def lines(session: Session, subscription: str) -> dict[str, datetime]:
    """Return the retention limit of each source."""
    wanted = sa.select(inbox_forgotten.c.source, inbox_forgotten.c.before).where(
        inbox_forgotten.c.subscription == subscription, inbox_forgotten.c.before.is_not(None)
    )
    return {row.source: row.before for row in session.execute(wanted)}


def is_forgotten(session: Session, subscription: str, source: str, recorded: datetime) -> bool:
    """Whether an event recorded then lies before the limit."""
    line = lines(session, subscription).get(source)
    return line is not None and recorded < line


class RetentionCheck:
    """The retention limits of a subscription, read every minute."""

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
        """Raise unless the inbox shows whether an event has taken effect; log messages are chosen elsewhere.

        Raises:
            Unreadable: it lies before the limit and has no inbox row. It delays no other event.
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
        """Whether a message from the log lies before the limit, so that it could take effect twice."""
        if not self._current():
            return False
        try:
            return self._line(Envelope.from_bytes(message.body)) is not None
        except Undecodable:
            return False

    def _line(self, envelope: Envelope) -> datetime | None:
        """Return the limit that an event lies before, if any."""
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
    """Return the instant of recording; for an id without one the event's own, which was no later.

    A wrong parking is visible to operators; a repeated effect would not be.
    """
    return recorded_at(envelope.id) or envelope.time
