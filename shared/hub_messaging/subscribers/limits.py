"""Limits of a subscriber's queues, as broker policies, which can be changed while the queues exist.

A full queue drops its oldest message. It never rejects a new one, as that would reject the publisher's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_messaging.json_text import JsonObject
from hub_messaging.subscribers.naming import dead_queue_of, live_queue_of, queue_of
from hub_messaging.topology import Arguments

MEBIBYTE: Final = 1024 * 1024
DAY_MS: Final = 24 * 60 * 60 * 1000
CONNECTIONS: Final = 5  # of one subscriber at a time
CHANNELS: Final = 20
USER_LIMITS: Final = {"max-connections": CONNECTIONS, "max-channels": CHANNELS}
# After so many redeliveries a message is dead-lettered; by default RabbitMQ 3 would redeliver for ever.
DELIVERIES: Final = 20
DEAD_MESSAGES: Final = 10_000
DEAD_BYTES: Final = 64 * MEBIBYTE
# A queue of live events unused for so long belongs to an `add` that was killed.
LIVE_EXPIRES_MS: Final = 30 * 60 * 1000
QUORUM: Final[Arguments] = {"x-queue-type": "quorum"}
# Two copies of a program would receive events alternately, and break the order within a subject: one waits.
OWN_QUEUE: Final[Arguments] = QUORUM | {"x-single-active-consumer": True}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of a subscriber's queue; the one reached first applies."""

    messages: int = 200_000  # each costs the broker about 80 bytes of memory (RabbitMQ 3.10)
    size: int = 256 * MEBIBYTE  # bytes of bodies
    days: int = 14  # until an unread message expires

    @property
    def mebibytes(self) -> int:
        """The size in MiB, rounded down."""
        return self.size // MEBIBYTE


def policies_of(name: str, limits: Limits) -> dict[str, JsonObject]:
    """Return the policies of a subscriber's queues: name → body for the management API."""
    own, dead, live = queue_of(name), dead_queue_of(name), live_queue_of(name)
    held = {"max-length": limits.messages, "max-length-bytes": limits.size, "overflow": "drop-head"}
    return {
        own: _policy(
            own,
            held
            | {
                "message-ttl": limits.days * DAY_MS,
                "delivery-limit": DELIVERIES,
                "dead-letter-exchange": "",
                "dead-letter-routing-key": dead,
            },
        ),
        dead: _policy(
            dead,
            {
                "max-length": DEAD_MESSAGES,
                "max-length-bytes": DEAD_BYTES,
                "message-ttl": limits.days * DAY_MS,
                "overflow": "drop-head",
            },
        ),
        live: _policy(live, held | {"expires": LIVE_EXPIRES_MS}),
    }


def limits_in(definition: JsonObject) -> Limits:
    """Return the limits that a policy of `policies_of` sets for the subscriber's queue."""
    return Limits(
        messages=int(definition["max-length"]),
        size=int(definition["max-length-bytes"]),
        days=int(definition["message-ttl"]) // DAY_MS,
    )


def _policy(queue: str, definition: Mapping[str, object]) -> JsonObject:
    pattern = f"^{re.escape(queue)}$"
    return {"pattern": pattern, "apply-to": "queues", "priority": 0, "definition": dict(definition)}
