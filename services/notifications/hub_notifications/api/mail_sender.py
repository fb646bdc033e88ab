"""What operators are told of the mail server: a metric, and a detail of readiness."""

from collections.abc import Iterator

from nameko.extensions import DependencyProvider
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hub_notifications.domain.failures import SENDER_TROUBLES
from hub_notifications.handlers import sender
from hub_platform.context import context_of
from hub_platform.database import Sessions


class TroubleTable(Collector):
    """The trouble that is noted in the database, so that every replica tells the same."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name it without asking the database."""
        yield GaugeMetricFamily(
            "hub_mail_sender_trouble",
            "1 while the mail server takes nothing from this hub for that reason, otherwise 0.",
            labels=["reason"],
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read it; nothing while the database is away."""
        try:
            with self._sessions() as session:
                noted = sender.trouble(session)
        except SQLAlchemyError:
            return
        for family in self.describe():
            for reason in SENDER_TROUBLES:
                family.add_metric([reason], 1.0 if noted is not None and noted.reason == reason else 0.0)
            yield family


class MailSender(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Tells operators of the sender's trouble; the service is ready all the same."""

    def setup(self) -> None:
        """Say how it is found out."""
        context = context_of(self.container)
        self._sessions = context.sessions
        context.metrics.register(TroubleTable(self._sessions))
        context.details["e-mail"] = self._trouble

    def _trouble(self) -> str | None:
        try:
            with self._sessions() as session:
                noted = sender.trouble(session)
        except SQLAlchemyError:
            return None  # the check of the database says so
        return None if noted is None else sender.describe(noted)
