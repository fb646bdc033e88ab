"""Metrics of publishing and receiving (Prometheus)."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import counting, inbox, outbox
from hub_messaging.counting import Loss
from hub_messaging.envelope import Envelope
from hub_messaging.wall_clock import utc_now

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 3600)
_TIME_ORDERED: Final = 7  # the UUID version whose first 48 bits are milliseconds since 1970 (RFC 9562, 5.7)
_YEAR_10000: Final = 253_402_300_800_000  # in milliseconds since 1970
_CLOCK: Final = sa.func.clock_timestamp()


class PublishingMetrics:
    """Metrics of the relay."""

    def __init__(self, registry: CollectorRegistry, sessions: sessionmaker[Session]) -> None:
        self.published = Counter(
            "hub_outbox_published", "Events that the broker has confirmed.", registry=registry
        )
        self.seconds = Histogram(
            "hub_outbox_publish_seconds",
            "Time to publish one batch and have it confirmed.",
            registry=registry,
            buckets=_SECONDS,
        )
        self.reconnects = Counter(
            "hub_outbox_reconnects", "Times the relay lost the broker or the database.", registry=registry
        )
        self.log_trouble = Gauge(
            "hub_event_log_trouble",
            "1 while the event log does not hold what is published here, by reason, otherwise 0.",
            ["reason"],
            registry=registry,
        )
        registry.register(OutboxTable(sessions))


class ReadingMetrics:
    """Metrics of a queue's reader."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "hub_handler_seconds",
            "Time of one call of a handler; type is `several` for a mixed batch.",
            ["type"],
            registry=registry,
            buckets=_SECONDS,
        )
        self.lag = Histogram(
            "hub_event_lag_seconds",
            "Time from an event's recording to its handling; of a batch, of its first and last event.",
            registry=registry,
            buckets=_LAG_SECONDS,
        )
        self.repeated = Counter(
            "hub_inbox_repeated",
            "Deliveries without effect, because they were known already.",
            registry=registry,
        )
        self.unknown = Counter(
            "hub_inbox_unknown", "Deliveries of a type that is not subscribed to.", registry=registry
        )
        self.kept = Counter(
            "hub_inbox_kept", "Deliveries that failed, by what they became.", ["state"], registry=registry
        )
        self.forged = Counter(
            "hub_inbox_forged",
            "Messages that did not come through their publisher's exchange.",
            registry=registry,
        )
        self.reconnects = Counter(
            "hub_inbox_reconnects", "Times the reader lost the broker.", registry=registry
        )
        self.from_log = Counter(
            "hub_inbox_from_log", "Messages read from the log to catch up.", registry=registry
        )

    @contextlib.contextmanager
    def handling(self, envelopes: Sequence[Envelope]) -> Iterator[None]:
        """Measure one call of a handler, and the age of the events at its start."""
        now = utc_now().timestamp()
        for envelope in envelopes if len(envelopes) == 1 else (envelopes[0], envelopes[-1]):
            recorded = recorded_at(envelope.id)
            if recorded is not None:
                self.lag.observe(max(0.0, now - recorded.timestamp()))
        types = {envelope.type for envelope in envelopes}
        with self.seconds.labels(types.pop() if len(types) == 1 else "several").time():
            yield


def recorded_at(event_id: UUID) -> datetime | None:
    """Return the instant at which an event was recorded, from a time-ordered id; None for other ids.

    An id with a time after the year 9999 counts as another one.
    """
    milliseconds = event_id.int >> 80
    if event_id.version != _TIME_ORDERED or milliseconds >= _YEAR_10000:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class OutboxTable(Collector):
    """Numbers of events recorded and pending; absent while the database is unavailable."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def describe(self) -> Iterator[Metric]:
        """Return the metrics without values."""
        return self._families(None, None, None)

    def collect(self) -> Iterator[Metric]:
        """Return the metrics with their values."""
        try:
            with self._sessions() as session:
                recorded, pending = outbox.counts(session)
                oldest = outbox.oldest_unpublished(session)
        except SQLAlchemyError:
            return
        age = 0.0 if oldest is None else max(0.0, (utc_now() - oldest).total_seconds())
        yield from self._families(recorded, pending, age)

    def _families(self, recorded: int | None, pending: int | None, age: float | None) -> Iterator[Metric]:
        yield CounterMetricFamily("hub_outbox_recorded", "Events recorded here so far.", value=recorded)
        yield GaugeMetricFamily(
            "hub_outbox_pending", "Events that the broker has not confirmed.", value=pending
        )
        yield GaugeMetricFamily(
            "hub_outbox_oldest_seconds", "Age of the event that has waited longest.", value=age
        )


class InboxTable(Collector):
    """Numbers of deliveries by state, and of events that never arrived."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def describe(self) -> Iterator[Metric]:
        """Return the metrics without values."""
        return self._families({}, None, None, [], None)

    def collect(self) -> Iterator[Metric]:
        """Return the metrics with their values."""
        try:
            with self._sessions() as session:
                unfinished, received = inbox.counts(session), inbox.received(session)
                forged = inbox.forged(session)
                compared, gaps = counting.compared(session), counting.gaps(session)
        except SQLAlchemyError:
            return
        yield from self._families(unfinished, received, forged, compared, gaps)

    def _families(
        self,
        unfinished: Mapping[str, int],
        received: int | None,
        forged: int | None,
        compared: Sequence[Loss],
        gaps: int | None,
    ) -> Iterator[Metric]:
        deliveries = GaugeMetricFamily(
            "hub_inbox_deliveries", "Deliveries without effect so far.", labels=["state"]
        )
        for state, count in unfinished.items():
            deliveries.add_metric([state], count)
        yield deliveries
        yield GaugeMetricFamily("hub_inbox_forged_parked", "Forged deliveries that are parked.", value=forged)
        yield CounterMetricFamily("hub_inbox_received", "Deliveries that have taken effect.", value=received)
        missing = GaugeMetricFamily(
            "hub_inbox_missing",
            "Events that were published and never arrived, as of the publisher's newest mark.",
            labels=["publisher", "type"],
        )
        for loss in compared:
            missing.add_metric([loss.publisher, loss.routing_key], loss.missing)
        yield missing
        yield GaugeMetricFamily(
            "hub_inbox_gaps", "Events that took effect without an earlier one, which never came.", value=gaps
        )


class ForgettingTable(Collector):
    """State of a table's retention, and the lead of the service's clock over its database's."""

    def __init__(self, sessions: sessionmaker[Session], lines: sa.Table) -> None:
        """`lines` is `outbox_forgotten` or `inbox_forgotten`."""
        self._sessions = sessions
        self._lines = lines
        self._table = lines.name.removesuffix("_forgotten")

    def describe(self) -> Iterator[Metric]:
        """Return the metrics without values."""
        return self._families(None, None)

    def collect(self) -> Iterator[Metric]:
        """Return the metrics with their values."""
        asked = sa.select(sa.func.coalesce(sa.func.bool_or(self._lines.c.stopped), False), _CLOCK)
        try:
            with self._sessions() as session:
                stopped, there = session.execute(asked).one()
        except SQLAlchemyError:
            return
        yield from self._families(int(stopped), (utc_now() - there).total_seconds())

    def _families(self, stopped: int | None, ahead: float | None) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            f"hub_{self._table}_forgetting_stopped",
            "1 while nothing old is deleted, as the newest row lies more than a day ahead of the clock.",
            value=stopped,
        )
        yield GaugeMetricFamily(
            f"hub_{self._table}_clock_ahead_seconds",
            "How far the service's clock is ahead of its database's.",
            value=ahead,
        )
