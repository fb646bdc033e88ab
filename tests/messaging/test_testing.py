"""The test kit: it delivers as the library does, and collects what a handler records."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.delivery import Delivery
from hub_messaging.reactions import on, on_batch
from hub_messaging.subscribe import reaction_table, rows_of
from hub_messaging.testing import NOON, Receiver, Recorded, delivered, disordered, history, recorded

EVENTS = [ParcelSorted(number=number, weight=weight) for weight in (1, 2, 3) for number in (1, 2)]


class Shelf:
    """Notes the weights of each parcel in the order of its deliveries."""

    def __init__(self) -> None:
        self.weights: dict[int, list[int]] = {}

    def note(self, _session: Session, delivery: Delivery[ParcelSorted]) -> None:
        self.weights.setdefault(delivery.event.number, []).append(delivery.event.weight)

    def note_many(self, session: Session, deliveries: Sequence[Delivery[ParcelSorted]], context: str) -> None:
        assert context == "Linton"
        for delivery in deliveries:
            self.note(session, delivery)


def weigh(session: Session, delivery: Delivery[ParcelSorted]) -> None:
    event = ParcelWeighed(number=delivery.event.number, weight=delivery.event.weight)
    outbox.record(session, event, occurred_at=NOON, by="ada")


@pytest.mark.parametrize("seed", range(20))
def test_disordered_deliveries_take_effect_once_and_in_order(seed: int) -> None:
    shelf = Shelf()
    receiver = Receiver(on(ParcelSorted, shelf.note))
    receiver.receive(*disordered(history(EVENTS), seed=seed))
    assert shelf.weights == {1: [1, 2, 3], 2: [1, 2, 3]}
    assert receiver.held == []


def test_a_delivery_is_held_until_its_predecessor_arrives() -> None:
    shelf, (first, _, second, *_) = Shelf(), history(EVENTS)
    receiver = Receiver(on_batch([ParcelSorted], shelf.note_many), context="Linton")
    receiver.receive(second)
    assert (receiver.held, shelf.weights) == ([second], {})
    receiver.receive(first, first)
    assert (receiver.held, shelf.weights) == ([], {1: [1, 2]})


def test_a_delivery_whose_handler_fails_is_received_again() -> None:
    calls: list[int] = []

    def fail_once(_session: Session, delivery: Delivery[ParcelSorted]) -> None:
        calls.append(delivery.event.number)
        if len(calls) == 1:
            raise RuntimeError("a fault")

    receiver, (first, *_) = Receiver(on(ParcelSorted, fail_once)), history(EVENTS)
    with pytest.raises(RuntimeError):
        receiver.receive(first)
    receiver.receive(first)
    assert calls == [1, 1]


def test_an_event_without_a_handler_is_ignored() -> None:
    receiver = Receiver(on(ParcelSorted, Shelf().note))
    receiver.receive(delivered(ParcelWeighed(number=1, weight=1)))
    assert receiver.held == []


def test_recorded_events_name_the_delivery_that_caused_them() -> None:
    one = delivered(ParcelSorted(number=1, weight=7))
    with recorded() as events:
        Receiver(on(ParcelSorted, weigh)).receive(one)
    assert events == [Recorded(ParcelWeighed(number=1, weight=7), NOON, "ada", str(one.envelope.id))]


def test_an_instant_without_a_zone_is_refused_as_by_the_outbox() -> None:
    session: Any = SimpleNamespace(info={})
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with recorded(), pytest.raises(ValueError, match="time zone"):
        outbox.record(session, ParcelWeighed(number=1, weight=1), occurred_at=naive)


def test_the_rows_of_a_service_are_those_of_its_table() -> None:
    class Weighing:
        name = "weighing"
        reactions = reaction_table(on(ParcelSorted, weigh))

    with recorded() as events:
        Receiver(*rows_of(Weighing)).receive(*history(EVENTS))
    assert len(events) == len(EVENTS)
