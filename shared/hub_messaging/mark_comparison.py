"""A publisher's counts of its events, compared with the number received from it."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_messaging import counting
from hub_messaging.decoding import Unreadable
from hub_messaging.envelope import Event, Undecodable, keys_by_publisher
from hub_messaging.marks import read_mark
from hub_messaging.messages import Message
from hub_messaging.provenance import Forged, Origins

log = structlog.get_logger(__name__)


class MarkComparison:
    """Compares the marks that arrive for one subscription."""

    def __init__(self, subscription: str, subscribed: Iterable[type[Event]], origins: Origins) -> None:
        self._subscription = subscription
        self._origins = origins
        self._subscribed = keys_by_publisher(subscribed)
        self._newest: dict[str, UUID] = {}  # by source

    def take(self, session: Session, message: Message) -> None:
        """Store the number of missing events; all messages before this mark have been processed.

        Raises:
            Unreadable: it must be parked.
        """
        try:
            mark = read_mark(message, self._subscribed, self._origins)
        except (Undecodable, Forged) as exc:
            raise Unreadable(exc, None) from exc
        if mark is None or self._newest.get(mark.source) == mark.id:
            return  # redelivered: more events may have arrived since than it counts
        for loss in counting.compare(session, self._subscription, mark):
            log.warning("events_missing", source=loss.source, type=loss.routing_key, missing=loss.missing)
        self._newest[mark.source] = mark.id
