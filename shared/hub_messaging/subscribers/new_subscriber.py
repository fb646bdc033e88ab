"""A subscriber that is being added, and the functions that fill and bind its queue."""

from collections.abc import Callable
from dataclasses import dataclass

from hub_messaging.amqp_types import Connection
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.event_selection import Bindings
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import live_queue_of, queue_of


@dataclass(frozen=True)
class NewSubscriber:
    """A subscriber that is being added: its queues, bindings and limits."""

    name: str
    bindings: Bindings
    limits: Limits  # more messages would be dropped from the head: a filler must refuse

    @property
    def queue(self) -> str:
        """The subscriber's queue, which exists and is not bound yet."""
        return queue_of(self.name)

    @property
    def live(self) -> str:
        """The queue for live events meanwhile; its policy exists, the queue does not."""
        return live_queue_of(self.name)


# Fills a queue with history and binds it without a gap. It must keep the administrator's connection alive
# (heartbeats), and delete every other queue that it creates.
Fill = Callable[[Connection, Management, NewSubscriber], object]


def bind_from_now(_connection: Connection, broker: Management, place: NewSubscriber) -> None:
    """Bind the queue: the first event is the next one that is published."""
    broker.bind(place.queue, place.bindings)
