"""Marks: each publisher's counts of its events, sent to its subscribers and the event log.

A mark follows all events that it counts: those not received when it arrives have been lost in transit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.messages import Message
from hub_messaging.provenance import MARK_SOURCE, Origins
from hub_messaging.topology import MARK, source_of
from hub_messaging.wall_clock import utc_now

PUBLISHED: Final = "published"  # in a mark's data: routing key → events, ever


@dataclass(frozen=True)
class Mark:
    """The counts of one publisher."""

    id: UUID
    source: str  # of the publisher's events
    subscribed: frozenset[str]  # the subscriber's routing keys of this publisher
    published: Mapping[str, int]
    written_at: datetime


def mark_of(service: str, published: Mapping[str, int]) -> Envelope:
    """Make a mark of a service; without counts it only marks the end of the log."""
    return Envelope(
        id=uuid7(),
        source=f"{MARK_SOURCE}{service}",
        type=MARK,
        version=1,
        subject=f"log/{service}",
        revision=1,
        time=utc_now(),
        data={PUBLISHED: dict(published)} if published else {},
    )


def is_mark(message: Message) -> bool:
    """Whether a message of the queue is a mark."""
    return message.routing_key == MARK and not message.from_log


def read_mark(message: Message, subscribed: Mapping[str, frozenset[str]], origins: Origins) -> Mark | None:
    """Parse a mark; None when it has no counts, or is another hub's.

    Args:
        message: as it came in the queue.
        subscribed: publisher → this subscriber's routing keys.
        origins: the permitted publishers.

    Raises:
        Undecodable, provenance.Forged: it must be parked.
    """
    envelope = Envelope.from_bytes(message.body)
    publisher = origins.publisher_of_mark(envelope, message, subscribed)
    if publisher is None or PUBLISHED not in envelope.data:
        return None
    source = source_of(origins.hub_id, publisher)
    counts = _counts(envelope.data[PUBLISHED])
    # The earlier of two clocks: missing events are searched for in the log from an earlier mark on.
    return Mark(envelope.id, source, subscribed[publisher], counts, min(envelope.time, utc_now()))


def _counts(said: object) -> dict[str, int]:
    if not isinstance(said, dict) or not all(type(n) is int and 0 <= n < 2**63 for n in said.values()):
        raise Undecodable(f"data.{PUBLISHED} is not counts by routing key")
    return said
