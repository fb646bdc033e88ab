"""Operators' view of the event log: the messages between two offsets, and new ones."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from tests.messaging.received import delivery

from hub_messaging import log_browser
from hub_messaging.event_log import LogSilent
from hub_messaging.log_browser import Logged, between, end_of_log, from_now_on
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.topology import MARK
from hub_messaging.wire import Missing, connected, declare_publishers

SERVICE = "counting"


def publish(uri: str, *numbers: int) -> None:
    with connected(uri) as connection:
        declare_publishers(connection, "sorting", SERVICE)
        publisher = ConfirmedPublisher(connection, "sorting.events")
        publisher.publish([delivery(number).envelope.posted() for number in numbers])
        publisher.close()


def bodies(listed: list[Logged]) -> list[bytes]:
    return [one.message.body for one in listed if one.message.routing_key != MARK]


def test_the_end_lies_behind_all_that_was_written(amqp_uri: str) -> None:
    publish(amqp_uri, 1, 2, 3)
    with connected(amqp_uri) as connection:
        assert end_of_log(connection, SERVICE) == 3
        assert end_of_log(connection, SERVICE) == 4  # behind the first mark


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [(0, 5, 5), (2, 4, 2), (4, 5, 1), (5, 5, 0), (7, 5, 0)],
)
def test_what_lies_between_two_places_is_read_in_order(
    amqp_uri: str, first: int, end: int, expected: int
) -> None:
    publish(amqp_uri, *range(1, 9))
    with connected(amqp_uri) as connection:
        listed = list(between(connection, first, end))
    assert [one.offset for one in listed] == list(range(first, first + expected))
    assert bodies(listed) == [delivery(number + 1).body for number in range(first, first + expected)]
    assert {(one.message.exchange, one.message.from_log) for one in listed} <= {("sorting.events", True)}


def test_the_beginning_and_an_instant_are_found(amqp_uri: str) -> None:
    publish(amqp_uri, 1, 2)
    with connected(amqp_uri) as connection:
        end = end_of_log(connection, SERVICE)
        assert bodies(list(between(connection, None, end))) == [delivery(1).body, delivery(2).body]
        since = datetime.now(UTC) - timedelta(hours=1)
        assert bodies(list(between(connection, since, end))) == [delivery(1).body, delivery(2).body]


def test_what_is_written_next_arrives(amqp_uri: str) -> None:
    publish(amqp_uri, 1)
    with connected(amqp_uri) as connection:
        arriving = from_now_on(connection, end_of_log(connection, SERVICE) + 1)
        assert next(arriving) is None
        publish(amqp_uri, 2)
        (one,) = islice((each for each in arriving if each is not None), 1)
        assert one.message.body == delivery(2).body
        arriving.close()  # type: ignore[attr-defined]  # a generator


def test_a_log_that_is_missing_or_silent_is_reported(amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_browser, "END_SECONDS", 0.2)
    publish(amqp_uri, 1)
    with connected(amqp_uri) as connection:
        with pytest.raises(LogSilent):
            list(between(connection, 0, 100))
        connection.channel().queue_delete("hub.log")
        with pytest.raises(Missing):
            list(between(connection, 0, 1))
