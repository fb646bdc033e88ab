"""The handler of each event that a service subscribes to, and what a method gives it."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any, Final, NamedTuple
from unittest import mock

from hub_messaging.subscribe import Subscription, subscriptions_of

SESSION: Final = "the session"
REVISION: Final = 7
HAPPENED_AT: Final = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
HUB_NOW: Final = datetime(2026, 9, 7, 9, 5, tzinfo=UTC)
DELIVERY: Final = SimpleNamespace(
    event="the event", envelope=SimpleNamespace(revision=REVISION, time=HAPPENED_AT)
)


class Called(NamedTuple):
    """A call of a handler."""

    function: str  # such as schools.on_school_changed
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def reactions(service_class: Any, *modules: ModuleType) -> dict[str, Called]:
    """Call each method that subscribes to events with a delivery.

    Returns:
        Event type → the call of a function of `modules` that it led to.
    """
    return {
        type_: _called(service_class, method, modules)
        for method, subscription in _subscriptions(service_class)
        for type_ in subscription.event_classes
    }


def wired(service_class: type) -> dict[str, str]:
    """Return the handlers of a service's reaction table: event type → such as `schools.on_school_changed`."""
    return {
        type_: f"{subscription.handler.__module__.rpartition('.')[2]}.{subscription.handler.__name__}"
        for subscription in subscriptions_of(service_class)
        for type_ in subscription.event_classes
        if subscription.handler is not None
    }


def _subscriptions(service_class: Any) -> Iterator[tuple[str, Subscription]]:
    for name in dir(service_class):
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ()):
            if isinstance(entrypoint, Subscription):
                yield name, entrypoint


def _called(service_class: Any, method: str, modules: tuple[ModuleType, ...]) -> Called:
    service = service_class()
    service.clocks = SimpleNamespace(hub=SimpleNamespace(now=lambda: HUB_NOW))
    calls: list[Called] = []
    with ExitStack() as stack:
        for module in modules:
            for name in _functions_of(module):
                shown = f"{module.__name__.rpartition('.')[2]}.{name}"
                stack.enter_context(mock.patch.object(module, name, _noting(calls, shown)))
        getattr(service, method)(SESSION, DELIVERY)
    (call,) = calls
    return call


def _functions_of(module: ModuleType) -> list[str]:
    return [
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def _noting(calls: list[Called], shown: str) -> Callable[..., None]:
    def note(*args: Any, **kwargs: Any) -> None:
        calls.append(Called(shown, args, kwargs))

    return note
