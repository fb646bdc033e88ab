"""A reader without a broker, whose dispatcher does as a test tells it."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hub_messaging import reader as reading
from hub_messaging import wire
from hub_messaging.flow_control import FlowControl
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.reader import QueueReader


class Dispatcher:
    """Takes, or raises the errors that a test has scheduled."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.taken: list[list[bytes]] = []
        self.tried = 0
        self.degraded = False
        self.fails = False
        self.failures = 0
        self.kept: Exception | int = 0

    def take(self, messages: Sequence[Message]) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.failures += self.fails
        self.taken.append([message.body for message in messages])

    def retry_stored(self, _go_on: Callable[[], bool]) -> int:
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


def begun(monkeypatch: pytest.MonkeyPatch) -> QueueReader:
    """A reader that has begun, its waits without length and its connection without a broker."""
    monkeypatch.setattr(wire, "drain", lambda _connection, _seconds: False)
    monkeypatch.setattr(wire, "tick", lambda _connection: None)
    reader = QueueReader()
    reader._connection = SimpleNamespace(channel=Channel)
    reader._dispatcher = Dispatcher()  # type: ignore[assignment]
    reader._subscriber = SimpleNamespace(service="counting", queue="counting.in")  # type: ignore[assignment]
    reader._healing = SimpleNamespace(step=lambda _read, _now: False, abandon=lambda: None)  # type: ignore[assignment]
    reader._bind_at = float("inf")
    reader._metrics = ReadingMetrics(CollectorRegistry())
    reader._flow = FlowControl(False, limit_seconds=reading.STOP_SECONDS)
    reader._forgetting = SimpleNamespace(turn=lambda: None)  # type: ignore[assignment]
    monkeypatch.setattr(reader._stop, "pause", lambda _seconds: None)
    return reader


def told(reader: QueueReader, *answers: Exception | None) -> Dispatcher:
    dispatcher = Dispatcher(*answers)
    reader._dispatcher = dispatcher  # type: ignore[assignment]
    return dispatcher
