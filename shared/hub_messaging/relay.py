"""The edge that publishes the outbox in batches, with pipelined publisher confirms.

One relay is active for each database, by an advisory lock: two at once would break the order.
"""

import select
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, cast

import structlog
from eventlet.greenthread import GreenThread
from nameko.extensions import DependencyProvider
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging import gate, outbox
from hub_messaging.amqp_types import Connection as AmqpConnection
from hub_messaging.database_errors import again
from hub_messaging.database_errors import reason_of as why_at_rest
from hub_messaging.gate import Notification
from hub_messaging.log_monitor import EVERY_SECONDS, LogMonitor
from hub_messaging.metrics import ForgettingTable, PublishingMetrics
from hub_messaging.publisher import ConfirmedPublisher, Unconfirmed
from hub_messaging.retention_worker import RetentionWorker, outbox_rows
from hub_messaging.stopping import Stop, has_ended, where
from hub_messaging.tables import outbox_forgotten
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import BROKER_ERRORS, connected, drain, reason_of, require_exchange, tick

BATCH: Final = 500
SWEEP_SECONDS: Final = 1.0  # the longest delay of an event by a lost wake-up
IDLE_SECONDS: Final = 30  # without a statement from the relay, after which PostgreSQL ends its connection
ALIVE_SECONDS: Final = 5.0  # between two statements while it waits for the broker
STOP_SECONDS: Final = 2.0  # for the batch in progress; unconfirmed events are published again
LOCK_KEY: Final = 0x6F7574626F78  # "outbox"; advisory locks are per database

EXPECTED: Final = (*BROKER_ERRORS, SQLAlchemyError, Unconfirmed)

log = structlog.get_logger(__name__)


class _ListeningConnection(Protocol):
    """The driver's connection, as far as the relay uses it: psycopg2 ships no types."""

    notifies: list[Notification]

    def poll(self) -> None:
        """Receive what has arrived."""

    def fileno(self) -> int:
        """Return the descriptor on which `select` waits."""


class OutboxRelay(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Declared on a service class that publishes: `relay = OutboxRelay()`."""

    def __init__(self, mark_seconds: float = EVERY_SECONDS) -> None:
        """`mark_seconds`: the interval of marks to subscribers, while events are published."""
        self._mark_seconds = mark_seconds
        self._thread: GreenThread = None
        self._stop = Stop()
        self._spoke_at = 0.0
        self._broker_away: str | None = "the relay has not reached the broker yet"

    def setup(self) -> None:
        """Read the configuration, and register checks and metrics."""
        config = self.container.config
        self._sessions = config["sessions"]
        self._forgetting = RetentionWorker(self._sessions, outbox_rows)
        self._publisher = self.container.service_name
        settings = config["settings"]
        self._source = source_of(settings.hub_id, self._publisher)
        self._schemas = settings.schemas_url
        config["checks"]["broker (relay)"] = lambda: self._broker_away
        config.setdefault("work_left", {})["events to publish"] = outbox.pending
        self._metrics = PublishingMetrics(config["metrics"], self._sessions)
        gauge, uri = self._metrics.log_trouble, config["AMQP_URI"]
        self._watch = LogMonitor(self._publisher, uri, self._sessions, gauge, self._mark_seconds)
        config["details"]["event log"] = lambda: self._watch.detail
        config["metrics"].register(ForgettingTable(self._sessions, outbox_forgotten))

    def start(self) -> None:
        """Start the relay's thread."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Finish the batch in progress; the remaining events are published at the next start."""
        self._stop.ask()
        if not has_ended(self._thread, STOP_SECONDS):
            log.warning("relay_stop_timeout")
            self._thread.kill()

    def kill(self) -> None:
        """Kill the thread."""
        self._thread.kill()

    def _run(self) -> None:
        while not self._stop.asked:
            try:
                with self._sessions.kw["bind"].connect() as lock:
                    self._hold_and_send(lock.execution_options(isolation_level="AUTOCOMMIT"))
            except Exception as exc:  # noqa: BLE001 - whatever happens, the loop goes on
                unreachable = "the relay cannot reach the broker or the database"
                self._broker_away = reason_of(exc, why_at_rest(exc, unreachable))
                self._metrics.reconnects.inc()
                at = None if isinstance(exc, EXPECTED) else where(exc)
                log.warning("relay_interrupted", error=type(exc).__name__, at=at)
                self._stop.pause_after_failure()

    def _hold_and_send(self, lock: Connection) -> None:
        """Wait to become the active relay of this database, then publish until a failure or a stop."""
        while not lock.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
            self._broker_away = None  # another replica publishes; this one is ready to take over
            self._watch.leave()
            self._stop.succeeded()
            self._stop.pause(SWEEP_SECONDS)
            if self._stop.asked:
                return
        # A relay that is halted or disconnected loses its lock to another replica.
        lock.execute(text(f"SET idle_session_timeout = '{IDLE_SECONDS}s'"))
        lock.execute(text(f"LISTEN {outbox.WAKE_CHANNEL}; LISTEN {gate.CHANNEL}"))
        raw = cast("_ListeningConnection", lock.connection.driver_connection)
        try:
            if not gate.enter(lock, self._stop.pause, lambda: self._stop.asked):
                return
            gives_up = partial(self._gives_up, lock)
            with connected(self.container.config["AMQP_URI"]) as connection:
                require_exchange(connection, exchange_of(self._publisher))
                publisher = ConfirmedPublisher(connection, exchange_of(self._publisher), giving_up=gives_up)
                self._watch.begin()
                while not self._stop.asked and self._may_send(lock, raw):
                    sent = self._send_batch(lock, publisher)
                    self._broker_away = None
                    self._stop.succeeded()
                    self._watch.look_when_due(giving_up=gives_up)
                    if sent < BATCH:
                        self._wait(raw, connection, publisher, gives_up)
        finally:
            if not lock.invalidated:
                lock.execute(text("SELECT pg_advisory_unlock_all()"))
                lock.execute(text("UNLISTEN *; RESET idle_session_timeout"))

    def _gives_up(self, lock: Connection) -> bool:
        """Whether to stop waiting for the broker. Sends statements meanwhile, so that the lock is kept.

        Otherwise PostgreSQL would end the connection, and another replica would publish the batch again.
        """
        if time.monotonic() - self._spoke_at >= ALIVE_SECONDS:
            lock.execute(text("SELECT 1"))
            self._spoke_at = time.monotonic()
        return self._stop.asked

    def _may_send(self, lock: Connection, raw: _ListeningConnection) -> bool:
        """Release the relay gate if a command has asked for it; False when the relay is stopping."""
        asked = gate.asked(raw.notifies)
        raw.notifies.clear()  # the next batch includes the events that they announced
        return not asked or gate.give_way(lock, self._stop.pause, lambda: self._stop.asked)

    def _send_batch(self, lock: Connection, publisher: ConfirmedPublisher) -> int:
        """Publish one batch, on the connection that holds the lock: each statement commits by itself."""
        waiting = again(lambda: outbox.unpublished(lock, self._source, BATCH, self._schemas))
        if waiting:
            with self._metrics.seconds.time():
                publisher.publish([event for _, event in waiting])
            again(lambda: outbox.mark_published(lock, [position for position, _ in waiting]))
            self._metrics.published.inc(len(waiting))
        return len(waiting)

    def _wait(
        self,
        raw: _ListeningConnection,
        connection: AmqpConnection,
        publisher: ConfirmedPublisher,
        gives_up: Callable[[], bool],
    ) -> None:
        """Sleep until a commit's notification or the sweep; do the housekeeping meanwhile."""
        drain(connection, 0.001)
        tick(connection)
        while publisher.blocked and not gives_up():
            self._broker_away = "the broker is short of memory or disk and accepts no messages"
            drain(connection, SWEEP_SECONDS)
            tick(connection)
        if self._watch.trouble is None:  # while the log lacks events, the outbox is their only copy
            self._forgetting.turn()
        raw.poll()
        if not raw.notifies:
            select.select([raw], [], [], SWEEP_SECONDS)
            raw.poll()
