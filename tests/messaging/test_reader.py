"""The reader between a broker and a dispatcher that do as they are told: what it has in hand, how long."""

import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from prometheus_client import CollectorRegistry
from tests.messaging.received import message as came

from hub_messaging import reader as reading
from hub_messaging import wire
from hub_messaging.dispatch import DatabaseAway, Struggling
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.pace import Pace
from hub_messaging.reader import QueueReader
from hub_messaging.stopping import Stopped


class Dispatcher:
    """Takes, or raises what a test has put down for the next takings."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.taken: list[list[bytes]] = []
        self.tried = 0
        self.struggling = False
        self.fails = False
        self.failures = 0
        self.kept: Exception | int = 0

    def take(self, messages: Sequence[Message]) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.failures += self.fails
        self.taken.append([message.body for message in messages])

    def try_kept(self, _go_on: Callable[[], bool]) -> int:
        self.tried += 1
        if isinstance(self.kept, Exception):
            raise self.kept
        kept, self.kept = self.kept, 0
        return kept


class Channel:
    """Notes what is acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.prefetch: list[int] = []
        self.cancelled = False
        self.closed = False

    def basic_qos(self, _size: int, count: int, _global: bool) -> None:
        self.prefetch.append(count)

    def basic_consume(self, _queue: str, callback: Any) -> str:
        callback(message(1))
        return "tag"

    def basic_cancel(self, _tag: str) -> None:
        self.cancelled = True

    def basic_ack(self, tag: int, multiple: bool) -> None:
        assert multiple
        self.acknowledged.append(tag)

    def close(self) -> None:
        self.closed = True


def message(tag: int) -> Any:
    told = {"exchange": "sorting.events", "routing_key": "ParcelSorted"}
    return SimpleNamespace(body=f"body {tag}", delivery_tag=tag, delivery_info=told, properties={})


@pytest.fixture(name="reader")
def _reader(monkeypatch: pytest.MonkeyPatch) -> QueueReader:
    """A reader that has begun, its waits without length and its connection without a broker."""
    monkeypatch.setattr(reading, "drain", lambda _connection, _seconds: False)
    monkeypatch.setattr(wire, "drain", lambda _connection, _seconds: False)
    monkeypatch.setattr(reading, "tick", lambda _connection: None)
    reader = QueueReader()
    reader._connection = SimpleNamespace(channel=Channel)
    reader._dispatcher = Dispatcher()  # type: ignore[assignment]
    reader._subscriber = SimpleNamespace(service="counting", queue="counting.in")  # type: ignore[assignment]
    reader._healing = SimpleNamespace(step=lambda _read, _now: False, abandon=lambda: None)  # type: ignore[assignment]
    reader._bind_at = float("inf")
    reader._metrics = ReadingMetrics(CollectorRegistry())
    reader._pace = Pace(False, limit_seconds=reading.STOP_SECONDS)
    reader._forgetting = SimpleNamespace(turn=lambda: None)  # type: ignore[assignment]
    monkeypatch.setattr(reader._stop, "pause", lambda _seconds: None)
    return reader


def told(reader: QueueReader, *answers: Exception | None) -> Dispatcher:
    dispatcher = Dispatcher(*answers)
    reader._dispatcher = dispatcher  # type: ignore[assignment]
    return dispatcher


@pytest.mark.parametrize("fault", [DatabaseAway(), Struggling()])
def test_what_cannot_be_decided_stays_in_hand_and_is_handed_in_again(
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
    dispatcher.struggling = dispatcher.fails = True
    reader._arrived = [message(1), message(2)]
    assert reader._work_off(channel)
    assert (dispatcher.taken, channel.acknowledged) == ([[b"body 1"]], [1])
    assert reader._away is not None


def test_what_no_handler_sees_is_no_further_failure(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.struggling = True
    reader._away = "one handler after the other fails"
    reader._arrived = [message(1)]
    assert reader._work_off(Channel())
    assert reader._away is None


def test_nothing_in_hand_is_no_work(reader: QueueReader) -> None:
    assert reader._work_off(Channel())
    assert told(reader).taken == []


def test_history_is_handed_in_until_all_of_it_is_dealt_with(reader: QueueReader) -> None:
    dispatcher = told(reader, DatabaseAway(), None)
    bodies = [b"%d" % number for number in range(reader._pace.step + 1)]
    reader._take_all([came(body) for body in bodies])
    assert [body for taken in dispatcher.taken for body in taken] == bodies


def test_history_that_is_cut_short_by_a_stop_is_not_called_done(reader: QueueReader) -> None:
    dispatcher = told(reader)
    reader._stop.ask()
    with pytest.raises(Stopped):
        reader._take_all([came(b"1")])
    assert dispatcher.taken == []


def test_kept_deliveries_are_tried_again_while_they_succeed_and_not_at_every_look(
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


def test_kept_deliveries_wait_for_the_database(reader: QueueReader) -> None:
    told(reader).kept = DatabaseAway()
    reader._look_after_kept()
    assert reader._away is not None


def look(reader: QueueReader) -> str | None:
    """What the probe is told after the next look at kept deliveries."""
    reader._looked_at = 0.0
    reader._look_after_kept()
    return reader._away


def test_an_idle_reader_is_ready_again_as_soon_as_the_database_answers(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.kept = DatabaseAway()
    assert look(reader) is not None
    dispatcher.kept = 0
    assert look(reader) is None


def test_so_is_one_that_noticed_it_while_it_healed(reader: QueueReader) -> None:
    def away(_read: Any, _now: float) -> bool:
        raise DatabaseAway

    told(reader)
    reader._healing = SimpleNamespace(step=away)  # type: ignore[assignment]
    reader._heal()
    assert reader._away is not None
    assert look(reader) is None


def test_handlers_that_have_failed_keep_no_idle_reader_from_being_ready(reader: QueueReader) -> None:
    dispatcher = told(reader)
    dispatcher.struggling = dispatcher.fails = True
    reader._arrived = [message(1)]
    assert reader._work_off(Channel())
    assert reader._away is not None
    assert look(reader) is None


def test_what_is_in_hand_and_cannot_be_dealt_with_is_told_whatever_else_succeeds(reader: QueueReader) -> None:
    told(reader, DatabaseAway())
    reader._arrived = [message(1)]
    assert not reader._work_off(Channel())
    assert look(reader) is not None


def test_a_reader_that_catches_up_is_ready(reader: QueueReader) -> None:
    told(reader)
    assert reader._away is not None
    reader._take_all([])
    assert reader._away is None


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
def test_before_the_consumer_is_cancelled_all_that_may_be_on_its_way_is_taken_in(
    reader: QueueReader, monkeypatch: pytest.MonkeyPatch, prefetch: int
) -> None:
    channel = Channel()
    reader._connection = SimpleNamespace(channel=lambda: channel)
    reader._pace.prefetch = prefetch
    reader._pace.heard_at = time.monotonic()
    on_its_way = [message(2), message(3), message(4)]

    def drain(_connection: Any, _seconds: float) -> bool:
        assert not channel.cancelled, "the broker would put back what it sends now"
        if on_its_way:
            reader._arrived.append(on_its_way.pop(0))
            return True
        return False

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
    reader._pace.learn(3600.0, 1)
    reader._read()
    asked_for = reader._pace.prefetch
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
    assert said == ["reader_cut_short"]
    assert not reader._thread.dead
    reader.kill()
    assert reader._thread.dead


def test_a_reader_of_nothing_can_be_killed() -> None:
    QueueReader().kill()
