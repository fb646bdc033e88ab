"""Before a consumer is cancelled, what may be on its way is waited for, and nothing else is."""

from types import SimpleNamespace
from typing import Any

import pytest

from hub_messaging import wire


class Clock:
    """The monotonic clock of `wire`, which goes only where it is put."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(wire, "time", SimpleNamespace(monotonic=lambda: self.now))


def test_what_comes_slowly_is_waited_for_and_a_quiet_queue_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    arrived: list[int] = []

    def drain(_connection: Any, seconds: float) -> bool:
        clock.now += min(seconds, 0.4)
        arrived.append(1)
        return True

    monkeypatch.setattr(wire, "drain", drain)
    wire.fill_up(None, arrived, prefetch=3, last_arrival=clock.now - wire.QUIET_SECONDS)
    assert arrived == []
    wire.fill_up(None, arrived, prefetch=3, last_arrival=clock.now)
    assert arrived == [1, 1, 1]
    wire.fill_up(None, arrived, prefetch=100, last_arrival=clock.now)
    assert clock.now == pytest.approx(3 * 0.4 + wire.FILL_UP_SECONDS)


def test_a_heartbeat_is_nothing_that_was_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    def drain(_connection: Any, seconds: float) -> bool:
        clock.now += min(seconds, 0.2)
        return True

    monkeypatch.setattr(wire, "drain", drain)
    wire.fill_up(None, [], prefetch=1, last_arrival=clock.now)
    assert clock.now == pytest.approx(wire.QUIET_SECONDS)
