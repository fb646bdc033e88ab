"""The edge that reads a service's one queue and hands what it reads to the service's subscriptions."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

import eventlet
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import ProviderCollector, SharedExtension
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from hub_messaging import inbox
from hub_messaging.envelope import Envelope
from hub_messaging.inbox import Delivery
from hub_messaging.metrics import InboxMetrics
from hub_messaging.topology import Subscriber
from hub_messaging.wire import BROKER_ERRORS, connect, declare_subscriber, drain, tick

BATCH: Final = 200
PREFETCH: Final = 2 * BATCH  # the next batch is on its way while this one is worked on
IDLE_SECONDS: Final = 0.5  # how often kept deliveries are looked at
RECONNECT_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 4.0)

log = structlog.get_logger(__name__)


class DatabaseAway(Exception):
    """Nothing can be decided without the database: consuming stops until it is back."""


class QueueReader(ProviderCollector, SharedExtension):  # type: ignore[misc]  # nameko ships no types
    """One for each service."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: Any = None
        self._stopping = False
        self._away: str | None = "the queue is not being read yet"

    def setup(self) -> None:
        """Tell the readiness probe how reading goes."""
        self._sessions = self.container.config["sessions"]
        self.container.config["checks"]["broker (queue)"] = lambda: self._away
        self.container.config["metrics"].register(InboxMetrics(self._sessions))

    def start(self) -> None:
        """Begin reading, when anything is subscribed to."""
        self._entrypoints = {type_: p for p in self._providers for type_ in p.event_classes}
        self._classes = {type_: p.event_classes[type_] for type_, p in self._entrypoints.items()}
        listens_to: dict[str, set[str]] = {}
        for event_class in self._classes.values():
            listens_to.setdefault(event_class.publisher, set()).add(event_class.type)
        self._subscriber = Subscriber(
            self.container.service_name, {p: frozenset(types) for p, types in listens_to.items()}
        )
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop_reading(self) -> None:
        """Finish and acknowledge what is in hand, then read no more."""
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        """End at once."""
        if self._thread is not None:
            self._thread.kill()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                with connect(self.container.config["AMQP_URI"]) as connection:
                    declare_subscriber(connection, self._subscriber)
                    self._away = None
                    failures = 0
                    self._read(connection)
            except Exception as exc:
                self._away = "the broker or the database does not answer"
                expected = isinstance(exc, (*BROKER_ERRORS, SQLAlchemyError, DatabaseAway))
                log.warning("reading_interrupted", error=type(exc).__name__, exc_info=not expected)
                eventlet.sleep(RECONNECT_SECONDS[min(failures, len(RECONNECT_SECONDS) - 1)])
                failures += 1

    def _read(self, connection: Any) -> None:
        arrived: list[Any] = []
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
        consumer = channel.basic_consume(self._subscriber.queue, callback=arrived.append)
        looked_at = time.monotonic()
        while not self._stopping:
            tick(connection)
            wait = IDLE_SECONDS
            while len(arrived) < BATCH and drain(connection, wait):
                wait = 0.001
            self._work_off(channel, arrived)
            if time.monotonic() - looked_at >= IDLE_SECONDS:
                self._try_kept()
                looked_at = time.monotonic()
        channel.basic_cancel(consumer)  # the broker sends no more; what it has sent is ours to finish
        while arrived:
            self._work_off(channel, arrived)

    def _work_off(self, channel: Any, arrived: list[Any]) -> None:
        """Let one batch of what has arrived take effect, and acknowledge it."""
        messages = arrived[:BATCH]
        del arrived[:BATCH]
        if messages:
            self._take([bytes(_body(message)) for message in messages])
            channel.basic_ack(messages[-1].delivery_tag, multiple=True)

    def _take(self, bodies: Sequence[bytes]) -> None:
        """Let each message take effect or keep it; afterwards all of them may be acknowledged."""
        deliveries = [d for d in map(self._open, bodies) if d is not None]
        for entrypoint, run in groupby(deliveries, key=lambda d: self._entrypoints[d.envelope.type]):
            in_order = list(run)
            if entrypoint.batch:
                self._deliver(entrypoint, in_order)
            else:
                for delivery in in_order:
                    self._deliver(entrypoint, [delivery])

    def _open(self, body: bytes) -> Delivery | None:
        """Read a message; what cannot be read is parked, what nobody here asked for is passed over."""
        try:
            envelope = Envelope.from_bytes(body)
            event_class = self._classes.get(envelope.type)
            if event_class is None:
                log.info("unknown_type", type=envelope.type, event_id=str(envelope.id))
                return None
            return Delivery(event_class.from_data(envelope.data), envelope, body)
        except Exception as exc:  # noqa: BLE001 - reading is pure: what fails once fails always
            with self._sessions.begin() as session:
                inbox.park_unreadable(session, self._subscriber.queue, body, exc)
            log.warning("parked", reason=type(exc).__name__)
            return None

    def _deliver(self, entrypoint: Any, deliveries: Sequence[Delivery]) -> None:
        """Let deliveries take effect together; when that fails, halve until only the poison is kept."""
        try:
            with self._sessions.begin() as session:
                fresh = inbox.unseen(session, self._subscriber.queue, deliveries)
                if fresh:
                    self._call(entrypoint, session, fresh)
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc
        except Exception as exc:  # noqa: BLE001 - whatever a handler raises, the event must not be lost
            if len(deliveries) > 1:
                middle = len(deliveries) // 2
                self._deliver(entrypoint, deliveries[:middle])
                self._deliver(entrypoint, deliveries[middle:])
                return
            with self._sessions.begin() as session:
                state = inbox.keep_failed(session, self._subscriber.queue, deliveries[0], exc)
            _log_failure(deliveries[0].envelope, state, exc)

    def _try_kept(self) -> None:
        """Give every kept delivery that is due another attempt, each in a transaction of its own."""
        with self._sessions() as session:
            listed = inbox.due(session, self._subscriber.queue, datetime.now(UTC))
        for _ in listed:
            with self._sessions.begin() as session:
                rows = inbox.due(session, self._subscriber.queue, datetime.now(UTC), limit=1)
                if not rows:
                    return
                self._try_row(session, rows[0])

    def _try_row(self, session: Any, row: Any) -> None:
        envelope = Envelope.from_bytes(row.body)
        try:
            with session.begin_nested():
                delivery = Delivery(self._classes[row.type].from_data(envelope.data), envelope, row.body)
                self._call(self._entrypoints[row.type], session, [delivery])
                inbox.finish(session, row)
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc
        except Exception as exc:  # noqa: BLE001 - whatever a handler raises, the event must not be lost
            _log_failure(envelope, inbox.fail_again(session, row, exc), exc)

    def _call(self, entrypoint: Any, session: Any, deliveries: Sequence[Delivery]) -> None:
        """Run the method in a nameko worker, inside our transaction, and wait for it."""
        done = Signal()

        def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(result, exc_info)
            return result, exc_info

        arguments = entrypoint.arguments(session, deliveries)
        self.container.spawn_worker(entrypoint, arguments, {}, handle_result=handle_result)
        done.wait()


def _body(message: Any) -> bytes:
    return message.body.encode() if isinstance(message.body, str) else message.body


def _log_failure(envelope: Envelope, state: str, error: BaseException) -> None:
    log.warning(
        "delivery_failed",
        event_id=str(envelope.id),
        type=envelope.type,
        correlation_id=envelope.correlation_id,
        state=state,
        error=type(error).__name__,
    )
