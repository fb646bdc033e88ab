"""The edge that sends what waits in the outbox: in batches, with pipelined publisher confirms.

One relay is active for each database, by an advisory lock: two at once would break the order.
"""

import select
import time
from typing import Any, Final

import eventlet
import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging import outbox
from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.metrics import OutboxMetrics
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import BROKER_ERRORS, connect, declare_publisher, drain, tick

BATCH: Final = 500
SWEEP_SECONDS: Final = 1.0  # how long a lost wake-up can delay an event
CONFIRM_SECONDS: Final = 30.0
RECONNECT_SECONDS: Final = (
    0.2,
    0.5,
    1.0,
    2.0,
    4.0,
)  # never longer, so that we are back within 5 s of the broker
LOCK_KEY: Final = 0x6F7574626F78  # "outbox"; advisory locks are per database

log = structlog.get_logger(__name__)


class Unconfirmed(Exception):
    """The broker refused or did not confirm; the events stay in the outbox."""


class OutboxRelay(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Declared on a service class that publishes: `relay = OutboxRelay()`."""

    def __init__(self) -> None:
        self._thread: Any = None
        self._stopping = False
        self._broker_away: str | None = "the relay has not reached the broker yet"

    def setup(self) -> None:
        """Learn where to send, and tell the readiness probe how that goes."""
        config = self.container.config
        self._sessions = config["sessions"]
        self._publisher = self.container.service_name
        self._source = source_of(config["settings"].hub_id, self._publisher)
        config["checks"]["broker (relay)"] = lambda: self._broker_away
        config["metrics"].register(OutboxMetrics(self._sessions))

    def start(self) -> None:
        """Begin sending."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Send no further batch; what is in hand is finished, what waits is sent at the next start."""
        self._stopping = True
        self._thread.wait()

    def kill(self) -> None:
        """End at once."""
        self._thread.kill()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                with self._sessions.kw["bind"].connect() as lock:
                    self._hold_and_send(lock.execution_options(isolation_level="AUTOCOMMIT"))
                failures = 0
            except Exception as exc:
                self._broker_away = "the relay cannot reach the broker or the database"
                expected = isinstance(exc, (*BROKER_ERRORS, SQLAlchemyError, Unconfirmed))
                log.warning("relay_interrupted", error=type(exc).__name__, exc_info=not expected)
                eventlet.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
                failures += 1

    def _hold_and_send(self, lock: Any) -> None:
        """Wait to become the one relay of this database, then send until something breaks or we stop."""
        while not lock.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
            self._broker_away = None  # another replica sends; we are ready to take over
            if self._stopping:
                return
            eventlet.sleep(SWEEP_SECONDS)
        raw = lock.connection.driver_connection
        lock.execute(text(f"LISTEN {outbox.WAKE_CHANNEL}"))
        try:
            with connect(self.container.config["AMQP_URI"]) as connection:
                declare_publisher(connection, self._publisher)
                publisher = ConfirmedPublisher(connection, exchange_of(self._publisher))
                self._broker_away = None
                while not self._stopping:
                    if self._send_batch(publisher) < BATCH:
                        self._wait(raw, connection)
        finally:
            if not lock.invalidated:
                lock.execute(text("SELECT pg_advisory_unlock_all()"))
                lock.execute(text("UNLISTEN *"))

    def _send_batch(self, publisher: "ConfirmedPublisher") -> int:
        with self._sessions() as session:
            waiting = outbox.unpublished(session, self._source, BATCH)
        if waiting:
            publisher.publish([envelope for _, envelope in waiting])
            with self._sessions.begin() as session:
                outbox.mark_published(session, [position for position, _ in waiting])
        return len(waiting)

    def _wait(self, raw: Any, connection: Any) -> None:
        """Sleep until a commit wakes us or the sweep is due."""
        tick(connection)
        drain(connection, 0.001)
        raw.poll()
        if not raw.notifies:
            select.select([raw], [], [], SWEEP_SECONDS)
            raw.poll()
        raw.notifies.clear()


class ConfirmedPublisher:
    """Publishes many messages and returns when the broker has confirmed every one."""

    def __init__(self, connection: Any, exchange: str) -> None:
        self._connection = connection
        self._exchange = exchange
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._sent = 0
        self._open: set[int] = set()
        self._refused: list[str] = []

    def publish(self, envelopes: list[Envelope]) -> None:
        """Send and wait.

        Raises:
            Unconfirmed: one was refused, came back, or was not confirmed in time; none may be taken as sent.
        """
        self._refused = []
        for envelope in envelopes:
            self._sent += 1
            self._open.add(self._sent)
            self._channel.basic_publish(
                self._message(envelope), exchange=self._exchange, routing_key=envelope.type, mandatory=True
            )
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._open:
            if time.monotonic() > deadline:
                raise Unconfirmed(f"{len(self._open)} not confirmed")
            drain(self._connection, 1.0)
        if self._refused:
            raise Unconfirmed(self._refused[0])

    def _message(self, envelope: Envelope) -> Any:
        return self._channel.prepare_message(
            envelope.to_bytes(),
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            properties={
                "delivery_mode": 2,
                "message_id": str(envelope.id),
                "type": envelope.type,
                "app_id": envelope.source,
            },
        )

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - amqp's signature
        if multiple:
            self._open = {open_ for open_ in self._open if open_ > tag}
        else:
            self._open.discard(tag)

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - amqp's signature
        self._refused.append("the broker refused a message")
        self._on_ack(tag, multiple)

    def _on_return(self, _exc: Any, _exchange: str, routing_key: str, _message: Any) -> None:
        self._refused.append(f"no queue takes {routing_key}")
