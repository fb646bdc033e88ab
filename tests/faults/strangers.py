"""A subscriber of another organisation that behaves as badly as its permissions let it."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import amqp
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import EXCHANGE
from tests.faults.systems.ours.events import ThingChanged
from tests.support.amqp import connected

from hub_messaging.subscribers.broker import Management, management_of
from hub_messaging.subscribers.naming import queue_of, user_of
from hub_messaging.topology import LOG_QUEUE

LEAVES_WITHIN = 30.0  # seconds, for its threads
DRAIN = 0.5  # seconds for one look at what has arrived
GONE = (OSError, amqp.AMQPError)

Act = Callable[["Stranger"], None]


def management(stage: Stage) -> Management:
    """The management API of a case's broker, as its administrator."""
    server = stage.servers.broker.server
    return management_of(stage.direct_uri, f"http://{server.host}:{server.management_port}")


class Stranger:
    """Acts in threads of its own, and counts how often; every method but `begin` and `end` runs in them."""

    def __init__(self, stage: Stage, name: str, password: str) -> None:
        server = stage.servers.broker.server
        self.queue = queue_of(name)
        self.victim = stage.queue.name
        self.uri = server.uri(stage.vhost, user=user_of(name), password=password)
        self.wrong_uri = server.uri(stage.vhost, user=user_of(name), password="guessed")
        self.acted = 0
        self.allowed: set[str] = set()  # forbidden actions that the broker permitted
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def per_second(self) -> float:
        """How often it has acted in a second, since it began."""
        return self.acted / max(0.1, time.monotonic() - self._begun)

    def begin(self, act: Act, threads: int = 1) -> None:
        """Act until told to end; what is refused or cut off begins again."""
        self._begun = time.monotonic()

        def repeat() -> None:
            while not self._ends.is_set():
                with contextlib.suppress(*GONE):
                    act(self)

        self._threads += [threading.Thread(target=repeat, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """End the threads of its loop, and wait for them."""
        self._ends.set()
        for thread in self._threads:
            thread.join(LEAVES_WITHIN)

    def hoard(self, prefetch: int) -> None:
        """Take all that comes, and acknowledge nothing."""
        with connected(self.uri) as connection:
            channel = connection.channel()
            channel.basic_qos(0, prefetch, False)
            channel.basic_consume(self.queue, callback=self._count)
            self._drain(connection)

    def requeue(self) -> None:
        """Give everything back at once."""
        with connected(self.uri) as connection:
            channel = connection.channel()

            def give_back(message: Any) -> None:
                self._count(message)
                channel.basic_reject(message.delivery_tag, requeue=True)

            channel.basic_consume(self.queue, callback=give_back)
            self._drain(connection)

    def stall(self) -> None:
        """Ask for everything, and read none of it from the connection."""
        with connected(self.uri) as connection:
            connection.transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.channel().basic_consume(self.queue, callback=_keep)
            self._count(self.queue)
            self._ends.wait()

    def reconnect(self, pause: float) -> None:
        """Connect and leave, with the right password and with a wrong one; `pause` seconds between two."""
        for uri in (self.uri, self.wrong_uri):
            self._count(uri)
            with contextlib.suppress(*GONE), connected(uri):
                pass
            self._ends.wait(pause)

    def multiply(self) -> None:
        """Open connections and channels with a consumer each until the broker refuses more."""
        with contextlib.ExitStack() as opened:
            with contextlib.suppress(*GONE):
                while not self._ends.is_set():
                    connection = opened.enter_context(connected(self.uri))
                    with contextlib.suppress(*GONE):
                        while not self._ends.is_set():
                            channel = connection.channel()
                            channel.basic_qos(0, 65_535, False)
                            channel.basic_consume(self.queue, callback=_keep)
                            self._count(channel)
            self._ends.wait(DRAIN)

    def attempt(self) -> None:
        """Try all that a subscriber may not do, each on a channel that the refusal closes."""
        with connected(self.uri, confirm_publish=True) as connection:
            for words, attempt in forbidden(self.queue, self.victim).items():
                if self._ends.is_set():
                    return
                channel = connection.channel()
                try:
                    attempt(channel)
                except amqp.AccessRefused:
                    self._count(words)
                else:
                    self.allowed.add(words)

    def _count(self, _what: object) -> None:
        with self._lock:
            self.acted += 1

    def _drain(self, connection: amqp.Connection) -> None:
        while not self._ends.is_set():
            with contextlib.suppress(TimeoutError):
                connection.drain_events(timeout=DRAIN)


def _keep(_message: object) -> None:
    """Take a delivery, and never acknowledge it."""


# Long: a table.
def forbidden(own: str, other: str) -> dict[str, Callable[[Any], object]]:
    """Map each forbidden action of a subscriber to an attempt on a channel; `other` is a service's queue."""

    def message() -> amqp.Message:
        return amqp.Message("made up")

    return {
        "publish through a publisher's exchange": lambda channel: channel.basic_publish_confirm(
            message(), exchange=EXCHANGE, routing_key=ThingChanged.type
        ),
        "write into another's queue": lambda channel: channel.basic_publish_confirm(
            message(), exchange="", routing_key=other
        ),
        "write into its own queue": lambda channel: channel.basic_publish_confirm(
            message(), exchange="", routing_key=own
        ),
        "declare a queue": lambda channel: channel.queue_declare("mine", durable=True),
        "declare a queue without a name": lambda channel: channel.queue_declare(exclusive=True),
        "declare an exchange": lambda channel: channel.exchange_declare("mine", "fanout"),
        "bind its own queue to more": lambda channel: channel.queue_bind(own, EXCHANGE, "#"),
        "delete its own queue": lambda channel: channel.queue_delete(own),
        "read another's queue": lambda channel: channel.basic_get(other),
        "consume another's queue": lambda channel: channel.basic_consume(other),
        "purge another's queue": lambda channel: channel.queue_purge(other),
        "delete another's queue": lambda channel: channel.queue_delete(other),
        "delete the log": lambda channel: channel.queue_delete(LOG_QUEUE),
        "read the log": lambda channel: channel.basic_consume(LOG_QUEUE),
    }
