"""What an operator can measure of the post office (Prometheus), read from the tables when asked."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging import inbox, outbox


class OutboxMetrics(Collector):
    """How many events were recorded, and how many wait; nothing is said while the database is away."""

    def __init__(self, sessions: Any) -> None:
        self._sessions = sessions

    def collect(self) -> Iterator[Any]:
        """Give the figures of now."""
        try:
            with self._sessions() as session:
                recorded, pending = outbox.counts(session)
        except SQLAlchemyError:
            return
        yield CounterMetricFamily("hub_outbox_recorded", "Events recorded here so far.", value=recorded)
        yield GaugeMetricFamily(
            "hub_outbox_pending", "Events that the broker has not confirmed.", value=pending
        )


class InboxMetrics(Collector):
    """How many deliveries took effect, and how many wait, are held or are parked."""

    def __init__(self, sessions: Any) -> None:
        self._sessions = sessions

    def collect(self) -> Iterator[Any]:
        """Give the figures of now."""
        try:
            with self._sessions() as session:
                unfinished, received = inbox.counts(session), inbox.received(session)
        except SQLAlchemyError:
            return
        family = GaugeMetricFamily(
            "hub_inbox_deliveries", "Deliveries without effect so far.", labels=["state"]
        )
        for state, count in unfinished.items():
            family.add_metric([state], count)
        yield family
        yield CounterMetricFamily("hub_inbox_received", "Deliveries that have taken effect.", value=received)
