"""The edge that reads a service's queue and dispatches its messages to the service's subscriptions."""

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from eventlet.greenthread import GreenThread
from nameko.extensions import ProviderCollector, SharedExtension
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging import inbox, wire
from hub_messaging.amqp_types import Channel, Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.catchup import CatchUp, LogAway
from hub_messaging.database_errors import AWAY, SILENT
from hub_messaging.database_errors import reason_of as why_at_rest
from hub_messaging.dispatch import DatabaseAway, Dispatcher, Handler
from hub_messaging.envelope import keys_by_publisher
from hub_messaging.event_log import LogSilent, read_log
from hub_messaging.flow_control import BATCH, FlowControl
from hub_messaging.log_repair import LogRepair
from hub_messaging.messages import Message
from hub_messaging.metrics import ForgettingTable, InboxTable, ReadingMetrics
from hub_messaging.provenance import Origins
from hub_messaging.publisher import Unconfirmed
from hub_messaging.reader_dispatch import ReaderDispatch
from hub_messaging.retention_check import RetentionCheck
from hub_messaging.retention_worker import RetentionWorker, inbox_rows
from hub_messaging.retries import RetryPolicy
from hub_messaging.sessions import OneConnection
from hub_messaging.stopping import Stop, Stopped, answered, has_ended, where
from hub_messaging.tables import inbox_forgotten
from hub_messaging.topology import Subscriber

IDLE_SECONDS: Final = 0.5  # between two looks at stored deliveries
KEPT_SECONDS: Final = 1.0  # for retries at a time, while the queue waits
BIND_SECONDS: Final = 60.0  # between two declarations of the bindings
STOP_SECONDS: Final = 5.0  # for the batch in progress; unacknowledged messages are requeued

EXPECTED: Final = (*wire.BROKER_ERRORS, SQLAlchemyError, DatabaseAway, Stopped)

log = structlog.get_logger(__name__)


class QueueReader(ReaderDispatch, ProviderCollector, SharedExtension):  # type: ignore[misc]  # nameko ships no types
    """The reader of a service's queue; one for each service."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: GreenThread = None
        self._stop = Stop()
        self._away: str | None = "the queue is not being read yet"
        self._connection: Connection = None
        self._arrived: list[AmqpMessage] = []
        self._reads_log = False  # there is more to read from the log at once
        self._looked_at = self._bind_at = 0.0

    def setup(self) -> None:
        """Read the configuration, and register checks and metrics."""
        config = self.container.config
        self._sessions = config["sessions"]
        config["checks"]["broker (queue)"] = lambda: self._away
        config.setdefault("work_left", {})["deliveries in hand"] = lambda _session: len(self._arrived)
        config["work_left"]["deliveries to retry"] = inbox.waiting
        config["metrics"].register(InboxTable(self._sessions))
        config["metrics"].register(ForgettingTable(self._sessions, inbox_forgotten))
        self._metrics = ReadingMetrics(config["metrics"])
        settings = config["settings"]
        self._policy = RetryPolicy(settings.retry_after)
        self._origins = Origins(settings.hub_id, settings.foreign_sources)

    def start(self) -> None:
        """Start the reader's thread, if the service has a subscription."""
        handlers = [Handler(p.event_classes, p.batch, partial(p.run, self._beat)) for p in self._providers]
        subscribed = [one for handler in handlers for one in handler.event_classes.values()]
        self._subscriber = Subscriber(self.container.service_name, keys_by_publisher(subscribed))
        queue = self._subscriber.queue
        sessions = OneConnection(self._sessions)
        self._dispatcher = Dispatcher(
            queue,
            sessions,
            handlers,
            self._metrics,
            self._origins,
            self._policy,
            RetentionCheck(queue, sessions),
        )
        self._flow = FlowControl(
            all(handler.batch for handler in handlers), limit_seconds=STOP_SECONDS - wire.FILL_UP_SECONDS
        )
        self._catch_up = CatchUp(self._dispatcher, self._take_all)
        self._forgetting = RetentionWorker(self._sessions, inbox_rows(queue))
        self._healing = LogRepair(self._dispatcher, self._take_all, self._catch_up)
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop_reading(self) -> None:
        """Finish and acknowledge the messages in progress, then stop.

        The thread is never killed: a handler may be using its database connection.
        """
        self._stop.ask()
        if not has_ended(self._thread, STOP_SECONDS):
            log.warning("reader_stop_timeout", in_hand=len(self._arrived))

    def kill(self) -> None:
        """Kill the thread."""
        if self._thread is not None:
            self._thread.kill()

    def _run(self) -> None:
        while not self._stop.asked:
            try:
                with wire.connected(self.container.config["AMQP_URI"]) as self._connection:
                    self._prepare()
                    while not self._stop.asked:
                        self._read()
            except Exception as exc:  # noqa: BLE001 - whatever happens, the loop goes on
                self._away = wire.reason_of(exc, "the broker or the database does not answer")
                self._metrics.reconnects.inc()
                at = None if isinstance(exc, EXPECTED) else where(exc)
                log.warning("reading_interrupted", error=type(exc).__name__, at=at)
                self._stop.pause_after_failure()

    def _prepare(self) -> None:
        """Bind the queue, then catch up from the log."""
        self._healing.abandon()
        self._catch_up.note_types()
        with answered():
            if not wire.queue_exists(self._connection, self._subscriber.queue):
                self._catch_up.note_missing_queue()
        self._bind()
        self._catch_up.run(self._read_log)

    def _bind(self) -> None:
        """Declare the queue and its bindings; a lost binding is restored within a minute."""
        with answered():
            wire.declare_subscriber(self._connection, self._subscriber)
        self._bind_at = time.monotonic() + BIND_SECONDS

    def _read_log(self, since: datetime | None) -> Iterator[list[Message]]:
        try:
            yield from read_log(self._connection, self._subscriber.service, since)
        except (wire.Missing, LogSilent, Unconfirmed) as exc:
            raise LogAway from exc

    def _read(self) -> None:
        """Consume until the reader stops or the prefetch should change."""
        self._arrived.clear()
        channel = self._connection.channel()
        channel.basic_qos(0, self._flow.prefetch, False)  # noqa: FBT003 - amqp's signature
        with answered():
            consumer = channel.basic_consume(self._subscriber.queue, callback=self._arrived.append)
        self._away = None
        asked_for = self._flow.prefetch
        self._fill()
        while not (self._stop.asked or self._flow.should_adjust(time.monotonic())):
            if self._work_off(channel):
                self._stop.succeeded()
            self._look_after_kept()
            self._heal()
            self._fill()
        if self._stop.asked:
            self._healing.abandon()
        wire.fill_up(self._connection, self._arrived, asked_for, self._flow.last_arrival)
        channel.basic_cancel(consumer)  # the broker sends no more; received messages are finished
        while self._arrived and not self._stop.overdue(STOP_SECONDS):
            if not self._work_off(channel) and self._stop.asked:
                break
        channel.close()

    def _fill(self) -> None:
        """Receive messages without waiting for more once there is one."""
        had = len(self._arrived)
        wait = 0.001 if had or self._reads_log else IDLE_SECONDS
        while wire.drain(self._connection, wait) and len(self._arrived) < BATCH:
            wait = 0.001
        self._flow.note_arrivals(len(self._arrived) - had, len(self._arrived), time.monotonic())
        wire.tick(self._connection)

    def _work_off(self, channel: Channel) -> bool:
        """Process one batch and acknowledge it; False when it must be retried."""
        messages = self._arrived[: 1 if self._dispatcher.degraded else self._flow.step]
        if not messages:
            return True
        started = time.monotonic()
        if not self._take([wire.message_of(one) for one in messages]):
            return False
        channel.basic_ack(messages[-1].delivery_tag, multiple=True)
        del self._arrived[: len(messages)]
        self._flow.learn(time.monotonic() - started, len(messages))
        return True

    def _rest(self, reason: str, error: Exception | None) -> None:
        """Pause consuming: received messages stay unacknowledged, the connection stays alive."""
        self._away = reason
        log.warning("consumer_paused", reason=reason, error=type(error).__name__ if error else None)
        self._stop.pause_after_failure()
        wire.drain(self._connection, 0.001)
        wire.tick(self._connection)

    def _heal(self) -> None:
        """Read the next step of a repair from the log."""
        try:
            self._reads_log = self._healing.step(self._read_log, time.monotonic())
        except (DatabaseAway, *AWAY) as exc:
            self._rest(why_at_rest(exc), exc)
        except Stopped:
            self._reads_log = False  # started again at the next start

    def _look_after_kept(self) -> None:
        """Retry stored deliveries, apply the retention, renew the bindings.

        An idle reader sends no other statement: here it notices that the database is available again.
        """
        if time.monotonic() - self._looked_at < IDLE_SECONDS:
            return
        try:
            ends = time.monotonic() + KEPT_SECONDS

            def go_on() -> bool:
                return not self._stop.asked and time.monotonic() < ends

            while self._dispatcher.retry_stored(go_on) and go_on():
                pass
            self._forgetting.turn()
        except (DatabaseAway, *AWAY) as exc:
            self._rest(why_at_rest(exc), exc)
        else:
            # Received messages show it themselves, unless they wait for a lock of a dead connection.
            if not self._arrived or self._away == SILENT:
                self._away = None
        self._looked_at = time.monotonic()
        if self._looked_at >= self._bind_at:
            self._bind()

    def _beat(self) -> None:
        # The worker's transaction must continue, even when the connection is lost.
        with contextlib.suppress(*wire.BROKER_ERRORS):
            wire.beat(self._connection)
