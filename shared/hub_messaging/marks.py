"""Marks: what each publisher has published, as it tells its subscribers and the event log.

A mark follows everything that it counts, so what had not been received when it came has been lost on the way.
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
    """What one publisher has counted."""

    id: UUID
    source: str  # of the publisher's events
    heard: frozenset[str]  # the routing keys that the subscriber hears of it
    published: Mapping[str, int]
    written_at: datetime


def mark_of(service: str, published: Mapping[str, int]) -> Envelope:
    """A mark of a service; without counts it only shows where the log ended."""
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


def read_mark(message: Message, heard: Mapping[str, frozenset[str]], origins: Origins) -> Mark | None:
    """Read a mark; None when it counts nothing, or is another hub's.

    Args:
        message: as it came in the queue.
        heard: publisher → routing keys that this subscriber hears of it.
        origins: who may write it.

    Raises:
        Undecodable, provenance.Forged: it must be parked.
    """
    envelope = Envelope.from_bytes(message.body)
    publisher = origins.publisher_of_mark(envelope, message, heard)
    if publisher is None or PUBLISHED not in envelope.data:
        return None
    source = source_of(origins.hub_id, publisher)
    counts = _counts(envelope.data[PUBLISHED])
    # By the earlier of two clocks: what is missing is looked for in the log from an earlier mark on.
    return Mark(envelope.id, source, heard[publisher], counts, min(envelope.time, utc_now()))


def _counts(said: object) -> dict[str, int]:
    if not isinstance(said, dict) or not all(type(n) is int and 0 <= n < 2**63 for n in said.values()):
        raise Undecodable(f"data.{PUBLISHED} is not counts by routing key")
    return said
