"""Rows of a service's reaction table: event class → handler, checked against each other by mypy.

A handler names the event class in its signature: `delivery: Delivery[ParcelSorted]`. When a field of the
event is renamed, mypy reports every handler that reads it. When the class does not fit, it reports the row.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, overload

from sqlalchemy.orm import Session

from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Event

E = TypeVar("E", bound=Event)
C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)

WITH_CONTEXT: Final = 3  # parameters of a handler that takes one: session, delivery or deliveries, context


@dataclass(frozen=True)
class Reaction(Generic[C_contra]):
    """Event classes and the handler of their deliveries; `C_contra` is the context that the handler takes."""

    event_classes: tuple[type[Event], ...]
    handler: Callable[..., None]
    batch: bool = False  # the handler takes a sequence of deliveries

    @property
    def takes_context(self) -> bool:
        """Whether the handler has a third parameter."""
        return len(inspect.signature(self.handler).parameters) == WITH_CONTEXT


# Any: the handler takes no context, or one that only `reaction_table` checks.
AnyReaction: TypeAlias = Reaction[Any]


@overload
def on(event_class: type[E], handler: Callable[[Session, Delivery[E]], None]) -> AnyReaction: ...


@overload
def on(event_class: type[E], handler: Callable[[Session, Delivery[E], C], None]) -> Reaction[C]: ...


def on(event_class: type[Event], handler: Callable[..., None]) -> AnyReaction:
    """Call the handler with each event of a class: `(session, delivery)` or `(session, delivery, context)`.

    The handler runs in the transaction that records the delivery. It raises to be retried later.
    """
    return Reaction((event_class,), handler)


@overload
def on_batch(
    event_classes: Iterable[type[E]], handler: Callable[[Session, Sequence[Delivery[E]]], None]
) -> AnyReaction: ...


@overload
def on_batch(
    event_classes: Iterable[type[E]], handler: Callable[[Session, Sequence[Delivery[E]], C], None]
) -> Reaction[C]: ...


def on_batch(event_classes: Iterable[type[Event]], handler: Callable[..., None]) -> AnyReaction:
    """Call the handler with all deliveries that have arrived, at most 200 at a time.

    The handler must take effect for all of them or raise. A batch that fails is halved until the failing
    delivery is alone.
    """
    return Reaction(tuple(event_classes), handler, batch=True)
