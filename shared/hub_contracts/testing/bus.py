"""An in-memory stand-in for the hub's broker: what a subscriber may rely on, and no more.

As on the broker, events of one subject are in order, an event may come again with the same id, and types and
fields may be newer than the subscriber. Nothing is sent: a test publishes, then hands out what is queued.
"""

import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_contracts import MARKS, Event, Received, parse
from hub_contracts.json_text import JsonObject
from hub_contracts.testing.factories import HUB, SCHEMAS, WHEN, body_of, kind_of, source_of

CONTENT_TYPE: Final = "application/cloudevents+json"
DELIVERY_LIMIT: Final = 20  # times that a message is handed out again before it is dead-lettered
PERSISTENT: Final = 2
FILLING: Final = "subscriber.test.fill"
A_MOMENT: Final = timedelta(seconds=1)  # between two events, unless a test says when


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message, with what AMQP says about it."""

    body: bytes
    exchange: str  # <publisher>.events; of a replayed event the one through which the queue was filled
    routing_key: str
    properties: Mapping[str, str | int | None]  # content_type, delivery_mode, message_id, type, app_id
    headers: dict[str, int] = field(default_factory=dict)  # replayed, x-delivery-count
    redelivered: bool = False

    @property
    def subject(self) -> tuple[str, str]:
        """Source and subject, within which order is kept; empty when the body is no event."""
        said = _attributes(self.body)
        return said.get("source", ""), said.get("subject", "")


@dataclass
class Queue:
    """A subscriber's queue: `ready` is what waits, `dead` its dead-letter queue."""

    keys: frozenset[str]  # routing keys that it is bound to; none: all but marks
    ready: deque[Message] = field(default_factory=deque)
    unacknowledged: list[Message] = field(default_factory=list)
    acknowledged: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)

    def get(self) -> Message | None:
        """Take the next message, to be acknowledged or rejected; None when nothing is ready."""
        if not self.ready:
            return None
        self.unacknowledged.append(self.ready.popleft())
        return self.unacknowledged[-1]

    def ack(self, message: Message) -> None:
        """Acknowledge a message.

        Raises:
            ValueError: it is not in hand: the broker would close the channel.
        """
        self._let_go(message)
        self.acknowledged.append(message)

    def reject(self, message: Message, *, requeue: bool = True) -> None:
        """Return a message to its place, or dead-letter it; after 20 redeliveries it is dead-lettered, too.

        Raises:
            ValueError: it is not in hand.
        """
        self._let_go(message)
        count = message.headers.get("x-delivery-count", 0) + 1
        if not requeue or count > DELIVERY_LIMIT:
            self.dead.append(message)
            return
        again = replace(message, headers=message.headers | {"x-delivery-count": count}, redelivered=True)
        self.ready.appendleft(again)

    def disconnect(self) -> None:
        """Return all that is in hand, in order, as the broker does when a connection is lost."""
        for message in reversed(list(self.unacknowledged)):
            self.reject(message)

    def deliver(self, handle: Callable[[Message], object]) -> int:
        """Hand out what is ready, one message after another, acknowledged when `handle` returns.

        Gives how many. When `handle` raises, the message is returned to the queue and the exception passes:
        the next call hands it out again, as after a crash.
        """
        number = 0
        while (message := self.get()) is not None:
            try:
                handle(message)
            except BaseException:
                self.reject(message)
                raise
            self.ack(message)
            number += 1
        return number

    def repeat(self) -> None:
        """Put all that was acknowledged behind what is ready: the same events with the same ids."""
        self.ready.extend(self.acknowledged)

    def shuffle(self, seed: int) -> None:
        """Mix what is ready; events of one subject stay in order, as nothing else is promised."""
        drawn = random.Random(seed)  # noqa: S311 - repeatable, not secret
        by_subject: dict[tuple[str, str], deque[Message]] = {}
        for message in self.ready:
            by_subject.setdefault(message.subject, deque()).append(message)
        turns = [subject for subject, listed in by_subject.items() for _ in listed]
        drawn.shuffle(turns)
        self.ready = deque(by_subject[subject].popleft() for subject in turns)

    def _let_go(self, message: Message) -> None:
        places = [place for place, one in enumerate(self.unacknowledged) if one is message]
        if not places:
            raise ValueError("the message is not in hand: it was acknowledged or rejected before")
        del self.unacknowledged[places[0]]


class Bus:
    """The exchanges and the event log of one hub.

    Ids count from 1 and times go on by a second, so that a test is the same each time.
    """

    def __init__(self, *, hub: str = HUB, begins: datetime = WHEN) -> None:
        self.log: list[Message] = []
        self._hub, self._now = hub, begins
        self._queues: list[Queue] = []
        self._subjects: dict[tuple[str, str], dict[str, int]] = {}  # routing key → newest revision

    def subscribe(self, *kinds: type[Event] | str, history: bool = False) -> Queue:
        """Make a queue that is bound to some kinds of event, or to all.

        Args:
            kinds: event classes or routing keys; none means every event that is published, known or not.
            history: put what has been published before into it, marked with the header `replayed`.

        Raises:
            LookupError: there is no such event.
        """
        keys = frozenset((kind_of(kind) if isinstance(kind, str) else kind).key for kind in kinds)
        queue = Queue(keys)
        if history:
            earlier = (replace(one, exchange=FILLING, headers={"replayed": True}) for one in self.log)
            queue.ready.extend(one for one in earlier if _is_bound(queue, one.routing_key))
        self._queues.append(queue)
        return queue

    def publish(self, event: Event, *, at: datetime | None = None, **attributes: object) -> Received[Event]:
        """Publish an event as its publisher would, with its revision and `after`; what a subscriber reads.

        Args:
            event: what happened.
            at: when (aware); a second after the event before unless given.
            attributes: more of the envelope, such as `correlationid`.
        """
        source = source_of(type(event), self._hub)
        # A mark stands outside the order: its revision is always 1.
        known = {} if event.key in MARKS else self._subjects.setdefault((source, event.subject), {})
        body = body_of(
            event,
            id=self._next_id(),
            source=source,
            revision=max(known.values(), default=0) + 1,
            time=self._time(at),
            after=",".join(f"{key}={known[key]}" for key in sorted(known)) or None,
            **attributes,
        )
        self.send(body, f"{source.rpartition('/')[2]}.events", event.key)
        received = parse(body)
        known[event.key] = received.revision
        return received

    def publish_unknown(
        self, type_: str = "SomethingNew", version: int = 1, publisher: str = "visits"
    ) -> None:
        """Publish an event of a type or version that this package does not know, as a later release may."""
        body = {
            "specversion": "1.0",
            "id": str(self._next_id()),
            "source": f"/hubs/{self._hub}/{publisher}",
            "type": type_,
            "subject": f"news/{len(self.log)}",
            "time": self._time(None).isoformat(),
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}/{type_}/{version}",
            "revision": 1,
            "data": {"what": "not known yet"},
        }
        key = type_ if version == 1 else f"{type_}.v{version}"
        self.send(json.dumps(body).encode(), f"{publisher}.events", key)

    def send(self, body: bytes, exchange: str, routing_key: str) -> None:
        """Put a body of any kind into the log and each queue that is bound to the routing key."""
        said = _attributes(body)
        properties = {
            "content_type": CONTENT_TYPE,
            "delivery_mode": PERSISTENT,
            "message_id": said.get("id"),
            "type": said.get("type"),
            "app_id": said.get("source"),
        }
        message = Message(body=body, exchange=exchange, routing_key=routing_key, properties=properties)
        self.log.append(message)
        for queue in self._queues:
            if _is_bound(queue, routing_key):
                queue.ready.append(message)

    def _next_id(self) -> UUID:
        return UUID(int=(len(self.log) + 1) | 7 << 76 | 2 << 62)

    def _time(self, at: datetime | None) -> datetime:
        self._now = at or self._now + A_MOMENT
        return self._now


def _attributes(body: bytes) -> JsonObject:
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}


def _is_bound(queue: Queue, routing_key: str) -> bool:
    return routing_key in queue.keys if queue.keys else routing_key not in MARKS
