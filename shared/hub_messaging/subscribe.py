"""The edge that receives: a table of reactions on a service class, event class → handler.

    reactions = reaction_table(
        on(ParcelSorted, shelving.on_parcel_sorted),
        on_batch((ParcelWeighed, ParcelLost), counting.on_parcels),
        context=reaction_context,
    )

One queue and one reader for each service keep the order between types. The reader opens the transaction,
records the inbox and calls the handler in it; a delivery that fails is stored in the inbox, and its message
acknowledged. `context` is a function of the service's instance; its result is every handler's third argument.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint, register_entrypoint
from sqlalchemy.orm import Session

from hub_messaging.delivery import Batch, Delivery
from hub_messaging.envelope import Event, routing_key_of
from hub_messaging.reactions import AnyReaction, Reaction, on, on_batch
from hub_messaging.reader import QueueReader
from hub_messaging.retries import Permanent
from hub_messaging.rpc import RpcAnswer
from hub_messaging.rpc_client import RpcClient
from hub_messaging.topology import Subscriber
from hub_messaging.wire import HEARTBEAT_SECONDS

__all__ = [
    "Batch",
    "Delivery",
    "Permanent",
    "Reaction",
    "Subscription",
    "on",
    "on_batch",
    "reaction_table",
    "rows_of",
    "subscribe",
    "subscribe_batch",
    "subscriber_of",
]

F = TypeVar("F", bound=Callable[..., object])
C = TypeVar("C")
S = TypeVar("S")


class Subscription(Entrypoint):  # type: ignore[misc]  # nameko ships no types
    """Event classes whose deliveries are given to one method of a service, in a nameko worker."""

    reader = QueueReader()

    def __init__(
        self,
        *event_classes: type[Event],
        batch: bool = False,
        handler: Callable[..., None] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.event_classes = {
            routing_key_of(event_class.type, event_class.version): event_class
            for event_class in event_classes
        }
        self.batch = batch
        self.handler = handler  # of a reaction table; None: the method is the handler

    def setup(self) -> None:
        """Register with the service's reader."""
        self.reader.register_provider(self)

    def stop(self) -> None:
        """Stop with the reader."""
        self.reader.stop_reading()
        self.reader.unregister_provider(self)

    def run(self, beat: Callable[[], None], session: Session, deliveries: Sequence[Delivery[Event]]) -> None:
        """Run the method in a nameko worker, in the reader's transaction, and wait; heartbeats go on.

        Functions that the process has put into config["on_deliveries"] are called with the deliveries first.

        Raises:
            Exception: whatever the method raised.
        """
        for listen in self.container.config.get("on_deliveries", ()):
            listen(deliveries)
        done = Signal()

        def handle_result(_worker: object, result: object, exc_info: object) -> tuple[object, object]:
            done.send(result, exc_info)
            return result, exc_info

        arguments = self.arguments(session, deliveries)
        self.container.spawn_worker(self, arguments, {}, handle_result=handle_result)
        while not done.ready():
            done.wait(HEARTBEAT_SECONDS / 4)
            if not done.ready():
                beat()
        done.wait()

    def arguments(
        self, session: Session, deliveries: Sequence[Delivery[Event]]
    ) -> tuple[Session, Delivery[Event] | Batch[Event]]:
        """Return the positional arguments of the method."""
        batch = Batch(session, deliveries)
        return (session, batch) if self.batch else (session, next(iter(batch)))


@overload
def reaction_table(*rows: Reaction[None]) -> Callable[..., None]: ...


@overload
def reaction_table(*rows: Reaction[C], context: Callable[[S], C]) -> Callable[..., None]: ...


def reaction_table(*rows: AnyReaction, context: Callable[..., object] | None = None) -> Callable[..., None]:
    """Make the method of a service class that calls each delivery's handler.

    Rows with the same handler are one subscription: their deliveries share transactions.

    Args:
        rows: made by `on` and `on_batch`.
        context: makes the third argument of handlers that take one from the service's instance.

    Raises:
        ValueError: an event class has two rows, or a handler takes a context and none is made.
    """
    by_key = _by_routing_key(rows)
    if context is None and any(row.takes_context for row in rows):
        raise ValueError("a handler takes a context, but the table has no `context`")

    def react(
        service: object, session: Session, received: Delivery[Event] | Sequence[Delivery[Event]]
    ) -> None:
        first = received if isinstance(received, Delivery) else received[0]
        row = by_key[first.envelope.routing_key]
        if context is not None and row.takes_context:
            row.handler(session, received, context(service))
        else:
            row.handler(session, received)

    for handler in dict.fromkeys(row.handler for row in rows):
        same = [row for row in rows if row.handler is handler]
        classes = [event_class for row in same for event_class in row.event_classes]
        register_entrypoint(react, Subscription(*classes, batch=same[0].batch, handler=handler))
    return react


def _by_routing_key(rows: Sequence[AnyReaction]) -> dict[str, AnyReaction]:
    by_key: dict[str, AnyReaction] = {}
    for row in rows:
        for event_class in row.event_classes:
            if by_key.setdefault(routing_key_of(event_class.type, event_class.version), row) is not row:
                raise ValueError(f"{event_class.__name__} has two rows")
    return by_key


def subscribe(*event_classes: type[Event]) -> Callable[[F], F]:
    """Call the method `(self, session, delivery)` with each event; `reaction_table` replaces it."""
    decorator: Callable[[F], F] = Subscription.decorator(*event_classes)
    return decorator


def subscribe_batch(*event_classes: type[Event]) -> Callable[[F], F]:
    """Call the method `(self, session, deliveries)` with many events; `reaction_table` replaces it."""
    decorator: Callable[[F], F] = Subscription.decorator(*event_classes, batch=True)
    return decorator


def subscriber_of(service_class: type) -> Subscriber:
    """Return a service's subscriptions and RPC relations, read from its class."""
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
        asks=frozenset(member.service for member in members if isinstance(member, RpcClient)),
    )


def _answers_rpc(members: Sequence[object]) -> bool:
    return any(
        isinstance(e, RpcAnswer) for member in members for e in getattr(member, "nameko_entrypoints", ())
    )


def rows_of(service_class: type) -> list[AnyReaction]:
    """Return the rows of a service's reaction table, for `testing.Receiver`."""
    return [
        Reaction(tuple(one.event_classes.values()), one.handler, batch=one.batch)
        for one in subscriptions_of(service_class)
        if one.handler is not None
    ]


def subscriptions_of(service_class: type) -> list[Subscription]:
    """Return every subscription declared on a service class."""
    return [
        entrypoint
        for name in dir(service_class)
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, Subscription)
    ]
