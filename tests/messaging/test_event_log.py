"""Reading the event log: from an instant to its end as of now, in batches, and never for ever."""

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from tests.messaging.received import delivery

from hub_messaging import event_log as reading
from hub_messaging.event_log import LogSilent, read_log
from hub_messaging.messages import Message
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.topology import MARK
from hub_messaging.wire import connected, declare_publishers

EXCHANGE = "sorting.events"


def publish(uri: str, *numbers: int) -> None:
    with connected(uri) as connection:
        declare_publishers(connection, "sorting", "counting")
        publisher = ConfirmedPublisher(connection, EXCHANGE)
        publisher.publish([delivery(number).envelope.posted() for number in numbers])
        publisher.close()


def read(uri: str, since: datetime | None = None) -> list[list[Message]]:
    with connected(uri) as connection:
        return [batch for batch in read_log(connection, "counting", since) if batch]


def events(batches: list[list[Message]]) -> list[bytes]:
    return [message.body for batch in batches for message in batch if message.routing_key != MARK]


def test_everything_up_to_now_is_read_in_order_and_in_batches(
    amqp_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 7)
    publish(amqp_uri, *range(1, 31))
    batches = read(amqp_uri)
    assert events(batches) == [delivery(number).body for number in range(1, 31)]
    assert max(len(batch) for batch in batches) <= 7
    assert {message.routing_key for batch in batches for message in batch} == {"ParcelSorted"}


def test_the_marks_of_earlier_readings_do_not_end_a_later_one(amqp_uri: str) -> None:
    publish(amqp_uri, 1)
    read(amqp_uri)
    publish(amqp_uri, 2)
    assert events(read(amqp_uri)) == [delivery(1).body, delivery(2).body]


def test_an_instant_after_everything_still_ends(amqp_uri: str) -> None:
    publish(amqp_uri, 1)
    assert len(events(read(amqp_uri, datetime.now(UTC) - timedelta(hours=1)))) <= 1


def test_a_log_that_falls_silent_before_its_end_is_reported_as_a_fault_of_the_broker(
    amqp_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(amqp_uri, 1)
    monkeypatch.setattr(reading, "write_mark", lambda *_: "never written")
    clock = itertools.count(0.0, reading.SILENCE_SECONDS / 2)
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with connected(amqp_uri) as connection, pytest.raises(LogSilent):
        for _ in read_log(connection, "counting", None):
            pass
