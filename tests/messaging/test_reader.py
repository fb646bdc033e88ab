"""The reader with a broker and a dispatcher that follow a test's instructions."""

import time
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from tests.messaging.readers import Channel, begun, message, told
from tests.messaging.received import message as came

from hub_messaging import reader as reading
from hub_messaging import wire
from hub_messaging.dispatch import DatabaseAway, Degraded
from hub_messaging.reader import QueueReader
from hub_messaging.stopping import Stopped


@pytest.fixture(name="reader")
def _reader(monkeypatch: pytest.MonkeyPatch) -> QueueReader:
    return begun(monkeypatch)


@pytest.mark.parametrize("fault", [DatabaseAway(), Degraded()])
def test_undecided_messages_stay_unacknowledged_and_are_dispatched_again(
    reader: QueueReader, fault: Exception
) -> None:
    dispatcher, channel = told(reader, fault), Channel()
    reader._arrived = [message(1), message(2)]
    assert not reader._work_off(channel)
    assert (channel.acknowledged, len(reader._arrived)) == ([], 2)
    assert reader._away is not None
    assert reader._work_off(channel)
    assert (channel.acknowledged, reader._arrived) == ([2], [])
    assert dispatcher.taken == [[b"body 1", b"body 2"]]
    assert reader._away is None


def test_while_one_failure_follows_another_it_goes_on_one_at_a_time_and_says_so(reader: QueueReader) -> None:
    dispatcher, channel = told(reader), Channel()
    dispatcher.degraded = dispatcher.fails = True
    reader._arrived = [message(1), message(2)]
    assert reader._work_off(channel)
    assert (dispatcher.taken, channel.acknowledged) == ([[b"body 1"]], [1])
    assert reader._away is not None


def test_nothing_in_hand_is_no_work(reader: QueueReader) -> None:
    assert reader._work_off(Channel())
    assert told(reader).taken == []


def test_history_is_dispatched_until_all_of_it_is_processed(reader: QueueReader) -> None:
    dispatcher = told(reader, DatabaseAway(), None)
    bodies = [b"%d" % number for number in range(reader._flow.step + 1)]
    reader._take_all([came(body) for body in bodies])
    assert [body for taken in dispatcher.taken for body in taken] == bodies


def test_history_that_is_cut_short_by_a_stop_is_not_called_done(reader: QueueReader) -> None:
    dispatcher = told(reader)
    reader._stop.ask()
    with pytest.raises(Stopped):
        reader._take_all([came(b"1")])
    assert dispatcher.taken == []


def test_stored_deliveries_are_retried_while_they_succeed_and_not_at_every_look(
    reader: QueueReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher = told(reader)
    dispatcher.kept = 3
    now = iter([100.0, 100.0, 100.1, 100.2, 100.2, 100.3])
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: next(now, 100.3)))
    reader._look_after_kept()
    tried = dispatcher.tried
    assert tried == 2
    reader._look_after_kept()
    assert dispatcher.tried == tried


def test_stored_deliveries_wait_for_the_database(reader: QueueReader) -> None:
    told(reader).kept = DatabaseAway()
    reader._look_after_kept()
    assert reader._away is not None


@pytest.fixture(name="short_stop")
def _short_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STOP_SECONDS", 0.01)


def test_a_stop_finishes_what_is_in_hand_and_takes_no_more(reader: QueueReader) -> None:
    channel = Channel()
    reader._connection = SimpleNamespace(channel=lambda: channel)
    reader._stop.ask()
    reader._read()
    assert (channel.cancelled, channel.acknowledged, channel.closed) == (True, [1], True)


@pytest.mark.parametrize("prefetch", [1, 3, 5])
def test_before_the_consumer_is_cancelled_messages_in_transit_are_received(
    reader: QueueReader, monkeypatch: pytest.MonkeyPatch, prefetch: int
) -> None:
    channel = Channel()
    reader._connection = SimpleNamespace(channel=lambda: channel)
    reader._flow.prefetch = prefetch
    reader._flow.last_arrival = time.monotonic()
    on_its_way = [message(2), message(3), message(4)]

    def drain(_connection: Any, _seconds: float) -> bool:
        assert not channel.cancelled, "the broker would requeue messages sent now"
        if on_its_way:
            reader._arrived.append(on_its_way.pop(0))
            return True
        return False

    monkeypatch.setattr(reader, "_fill", lambda: None)  # nothing arrives before the reader stops
    monkeypatch.setattr(wire, "drain", drain)
    monkeypatch.setattr(wire, "QUIET_SECONDS", 0.05)
    reader._stop.ask()
    reader._read()
    assert (channel.cancelled, channel.acknowledged) == (True, [min(prefetch, 4)])


def test_a_stop_leaves_what_cannot_be_decided_to_the_next_start(reader: QueueReader) -> None:
    told(reader, DatabaseAway())
    channel = Channel()
    reader._connection = SimpleNamespace(channel=lambda: channel)
    reader._stop.ask()
    reader._read()
    assert (channel.cancelled, channel.acknowledged, channel.closed) == (True, [], True)


def test_a_reader_that_has_become_slow_asks_for_less_and_finishes_what_it_has(reader: QueueReader) -> None:
    channel = Channel()
    reader._connection = SimpleNamespace(channel=lambda: channel)
    reader._flow.learn(3600.0, 1)
    reader._read()
    asked_for = reader._flow.prefetch
    assert channel.acknowledged == [1]
    assert channel.prefetch[0] > asked_for
    reader._stop.ask()
    reader._read()
    assert channel.prefetch[1] == asked_for


def test_a_thread_that_does_not_end_is_left_to_the_process_and_named(
    reader: QueueReader, short_stop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(reading, "log", SimpleNamespace(warning=lambda event, **_more: said.append(event)))
    reader._thread = eventlet.spawn(eventlet.sleep, 60)
    reader.stop_reading()
    assert said == ["reader_stop_timeout"]
    assert not reader._thread.dead
    reader.kill()
    assert reader._thread.dead


def test_a_reader_of_nothing_can_be_killed() -> None:
    QueueReader().kill()
