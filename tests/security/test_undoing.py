"""What forged events did at an earlier release is taken out, and the figures are right again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from tests.hubctl.conftest import WHY, hubctl
from tests.security.attacking import AT, envelope, leader, school
from tests.support.postgres import PostgresServer

from hub_contracts import Event
from hub_messaging import outbox
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.envelope import HIGHEST_REVISION, Envelope
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.provenance import Origins
from hub_messaging.tables import outbox as outbox_table
from hub_platform.database import Sessions, make_sessions
from hub_platform.runner import migrations_of
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers import projections
from hub_reporting.handlers.reports import run_report
from hub_reporting.service import HEARD

SOURCE = "/hubs/test/enrolment"
OPTIONS = Options(hub_id="test", hub_name="Test Maths Hub", headline=Scope("la", "873"))


class Believing(Origins):
    """The release of before, which believed a message for what it said of itself."""

    def check(self, envelope: Envelope, message: Message, publisher: str) -> None:
        """Believe it."""


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

    def hear(self, *said: Envelope) -> None:
        """Let reporting receive messages."""

        def project(session: Any, deliveries: Sequence[Any]) -> None:
            projections.project(session, deliveries, now=AT)

        handler = Handler({one.type: one for one in HEARD}, batch=True, call=project)
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
                "leadership-spread",
                starts_on=date(2026, 9, 1),
                ends_on=date(2027, 8, 31),
                as_at=AT.date(),
                scope="la:873",
                options=OPTIONS,
                now=AT,
            )
        return int(report.figures["leaders"])


@pytest.fixture(name="hub")
def _hub(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    services = ("enrolment", "visits", "notifications", "reporting")
    urls = {name: postgres.migrated_database(migrations_of(f"hub_{name}")) for name in services}
    monkeypatch.setenv("HUB_ID", "test")
    monkeypatch.delenv("HUB_FOREIGN_SOURCES", raising=False)
    for name, url in urls.items():
        monkeypatch.setenv(f"HUB_{name.upper()}_DATABASE_URL", url)
    hub = Hub({name: make_sessions(url) for name, url in urls.items()})
    yield hub
    for sessions in hub.databases.values():
        sessions.kw["bind"].dispose()


def replay() -> str:
    return hubctl("replay", "reporting", "--from-outboxes", *WHY).err.strip()


def test_a_rebuild_works_again_once_forgeries_are_dropped(hub: Hub) -> None:
    """Three appointments that nobody made, one of them under the id of a true one.

    Before: a rebuild refused, "History does not hold 2 events that have taken effect", and nothing helped.
    """
    ada, emmy = uuid4(), uuid4()
    true = hub.record(school("110001"), school("110002"), leader(ada), leader(emmy, "110002"))
    stolen = envelope(leader(uuid4()), id=true[3].id)
    highest = envelope(leader(ada, "110002"), HIGHEST_REVISION)
    hub.hear(*true[:3], stolen, envelope(leader(uuid4())), highest, true[3])
    wrong = hub.leaders()
    assert replay().startswith("History does not hold 2 events")

    listed = hubctl("parked", "forged", "--json").json
    assert (listed["total"], listed["hidden"]) == (3, 1)
    dropped = hubctl("parked", "forged", "--drop", *WHY)
    assert "reporting: 3 dropped. Make its read models anew: hubctl replay reporting." in dropped.out
    assert replay() == ""
    assert (wrong, hub.leaders()) == (3, 2)
    assert hubctl("parked", "forged").code == 1
