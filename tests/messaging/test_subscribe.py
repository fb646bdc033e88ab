"""The edge that receives, without a broker: a method at work, and the connection meanwhile."""

from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from parcels.events import ParcelSorted
from tests.messaging.received import delivery

from hub_messaging import subscribe as subscribing
from hub_messaging.subscribe import Subscription

SESSION: Any = SimpleNamespace(info={})


def test_the_heart_beats_while_a_method_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "HEARTBEAT_SECONDS", 0.004)
    beats: list[None] = []
    at_work: list[Any] = []

    def spawn_worker(*_arguments: Any, handle_result: Any) -> None:
        at_work.append(handle_result)

    def beat() -> None:
        beats.append(None)
        if len(beats) == 3:  # only now is the method done
            at_work[0](None, None, None)

    subscription = Subscription(ParcelSorted, batch=True)
    subscription.container = SimpleNamespace(spawn_worker=spawn_worker, config={})
    with eventlet.Timeout(10):  # without a beat the method would never be done
        subscription.run(beat, SESSION, [delivery(1)])
    assert len(beats) == 3


def test_the_process_may_listen_to_deliveries_before_they_take_effect() -> None:
    told: list[Any] = []

    def spawn_worker(*_arguments: Any, handle_result: Any) -> None:
        told.append("handled")
        handle_result(None, None, None)

    subscription = Subscription(ParcelSorted, batch=True)
    subscription.container = SimpleNamespace(
        spawn_worker=spawn_worker, config={"on_deliveries": [told.append]}
    )
    deliveries = [delivery(1), delivery(2)]
    subscription.run(lambda: None, SESSION, deliveries)
    assert told == [deliveries, "handled"]
