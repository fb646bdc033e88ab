"""Progress of a subscriber, from the counters of its queues in RabbitMQ's management API.

RabbitMQ samples a queue's counters for a day, as configured here, and loses them at a restart. Values that
they do not show are given as lower bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub_messaging.json_text import JsonObject
from hub_messaging.subscribers import state
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.limits import Limits, limits_in
from hub_messaging.subscribers.naming import dead_queue_of, name_of, permissions_of, queue_of, user_of
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_messaging.topology import exchange_of

# (seconds back, seconds between two samples): the finest first, and one that goes back for a day.
SPANS: Final = ((600, 5), (3_600, 60), (86_400, 1_200))
READ: Final = ("ack", "deliver_no_ack", "get_no_ack")  # counters of messages that have been read

Sample = tuple[datetime, int]  # instant, and the count at that time


@dataclass(frozen=True, kw_only=True)
class Age:
    """The age of something; a lower bound where `exact` is false."""

    seconds: float
    exact: bool


@dataclass(frozen=True, kw_only=True)
class SubscriberStatus:
    """The state of one subscriber in the broker."""

    known: RegisteredSubscriber
    exists: bool  # its queue
    may_read: bool = True  # its user has the permission to read, and no other
    unbound: tuple[str, ...] = ()  # routing keys with a missing binding
    limits: Limits
    messages: int = 0
    unacknowledged: int = 0  # delivered, of those
    size: int = 0  # bytes
    consumers: int = 0
    dead: int = 0  # messages in the dead-letter queue
    oldest: Age | None = None  # of the oldest message; None: the queue is empty
    last_read: Age | None = None  # since the last acknowledgement; None: not since the broker's samples begin

    @property
    def share(self) -> float:
        """The used share of the tighter limit, 0 to 1."""
        return max(self.messages / self.limits.messages, self.size / self.limits.size)


def look(broker: Management, known: RegisteredSubscriber, now: datetime) -> SubscriberStatus:
    """Return the state of one subscriber's queues.

    Raises:
        ManagementAway, ManagementRefused
    """
    name = queue_of(known.name)
    kept = (broker.get("overview") or {}).get("sample_retention_policies", {}).get("basic", ())
    spans = [
        broker.get("queues", broker.vhost, name, msg_rates_age=age, msg_rates_incr=step) or {}
        for age, step in SPANS
        if age <= max(kept, default=SPANS[0][0])
    ]
    found = spans[0]
    policy = broker.get("policies", broker.vhost, name) or {}
    dead = broker.get("queues", broker.vhost, dead_queue_of(known.name)) or {}
    permissions = broker.get("permissions", broker.vhost, user_of(known.name)) or {}
    messages = int(found.get("messages", 0))
    published = _samples(spans, ("publish",))
    return SubscriberStatus(
        known=known,
        exists=bool(found),
        may_read=permissions.items() >= permissions_of(known.name).items(),
        unbound=_unbound(broker, known),
        limits=limits_in(policy["definition"]) if policy else Limits(),
        messages=messages,
        unacknowledged=int(found.get("messages_unacknowledged", 0)),
        size=int(found.get("message_bytes", 0)),
        consumers=int(found.get("consumers", 0)),
        dead=int(dead.get("messages", 0)),
        oldest=oldest(messages, _total(found, ("publish",)), published, now, known.added_at),
        last_read=last_read(_samples(spans, READ), now),
    )


def leftovers(broker: Management) -> list[str]:
    """Return names with queues but without a record: an `add` or a removal was interrupted.

    A command in progress is among them.

    Raises:
        ManagementAway, ManagementRefused
    """
    listed = broker.get("queues", broker.vhost, columns="name") or ()
    names = {name_of(one["name"]) for one in listed} - {None}
    return sorted(name for name in names if name and state.load(broker, name) is None)


def oldest(
    messages: int, published: int, samples: Sequence[Sample], now: datetime, added_at: datetime
) -> Age | None:
    """Return the age of the message at the head of a queue.

    Args:
        messages: number in the queue.
        published: number that arrived since the broker's samples begin.
        samples: the same at earlier instants, the oldest first.
        now: the instant of the first two.
        added_at: of the queue; no message in it is older.
    """
    if not messages:
        return None
    gone = published - messages  # number of messages before the one at the head
    since_added = (now - added_at).total_seconds()
    earlier = [at for at, count in samples if count <= gone]
    if gone < 0 or not earlier:
        known = [at for at, _ in samples]
        seconds = (now - known[0]).total_seconds() if known else 0.0
        return Age(seconds=min(seconds, since_added), exact=False)
    return Age(seconds=min((now - earlier[-1]).total_seconds(), since_added), exact=True)


def last_read(samples: Sequence[Sample], now: datetime) -> Age | None:
    """Return the age of the last acknowledgement; None if there is none in the broker's samples."""
    if not samples or not samples[-1][1]:
        return None
    newest = samples[-1][1]
    first = next(at for at, count in samples if count == newest)
    # At the first sample: it was before the samples begin.
    return Age(seconds=max(0.0, (now - first).total_seconds()), exact=first != samples[0][0])


def _unbound(broker: Management, known: RegisteredSubscriber) -> tuple[str, ...]:
    listed = broker.get("queues", broker.vhost, queue_of(known.name), "bindings") or ()
    bound = {(one["source"], one["routing_key"]) for one in listed}
    wanted = [(exchange_of(publisher), key) for publisher, keys in known.events.items() for key in keys]
    return tuple(key for exchange, key in wanted if (exchange, key) not in bound)


def _total(queue: JsonObject, counters: Sequence[str]) -> int:
    stats = queue.get("message_stats", {})
    return sum(int(stats.get(counter, 0)) for counter in counters)


def _samples(spans: Sequence[JsonObject], counters: Sequence[str]) -> list[Sample]:
    """Return the samples of all spans, the oldest first; a finer span replaces a coarser one."""
    found: dict[datetime, int] = {}
    until: datetime | None = None
    for queue in spans:
        counted: dict[datetime, int] = {}
        for counter in counters:
            for one in queue.get("message_stats", {}).get(f"{counter}_details", {}).get("samples", ()):
                at = datetime.fromtimestamp(one["timestamp"] / 1000, UTC)
                counted[at] = counted.get(at, 0) + int(one["sample"])
        found |= {at: count for at, count in counted.items() if until is None or at < until}
        if counted:
            until = min(counted) if until is None else min(until, *counted)
    # A span begins with zeros when the queue, or the broker's counting, is younger than it.
    listed = sorted(found.items())
    begins = next((n for n, (_, count) in enumerate(listed) if count), len(listed))
    return listed[max(0, begins - 1) :]
