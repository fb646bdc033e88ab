"""The publisher: says that events were sent only when the broker has confirmed every one of them."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from tests.messaging.received import delivery

from hub_messaging import publisher as publishing
from hub_messaging.envelope import Posted
from hub_messaging.publisher import ConfirmedPublisher, Unconfirmed
from hub_messaging.wire import connected

EXCHANGE = "sorting.events"


def posted(number: int) -> Posted:
    return delivery(number).envelope.posted()


class Broker:
    """A connection and its one channel, whose broker says what a test lets it say, a thing at each drain."""

    def __init__(self, *sayings: Callable[["Broker"], None]) -> None:
        self.sayings = list(sayings)
        self.published: list[Any] = []
        self.beats = 0
        self.closed = False
        self.events: dict[str, set[Any]] = {"basic_ack": set(), "basic_nack": set(), "basic_return": set()}
        self.transport = SimpleNamespace(
            _quick_recv=lambda _size: b"",
            _read_buffer=b"",
            _write=lambda _data: None,
            write=lambda _data: None,
        )
        self.on_blocked: Any = None
        self.on_unblocked: Any = None

    def channel(self) -> "Broker":
        return self

    def confirm_select(self) -> None: ...

    def prepare_message(self, body: bytes, **labels: Any) -> Any:
        return SimpleNamespace(body=body, **labels)

    def basic_publish(self, message: Any, **route: Any) -> None:
        self.published.append((message, route))

    def drain_events(self, timeout: float) -> None:  # noqa: ARG002 - amqp's signature
        if not self.sayings:
            raise TimeoutError
        self.sayings.pop(0)(self)

    def heartbeat_tick(self) -> None:
        self.beats += 1

    def close(self) -> None:
        self.closed = True


def say(event: str, *what: Any) -> Callable[[Broker], None]:
    """A broker that sends frames to the channel."""

    def saying(broker: Broker) -> None:
        for listener in broker.events[event]:
            listener(*what)

    return saying


def nothing(_broker: Broker) -> None:
    raise TimeoutError


def run_clock(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """Let each look at the clock find it so many seconds later."""
    ticks = itertools.count(0.0, step)
    monkeypatch.setattr(publishing, "time", SimpleNamespace(monotonic=lambda: next(ticks)))


@pytest.mark.parametrize(
    "confirms",
    [
        [(1, False), (2, False), (3, False)],
        [(3, True)],
        [(3, False), (1, False), (2, False)],
        [(2, False), (1, False), (3, True)],
        [(1, True), (1, False), (3, True)],
    ],
)
def test_confirms_in_any_order_and_grouping_are_counted_once(confirms: list[tuple[int, bool]]) -> None:
    broker = Broker(*(say("basic_ack", *confirm) for confirm in confirms), say("basic_ack", 4, False))
    publisher = ConfirmedPublisher(broker, EXCHANGE)
    publisher.publish([posted(1), posted(2), posted(3)])
    assert len(broker.sayings) == 1  # it came back with the last confirm, and not before
    publisher.publish([posted(4)])
    assert broker.sayings == []


def test_a_message_is_persistent_mandatory_and_labelled() -> None:
    broker = Broker(say("basic_ack", 1, False))
    ConfirmedPublisher(broker, EXCHANGE).publish([posted(1)])
    ((message, route),) = broker.published
    assert route == {"exchange": EXCHANGE, "routing_key": "ParcelSorted", "mandatory": True}
    assert message.body == delivery(1).body
    assert message.properties == {
        "delivery_mode": 2,
        "message_id": str(delivery(1).envelope.id),
        "type": "ParcelSorted",
        "app_id": "/hubs/test/sorting",
    }


def test_a_refusal_is_reported_and_does_not_affect_the_next_batch() -> None:
    broker = Broker(say("basic_ack", 1, False), say("basic_nack", 2, False), say("basic_ack", 3, False))
    publisher = ConfirmedPublisher(broker, EXCHANGE)
    with pytest.raises(Unconfirmed, match="refused"):
        publisher.publish([posted(1), posted(2)])
    publisher.publish([posted(3)])


def test_silence_ends_the_wait_and_heartbeats_go_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    run_clock(monkeypatch, publishing.CONFIRM_SECONDS / 4)
    broker = Broker(say("basic_ack", 1, False))
    with pytest.raises(Unconfirmed, match="1 not confirmed"):
        ConfirmedPublisher(broker, EXCHANGE).publish([posted(1), posted(2)])
    assert broker.beats > 0


def test_while_the_broker_is_blocked_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    run_clock(monkeypatch, publishing.CONFIRM_SECONDS / 4)
    broker = Broker(
        lambda b: b.on_blocked("memory"),
        *[nothing] * 20,
        lambda b: b.on_unblocked(),
        say("basic_ack", 1, False),
    )
    publisher = ConfirmedPublisher(broker, EXCHANGE)
    publisher.publish([posted(1)])
    assert not publisher.blocked


def test_a_stop_ends_the_wait() -> None:
    broker = Broker(lambda b: b.on_blocked("memory"), *[nothing] * 3)
    publisher = ConfirmedPublisher(broker, EXCHANGE, giving_up=lambda: not broker.sayings)
    with pytest.raises(Unconfirmed):
        publisher.publish([posted(1)])
    assert publisher.blocked


def test_closing_leaves_the_channel() -> None:
    broker = Broker()
    ConfirmedPublisher(broker, EXCHANGE).close()
    assert broker.closed


def test_an_event_that_no_queue_takes_is_not_taken_as_sent(amqp_uri: str) -> None:
    with connected(amqp_uri) as connection:
        with connection.channel() as channel:
            channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        publisher = ConfirmedPublisher(connection, EXCHANGE)
        with pytest.raises(Unconfirmed, match="no queue takes ParcelSorted"):
            publisher.publish([posted(1)])
        publisher.close()


def test_an_event_that_a_full_queue_refuses_is_not_taken_as_sent(amqp_uri: str) -> None:
    with connected(amqp_uri) as connection:
        with connection.channel() as channel:
            channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
            full = {"x-max-length": 1, "x-overflow": "reject-publish"}
            channel.queue_declare("full", durable=True, auto_delete=False, arguments=full)
            channel.queue_bind("full", EXCHANGE, routing_key="#")
        publisher = ConfirmedPublisher(connection, EXCHANGE)
        publisher.publish([posted(1)])
        with pytest.raises(Unconfirmed, match="refused"):
            publisher.publish([posted(number) for number in range(2, 6)])
        publisher.close()
