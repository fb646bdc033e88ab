"""Properties that RabbitMQ itself sets, the base of provenance: in queues, in the log, redelivered."""

from collections.abc import Iterator
from typing import Any

import amqp
import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from tests.messaging.received import delivery
from tests.support.amqp import connected as bare
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_messaging.event_log import read_log
from hub_messaging.messages import Message
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.topology import LOG_QUEUE, Subscriber, permissions_of, topic_permissions_of
from hub_messaging.wire import connected, declare_publishers, declare_subscriber, drain, message_of

COUNTING = Subscriber("counting", {"sorting": frozenset({"ParcelSorted"})})
POSTED = delivery(1).envelope.posted()


@pytest.fixture(name="sorting")
def _sorting(broker: BrokerServer, amqp_uri: str) -> str:
    """The virtual host for the broker user `sorting`, which is named as its service, with its permissions."""
    with connected(amqp_uri) as connection:
        declare_publishers(connection, "sorting", "weighing", "counting")
        declare_subscriber(connection, COUNTING)
    return service_user(broker, amqp_uri, Subscriber("sorting", {"weighing": frozenset({"ParcelWeighed"})}))


def service_user(broker: BrokerServer, amqp_uri: str, subscriber: Subscriber) -> str:
    user, vhost = subscriber.service, amqp_uri.rpartition("/")[2]
    broker.manage("PUT", f"users/{user}", {"password": "own", "tags": ""})  # pragma: allowlist secret
    broker.manage("PUT", f"permissions/{vhost}/{user}", permissions_of(subscriber))
    for topic in topic_permissions_of(subscriber):
        broker.manage("PUT", f"topic-permissions/{vhost}/{user}", topic)
    return broker.uri(vhost, user=user, password="own")  # pragma: allowlist secret


@pytest.fixture(name="arriving")
def _arriving(amqp_uri: str, sorting: str) -> Iterator[Any]:
    with connected(amqp_uri) as connection:
        yield connection


def publish(uri: str) -> None:
    with connected(uri) as connection:
        ConfirmedPublisher(connection, "sorting.events").publish([POSTED])


def queued(connection: Any, *, acknowledge: bool = True) -> tuple[Message, bool]:
    """The next message of the queue, and whether it is delivered once more."""
    arrived: list[Any] = []
    channel = connection.channel()
    channel.basic_consume(COUNTING.queue, callback=arrived.append)
    wait_until(lambda: drain(connection, 0.1) and bool(arrived))
    if acknowledge:
        channel.basic_ack(arrived[0].delivery_tag)
    channel.close()
    return message_of(arrived[0]), bool(arrived[0].delivery_info["redelivered"])


def logged(uri: str) -> list[Message]:
    with connected(uri) as connection:
        return [one for batch in read_log(connection, "counting", None) for one in batch]


def test_a_service_user_signs_and_queue_and_log_keep_it(arriving: Any, amqp_uri: str, sorting: str) -> None:
    publish(sorting)
    said, again = queued(arriving, acknowledge=False)
    assert (said.exchange, said.routing_key, said.user_id, again) == (
        "sorting.events",
        "ParcelSorted",
        "sorting",
        False,
    )
    assert queued(arriving) == (said, True)
    first, *_ = logged(amqp_uri)
    assert (first.exchange, first.routing_key, first.user_id) == ("sorting.events", "ParcelSorted", "sorting")
    assert first.from_log


def test_an_administrator_signs_nothing(arriving: Any, amqp_uri: str) -> None:
    publish(amqp_uri)
    said, _ = queued(arriving)
    assert (said.exchange, said.user_id) == ("sorting.events", None)
    assert logged(amqp_uri)[0].user_id is None


def test_a_mark_is_signed_like_an_event(broker: BrokerServer, amqp_uri: str, sorting: str) -> None:
    with connected(sorting) as connection:
        assert [batch for batch in read_log(connection, "sorting", None) if batch] == []
    (mark,) = logged(amqp_uri)
    assert (mark.exchange, mark.routing_key, mark.user_id) == ("sorting.events", "LogMark", "sorting")


def test_what_is_written_to_a_queue_or_the_log_shows_no_exchange(arriving: Any, amqp_uri: str) -> None:
    with bare(amqp_uri) as connection:
        for queue in (COUNTING.queue, LOG_QUEUE):
            headers = {"exchange": "sorting.events", "x-exchange": "sorting.events"}
            message = amqp.Message(POSTED.body, application_headers=headers)
            connection.channel().basic_publish(message, exchange="", routing_key=queue)
    said, _ = queued(arriving)
    assert (said.exchange, said.routing_key) == ("", COUNTING.queue)
    first, *_ = logged(amqp_uri)
    assert (first.exchange, first.routing_key) == ("", LOG_QUEUE)


def test_a_detour_over_another_exchange_keeps_the_first_exchange(arriving: Any, amqp_uri: str) -> None:
    with bare(amqp_uri) as connection:
        channel = connection.channel()
        channel.exchange_bind("sorting.events", "weighing.events", routing_key="#")
        channel.basic_publish(amqp.Message(POSTED.body), "weighing.events", "ParcelSorted")
    assert queued(arriving)[0].exchange == "weighing.events"


@pytest.mark.parametrize(
    ("exchange", "key"),
    [("", COUNTING.queue), ("", LOG_QUEUE), ("weighing.events", "ParcelWeighed"), ("sorting.refill", "x")],
)
def test_a_service_user_cannot_write_elsewhere(amqp_uri: str, sorting: str, exchange: str, key: str) -> None:
    with bare(amqp_uri) as connection:
        connection.channel().exchange_declare("sorting.refill", "topic", durable=True, auto_delete=False)
    with bare(sorting) as connection, pytest.raises(AccessRefused):
        connection.channel().basic_publish(amqp.Message(POSTED.body), exchange, key)


def test_a_service_user_cannot_sign_as_another(sorting: str) -> None:
    with bare(sorting) as connection, pytest.raises(PreconditionFailed, match="user_id"):
        message = amqp.Message(POSTED.body, user_id="weighing")
        connection.channel().basic_publish(message, "sorting.events", "ParcelSorted")


@pytest.mark.parametrize("exchange", ["weighing.events", ""])
def test_a_service_user_cannot_make_its_queue_pass_dead_messages_on(sorting: str, exchange: str) -> None:
    """A dead-lettered message bears the exchange that it was passed on through."""
    arguments = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": "ParcelWeighed",
    }
    with bare(sorting) as connection, pytest.raises(AccessRefused):
        connection.channel().queue_declare("sorting.in", durable=True, auto_delete=False, arguments=arguments)
