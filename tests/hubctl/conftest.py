"""Two services' databases with parked deliveries, and the command as a script would run it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.received import ORIGINS, delivery, message
from tests.support.broker import BrokerServer
from tests.support.databases import Databases
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from typer.testing import CliRunner

from hub_local.keys import PRIVATE
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.tables import inbox, inbox_audit
from hub_platform.runner import migrations_of
from hubctl import places
from hubctl.app import app

WHY = ("--by", "ada", "--why", "the scales were repaired")


@dataclass(frozen=True)
class Said:
    """Output and exit code of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Keeper:
    """A service's database, where deliveries can be made to fail."""

    queue: str
    database: sessionmaker[Session]

    def park(self, *bodies: bytes, error: Exception | None = None) -> None:
        def fail(_session: Session, _deliveries: Sequence[Delivery[Any]]) -> None:
            raise error or Permanent("too heavy")

        dispatcher = self._dispatcher(fail)
        for body in bodies:
            dispatcher.take([message(body)])

    def retry_stored(self) -> list[str]:
        """Let what waits take effect; the subjects in order."""
        taken: list[str] = []

        def take(_session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
            taken.extend(f"{d.envelope.subject}#{d.envelope.revision}" for d in deliveries)

        while self._dispatcher(take).retry_stored():
            pass
        return taken

    def states(self) -> list[str]:
        with self.database() as session:
            return list(session.scalars(sa.select(inbox.c.state).order_by(inbox.c.arrival)))

    def audit(self) -> list[tuple[str, str, str]]:
        columns = inbox_audit.c
        with self.database() as session:
            rows = session.execute(sa.select(columns.by, columns.why, columns.action).order_by(columns.id))
            return [tuple(row) for row in rows]

    def _dispatcher(self, call: Callable[[Session, Sequence[Delivery[Any]]], None]) -> Dispatcher:
        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=call)]
        metrics = ReadingMetrics(CollectorRegistry())
        return Dispatcher(self.queue, self.database, handlers, metrics, ORIGINS, RetryPolicy(()))


@pytest.fixture(name="visits")
def _visits(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    yield from keeper("visits", databases, monkeypatch)


@pytest.fixture(name="reporting")
def _reporting(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    yield from keeper("reporting", databases, monkeypatch)


@pytest.fixture(name="hub")
def _hub(visits: Keeper, reporting: Keeper, no_hub: None, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """Visits, the publisher, and reporting, its subscriber."""
    monkeypatch.setenv("HUB_ID", "test")
    monkeypatch.delenv("HUB_FOREIGN_SOURCES", raising=False)
    return visits


@pytest.fixture(name="no_hub")
def _no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be known of a hub, but what a test puts into connections.json of its folder."""
    names = [f"{service.upper()}_ADDRESS" for service in places.SERVICES]
    for name in (*names, "URL", "TOKEN", "TOKEN_FILE", "OPERATOR", "TOKENS_DIR"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
    for find in (places.find_addresses, places.find_token_places):
        monkeypatch.setattr(find, "__defaults__", (tmp_path / "connections.json",))


def file(folder: Path, name: str, raw: bytes) -> str:
    """Write a file; its path."""
    path = folder / name
    path.write_bytes(raw)
    return str(path)


def keeper(service: str, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    for sessions in databases.emptied(migrations_of(f"hub_{service}")):
        url = sessions.kw["bind"].url.render_as_string(hide_password=False)
        monkeypatch.setenv(f"HUB_{service.upper()}_DATABASE_URL", url)
        yield Keeper(f"{service}.in", sessions)


def hubctl(*arguments: str, typed: str | bytes | None = None, **environment: str) -> Said:
    """Run the command; without a terminal, as a script does."""
    result = CliRunner().invoke(app, list(arguments), input=typed, env={"COLUMNS": "120", **environment})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def bodies(*numbers: int) -> list[bytes]:
    return [delivery(number).body for number in numbers]


@pytest.fixture(name="service", scope="module")
def _service(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("enrolment"),
        "enrolment",
        ("hub_enrolment",),
        database_url=postgres.migrated_database(migrations_of("hub_enrolment")),
        amqp_uri=broker.new_vhost(),
    ) as service:
        yield service


@pytest.fixture(name="here")
def _here(no_hub: None, service: RunningService, tmp_path: Path) -> None:
    """Describe the service as `make run` describes its own."""
    key = next(Path(service.keys.public_file).parent.glob(PRIVATE))
    known = {
        "addresses": {"enrolment": f"http://127.0.0.1:{service.port}"},
        "tokens": {"private_key_file": str(key), "folder": str(tmp_path), "address": "http://x"},
    }
    (tmp_path / "connections.json").write_text(json.dumps(known))
