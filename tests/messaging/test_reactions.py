"""A reaction table: each delivery reaches its handler, with the context that the service makes."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session

from hub_messaging.delivery import Delivery
from hub_messaging.subscribe import on, on_batch, reaction_table, subscriber_of, subscriptions_of
from hub_messaging.testing import delivered

SESSION: Any = SimpleNamespace(info={})
CALLS: list[tuple[str, object]] = []


def on_sorted(_session: Session, delivery: Delivery[ParcelSorted], context: str) -> None:
    CALLS.append((f"sorted in {context}", delivery.event.weight))


def on_either(_session: Session, delivery: Delivery[ParcelSorted | ParcelWeighed]) -> None:
    CALLS.append(("either", delivery.event.weight))


def on_many_weighed(_session: Session, deliveries: Sequence[Delivery[ParcelWeighed]], context: str) -> None:
    CALLS.append((f"weighed in {context}", [one.event.weight for one in deliveries]))


class HasPlace(Protocol):
    """A service at a place."""

    place: str


def place_of(service: HasPlace) -> str:
    return service.place


class Shelving:
    """Takes each event once."""

    name = "shelving"
    place = "Linton"
    reactions = reaction_table(
        on(ParcelSorted, on_sorted),
        on_batch([ParcelWeighed], on_many_weighed),
        context=place_of,
    )


class Either:
    """Gives two event classes to one handler."""

    name = "either"
    reactions = reaction_table(on(ParcelSorted, on_either), on(ParcelWeighed, on_either))


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def react(service_class: Any, *deliveries: Delivery[Any], batch: bool = False) -> None:
    (one,) = (s for s in subscriptions_of(service_class) if s.batch == batch)
    service_class().reactions(*one.arguments(SESSION, deliveries))


def test_a_delivery_reaches_its_handler_with_the_services_context() -> None:
    react(Shelving, delivered(ParcelSorted(number=1, weight=7)))
    assert CALLS == [("sorted in Linton", 7)]


def test_a_batch_reaches_its_handler_whole() -> None:
    weighed = [delivered(ParcelWeighed(number=1, weight=weight)) for weight in (1, 2, 3)]
    react(Shelving, *weighed, batch=True)
    assert CALLS == [("weighed in Linton", [1, 2, 3])]


def test_rows_with_the_same_handler_are_one_subscription() -> None:
    (one,) = subscriptions_of(Either)
    assert set(one.event_classes) == {"ParcelSorted", "ParcelWeighed"}
    react(Either, delivered(ParcelWeighed(number=1, weight=4)))
    assert CALLS == [("either", 4)]


def test_a_table_declares_what_the_service_subscribes_to() -> None:
    assert subscriber_of(Shelving).listens_to == {"sorting": {"ParcelSorted", "ParcelWeighed"}}


def test_an_event_class_has_one_row() -> None:
    with pytest.raises(ValueError, match="ParcelSorted has two rows"):
        reaction_table(on(ParcelSorted, on_either), on(ParcelSorted, on_either))


def test_a_handler_that_takes_a_context_needs_a_table_that_makes_one() -> None:
    untyped: Any = on(ParcelSorted, on_sorted)
    with pytest.raises(ValueError, match="no `context`"):
        reaction_table(untyped)
