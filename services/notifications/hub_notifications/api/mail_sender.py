"""The metric and the readiness detail that report a mail server which refuses this hub."""

from collections.abc import Iterator

from nameko.extensions import DependencyProvider
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub_notifications.domain.failures import SENDER_TROUBLES, describe_sender_trouble
from hub_notifications.store import sender
from hub_platform.context import context_of
from hub_platform.database import Sessions


class TroubleCollector(Collector):
    """Reads the trouble from the database, so that every replica reports the same."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield the metric without samples and without a query."""
        yield GaugeMetricFamily(
            "hub_mail_sender_trouble",
            "1 while the mail server refuses every message of this hub for that reason, otherwise 0.",
            labels=["reason"],
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one sample for each reason; nothing while the database is unavailable."""
        try:
            with self._sessions() as session:
                recorded = sender.trouble(session)
        except SQLAlchemyError:
            return
        for family in self.describe():
            for reason in SENDER_TROUBLES:
                is_current = recorded is not None and recorded.reason == reason
                family.add_metric([reason], 1.0 if is_current else 0.0)
            yield family


class MailSender(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Registers the metric and the readiness detail; the trouble does not make the service unready."""

    def setup(self) -> None:
        """Register both with the process."""
        context = context_of(self.container)
        self._sessions = context.sessions
        context.metrics.register(TroubleCollector(self._sessions))
        context.details["e-mail"] = self._detail

    def _detail(self) -> str | None:
        try:
            with self._sessions() as session:
                recorded = sender.trouble(session)
        except SQLAlchemyError:
            return None  # the readiness check of the database reports it
        return None if recorded is None else describe_sender_trouble(recorded.reason, recorded.since)
