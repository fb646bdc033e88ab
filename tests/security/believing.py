"""A hub whose reporting believes any message, and whose outboxes a rebuild reads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from tests.hubctl.conftest import WHY, Said, hubctl
from tests.security.attacking import AT
from tests.support.postgres import PostgresServer

from hub_contracts import Event
from hub_messaging import outbox
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.envelope import Envelope
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.provenance import Origins
from hub_messaging.tables import outbox as outbox_table
from hub_platform.database import Sessions, make_sessions
from hub_platform.reaction_context import ReactionContext
from hub_platform.runner import migrations_of
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers import projections
from hub_reporting.queries.reports import run_report
from hub_reporting.service import PROJECTED

SOURCE = "/hubs/test/enrolment"
OPTIONS = Options(hub_id="test", hub_name="Test Maths Hub", headline=Scope("la", "873"))


class Believing(Origins):
    """The release of before, which believed a message for what it said of itself."""

    def check(self, envelope: Envelope, message: Message, publisher: str) -> None:
        """Accept every message."""


@dataclass(frozen=True)
class Hub:
    """The databases of a hub whose reporting is of the release of before."""

    databases: dict[str, Sessions]

    def record(self, *events: Event) -> list[Envelope]:
        """Let enrolment record and publish events."""
        with self.databases["enrolment"].begin() as session:
            outbox.record_all(session, events, occurred_at=AT)
            session.execute(sa.update(outbox_table).values(published_at=sa.func.now()))
            return [one for _, one in outbox.history(session, SOURCE)][-len(events) :]

    def receive(self, *said: Envelope) -> None:
        """Let reporting receive messages."""

        def project(session: Any, deliveries: Sequence[Any]) -> None:
            projections.project(session, deliveries, ReactionContext(now=AT, by="reporting"))

        handler = Handler({one.type: one for one in PROJECTED}, batch=True, call=project)
        metrics = ReadingMetrics(CollectorRegistry())
        reader = Dispatcher(
            "reporting.in", self.databases["reporting"], [handler], metrics, Believing("test")
        )
        reader.take([Message(one.to_bytes(), None) for one in said])

    def leaders(self) -> int:
        """The leadership figure."""
        with self.databases["reporting"].begin() as session:
            report = run_report(
                session,
                ReportQuery(
                    name="leadership-spread",
                    starts_on=date(2026, 9, 1),
                    ends_on=date(2027, 8, 31),
                    as_at=AT.date(),
                    scope="la:873",
                ),
                options=OPTIONS,
                now=AT,
            )
        return int(report.figures["leaders"])


@contextmanager
def believing_hub(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Hub]:
    """Make the databases of all services and name them in the settings of this process."""
    services = ("enrolment", "visits", "notifications", "reporting")
    urls = {name: postgres.migrated_database(migrations_of(f"hub_{name}")) for name in services}
    monkeypatch.setenv("HUB_ID", "test")
    monkeypatch.setenv("HUB_LOSSES_DIR", str(folder))
    monkeypatch.delenv("HUB_FOREIGN_SOURCES", raising=False)
    for name, url in urls.items():
        monkeypatch.setenv(f"HUB_{name.upper()}_DATABASE_URL", url)
    hub = Hub({name: make_sessions(url) for name, url in urls.items()})
    yield hub
    for sessions in hub.databases.values():
        sessions.kw["bind"].dispose()


def replay() -> Said:
    """Rebuild reporting's read models from the outboxes; return the output of the command."""
    return hubctl("replay", "reporting", "--from-outboxes", *WHY)
