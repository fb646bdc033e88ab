"""The edge that receives: `subscribe` and `subscribe_batch` on methods of a service class.

One queue and one reader for each service keep the order between types. The reader opens the transaction,
records the inbox and calls the method in it; what fails is kept in the inbox, and the message acknowledged.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from hub_messaging.asking import Asking
from hub_messaging.envelope import Event, routing_key_of
from hub_messaging.inbox import Batch, Delivery
from hub_messaging.reader import QueueReader
from hub_messaging.retries import Permanent
from hub_messaging.rpc import RpcAnswer
from hub_messaging.topology import Subscriber
from hub_messaging.wire import HEARTBEAT_SECONDS

__all__ = ["Batch", "Delivery", "Permanent", "Subscription", "subscribe", "subscribe_batch", "subscriber_of"]

F = TypeVar("F", bound=Callable[..., Any])


class Subscription(Entrypoint):  # type: ignore[misc]  # nameko ships no types
    """A method that is called with events of certain types."""

    reader = QueueReader()

    def __init__(self, *event_classes: type[Event], batch: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.event_classes = {
            routing_key_of(event_class.type, event_class.version): event_class
            for event_class in event_classes
        }
        self.batch = batch

    def setup(self) -> None:
        """Ask the service's reader for these types."""
        self.reader.register_provider(self)

    def stop(self) -> None:
        """Stop with the reader."""
        self.reader.stop_reading()
        self.reader.unregister_provider(self)

    def run(self, beat: Callable[[], None], session: Any, deliveries: Sequence[Delivery]) -> None:
        """Run the method in a nameko worker, in the reader's transaction, and wait; heartbeats go on.

        Functions that the process has put into config["on_deliveries"] are called with the deliveries first.

        Raises:
            Exception: whatever the method raised.
        """
        for listen in self.container.config.get("on_deliveries", ()):
            listen(deliveries)
        done = Signal()

        def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(result, exc_info)
            return result, exc_info

        arguments = self.arguments(session, deliveries)
        self.container.spawn_worker(self, arguments, {}, handle_result=handle_result)
        while not done.ready():
            done.wait(HEARTBEAT_SECONDS / 4)
            if not done.ready():
                beat()
        done.wait()

    def arguments(self, session: Any, deliveries: Sequence[Delivery]) -> tuple[Any, ...]:
        """What the method is called with."""
        batch = Batch(session, deliveries)
        return (session, batch) if self.batch else (session, next(iter(batch)))


def subscribe(*event_classes: type[Event]) -> Callable[[F], F]:
    """Call the method `(self, session, delivery)` with each event of these classes, in one transaction."""
    decorator: Callable[[F], F] = Subscription.decorator(*event_classes)
    return decorator


def subscribe_batch(*event_classes: type[Event]) -> Callable[[F], F]:
    """Call the method `(self, session, deliveries)` with whatever has arrived, at most 200 events at a time.

    The method must take effect for all or raise: a batch that fails is halved until only the poison waits.
    """
    decorator: Callable[[F], F] = Subscription.decorator(*event_classes, batch=True)
    return decorator


def subscriber_of(service_class: type) -> Subscriber:
    """What a service class publishes and listens to, read from its declarations."""
    members = [getattr(service_class, name) for name in dir(service_class)]
    listens_to: dict[str, set[str]] = {}
    for subscription in subscriptions_of(service_class):
        for event_class in subscription.event_classes.values():
            key = routing_key_of(event_class.type, event_class.version)
            listens_to.setdefault(event_class.publisher, set()).add(key)
    return Subscriber(
        service=str(service_class.name),  # type: ignore[attr-defined]
        listens_to={publisher: frozenset(types) for publisher, types in listens_to.items()},
        answers=_answers_rpc(members),
        asks=frozenset(member.service for member in members if isinstance(member, Asking)),
    )


def _answers_rpc(members: Sequence[Any]) -> bool:
    return any(
        isinstance(e, RpcAnswer) for member in members for e in getattr(member, "nameko_entrypoints", ())
    )


def subscriptions_of(service_class: type) -> list[Subscription]:
    """Every subscription declared on a service class."""
    return [
        entrypoint
        for name in dir(service_class)
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, Subscription)
    ]
