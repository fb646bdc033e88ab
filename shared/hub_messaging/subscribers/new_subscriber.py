"""The queues of a subscriber that is being added, and what fills and binds them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.event_selection import Bindings
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import live_queue_of, queue_of


@dataclass(frozen=True)
class NewSubscriber:
    """The queues of a subscriber that is being added, with the events that they are to hear."""

    name: str
    bindings: Bindings
    limits: Limits  # what does not fit is dropped from the head: refuse to fill in more

    @property
    def queue(self) -> str:
        """The subscriber's queue, which exists and is not bound yet."""
        return queue_of(self.name)

    @property
    def live(self) -> str:
        """The queue that may collect live events meanwhile; its policy exists, the queue does not."""
        return live_queue_of(self.name)


# Fills a queue with history and binds it, in an order in which nothing comes in between. It is given the
# administrator's connection, which must be kept alive by it (heartbeats), and leaves no other queue behind.
Fill = Callable[[Any, Management, NewSubscriber], object]


def bind_from_now(_connection: Any, broker: Management, place: NewSubscriber) -> None:
    """Bind the queue: the first event is the next one that is published."""
    broker.bind(place.queue, place.bindings)
