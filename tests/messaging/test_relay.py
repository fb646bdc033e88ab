"""The relay, without a broker: what it says while it cannot send, and how it is ended."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest

from hub_messaging import relay as sending
from hub_messaging.relay import OutboxRelay


class Publisher:
    """Blocked for so many looks."""

    def __init__(self, looks: int, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.looks = looks
        self.meanwhile = meanwhile

    @property
    def blocked(self) -> bool:
        self.looks -= 1
        self.meanwhile()
        return self.looks >= 0


@pytest.fixture(name="relay")
def _relay(monkeypatch: pytest.MonkeyPatch) -> OutboxRelay:
    """One that has begun, its waits without length and its connections without a server."""
    monkeypatch.setattr(sending, "drain", lambda _connection, _seconds: False)
    monkeypatch.setattr(sending, "tick", lambda _connection: None)
    relay = OutboxRelay()
    relay._forgetting = SimpleNamespace(turn=lambda: None)  # type: ignore[assignment]
    relay._watch = SimpleNamespace(trouble=None)  # type: ignore[assignment]
    return relay


def woken() -> Any:
    """A database connection on which a commit has been announced already."""
    return SimpleNamespace(poll=lambda: None, notifies=[SimpleNamespace(channel="hub_outbox")])


def test_while_the_broker_takes_nothing_the_relay_says_so_and_waits(relay: OutboxRelay) -> None:
    raw = woken()
    relay._wait(raw, None, Publisher(3), lambda: False)  # type: ignore[arg-type]
    assert "accepts no messages" in str(relay._broker_away)


def test_a_stop_ends_the_wait_for_a_broker_that_takes_nothing(relay: OutboxRelay) -> None:
    publisher = Publisher(1_000_000, relay._stop.ask)
    relay._wait(woken(), None, publisher, lambda: relay._stop.asked)  # type: ignore[arg-type]
    assert publisher.looks > 0


def test_while_it_waits_for_the_broker_the_relay_keeps_its_database_session(
    relay: OutboxRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, said = [100.0], []
    monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: now[0]))
    lock: Any = SimpleNamespace(execute=lambda statement: said.append(str(statement)))
    for seconds in (0.0, 1.0, sending.ALIVE_SECONDS, 1.0):
        now[0] += seconds
        assert not relay._gives_up(lock)
    assert said == ["SELECT 1"] * 2
    assert 3 * sending.ALIVE_SECONDS <= sending.IDLE_SECONDS
    relay._stop.ask()
    assert relay._gives_up(lock)


def test_a_relay_that_does_not_end_in_time_is_ended_and_named(
    relay: OutboxRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(sending, "log", SimpleNamespace(warning=lambda event, **_more: said.append(event)))
    monkeypatch.setattr(sending, "STOP_SECONDS", 0.01)
    relay._thread = eventlet.spawn(eventlet.sleep, 60)
    relay.stop()
    assert said == ["relay_stop_timeout"]
    assert relay._thread.dead


def test_a_relay_can_be_ended_at_once(relay: OutboxRelay) -> None:
    relay._thread = eventlet.spawn(eventlet.sleep, 60)
    relay.kill()
    assert relay._thread.dead


@pytest.mark.parametrize("lost", [True, False])
def test_the_lock_is_given_back_unless_its_connection_is_lost(
    relay: OutboxRelay, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    said: list[str] = []
    lock: Any = SimpleNamespace(
        scalar=lambda _statement, _values: True,
        execute=lambda statement: said.append(str(statement)),
        connection=SimpleNamespace(driver_connection=woken()),
        invalidated=lost,
    )

    def unreachable(_uri: str) -> Any:
        raise OSError

    monkeypatch.setattr(sending, "connected", unreachable)
    relay.container = SimpleNamespace(config={"AMQP_URI": "amqp://nowhere"})
    with pytest.raises(OSError):  # noqa: PT011 - whatever the broker's client raises
        relay._hold_and_send(lock)
    assert f"idle_session_timeout = '{sending.IDLE_SECONDS}s'" in said[0]  # a halted relay loses the lock
    for given_back in ("SELECT pg_advisory_unlock_all()", "UNLISTEN *; RESET idle_session_timeout"):
        assert (given_back in said) is not lost


@pytest.mark.parametrize(("trouble", "turns"), [(None, 1), ("behind", 0), ("missing", 0), ("unbound", 0)])
def test_while_the_log_lacks_events_their_only_copy_is_not_forgotten(
    relay: OutboxRelay, trouble: str | None, turns: int
) -> None:
    taken: list[str] = []
    relay._forgetting = SimpleNamespace(turn=lambda: taken.append("turn"))  # type: ignore[assignment]
    relay._watch = SimpleNamespace(trouble=trouble)  # type: ignore[assignment]
    relay._wait(woken(), None, SimpleNamespace(blocked=False), lambda: False)  # type: ignore[arg-type]
    assert len(taken) == turns


def test_without_a_request_for_the_gate_a_batch_costs_no_extra_statement(relay: OutboxRelay) -> None:
    raw = woken()
    no_connection: Any = None
    assert relay._may_send(no_connection, raw)  # there is no connection that could be asked anything
    assert raw.notifies == []


def test_a_relay_that_is_asked_gives_way_and_does_not_send_once_it_is_to_stop(relay: OutboxRelay) -> None:
    said: list[str] = []
    free = [False, False, True]
    lock: Any = SimpleNamespace(
        execute=lambda statement, _values: said.append(str(statement)),
        scalar=lambda _statement, _values: free.pop(0),
    )
    relay._stop.pause = lambda seconds: None  # type: ignore[method-assign]  # noqa: ARG005
    raw = SimpleNamespace(notifies=[SimpleNamespace(channel="hub_gate")])
    assert relay._may_send(lock, raw)
    assert (said, free, raw.notifies) == (["SELECT pg_advisory_unlock_shared(:key)"], [], [])
    relay._stop.ask()
    raw.notifies.append(SimpleNamespace(channel="hub_gate"))
    assert not relay._may_send(lock, raw)
