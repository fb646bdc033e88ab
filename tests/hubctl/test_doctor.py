"""`hubctl doctor` on real databases and a real queue, services away and there."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.hubctl.conftest import Keeper, hubctl
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until

from hub_local.keys import PRIVATE, signer
from hub_messaging.tables import inbox, inbox_types, outbox_forgotten
from hub_messaging.topology import INBOX_ARGUMENTS
from hub_messaging.wire import connected
from hub_platform import __version__
from hub_platform.clocks import real_now
from hub_platform.runner import migrations_of
from hubctl import doctor as command
from hubctl.places import SERVICES

NOWHERE = "postgresql+psycopg2://user:secret@127.0.0.1:1/none"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        for setting in ("DATABASE_URL", "AMQP_URI", "ADDRESS"):
            monkeypatch.delenv(f"HUB_{service.upper()}_{setting}", raising=False)
    signer(tmp_path / "secrets")
    monkeypatch.setenv("HUB_TOKENS_DIR", str(tmp_path / "tokens"))
    monkeypatch.setenv("HUB_TOKEN_PRIVATE_KEY_FILE", str(tmp_path / "secrets" / PRIVATE))
    monkeypatch.delenv("HUB_GATEWAY", raising=False)


@pytest.fixture(name="visits_url")
def _visits_url(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of visits at its newest migration."""
    url = postgres.migrated_database(migrations_of("hub_visits"))
    monkeypatch.setenv("HUB_VISITS_DATABASE_URL", url)
    yield url
    postgres.drop_database(url)


def findings(*, wrong: int) -> list[dict[str, Any]]:
    said = hubctl("doctor", "--json")
    assert said.code == (1 if wrong else 0), said.out + said.err
    assert said.json["wrong"] == wrong
    listed: list[dict[str, Any]] = said.json["findings"]
    return listed


def written(url: str, statement: sa.Insert) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


@pytest.mark.usefixtures("visits_url")
def test_all_is_well_and_it_says_so() -> None:
    said = hubctl("doctor")
    assert said.code == 0
    assert said.out.splitlines()[0] == "The database of visits"
    assert "All is well." in said.out
    assert [one["grade"] for one in findings(wrong=0)] == ["well"]


@pytest.mark.usefixtures("visits_url")
def test_all_is_not_well_when_something_outside_is_wrong() -> None:
    said = hubctl("doctor", "--others-wrong", "2")
    assert said.code == 1
    assert "2 faults were found." in said.out
    assert "All is well." not in said.out


def test_a_parked_delivery_is_wrong(visits_url: str) -> None:
    row = {"subscription": "visits.in", "source": "x", "event_id": "1", "state": "parked", "body": b"x"}
    written(visits_url, sa.insert(inbox).values(row))
    (finding,) = findings(wrong=1)
    assert "hubctl parked list" in finding["says"]
    assert "1 fault was found." in hubctl("doctor").out


def test_a_table_whose_old_rows_are_not_deleted_is_a_finding(visits_url: str) -> None:
    written(visits_url, sa.insert(outbox_forgotten).values(stopped=True))
    assert "No old rows are deleted from its outbox" in findings(wrong=1)[0]["says"]


def test_a_database_without_migrations_differs_from_one_that_is_away(
    visits: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with visits.database() as session, session.begin():
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001_before'"))
    monkeypatch.setenv("HUB_REPORTING_DATABASE_URL", NOWHERE)
    said = {one["part"]: one["says"] for one in findings(wrong=2)}
    assert "make migrate" in said["the database of visits"]
    assert "does not answer (OperationalError)" in said["the database of reporting"]


def test_a_queue_without_a_reader(visits_url: str, amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_VISITS_AMQP_URI", amqp_uri)
    findings(wrong=0)  # a service that has received nothing yet may have no queue
    written(visits_url, sa.insert(inbox_types).values(subscription="visits.in", type="SchoolOpened"))
    assert "does not answer (NotFound)" in findings(wrong=1)[1]["says"]
    with connected(amqp_uri) as connection:
        connection.channel().queue_declare(
            "visits.in", durable=True, auto_delete=False, arguments=INBOX_ARGUMENTS
        )
    assert "It has no reader; 0 events are in it." in findings(wrong=1)[1]["says"]


class Answers(BaseHTTPRequestHandler):
    """Stands for a service."""

    ready: tuple[int, dict[str, Any]] = (200, {"status": "ready"})
    version = __version__
    clock_ahead = 0

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(round((timestamp or real_now().timestamp()) + self.clock_ahead))

    def do_GET(self) -> None:
        status, body = self.ready if "ready" in self.path else (200, {"version": self.version})
        if not self.headers["Authorization"].startswith("Bearer ey"):
            status = 401
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Suppress the server's log."""


@pytest.fixture(name="visits_service")
def _visits_service(visits_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answers]]:
    assert visits_url
    kind: type[Answers] = type("Own", (Answers,), {})
    over: list[bool] = []

    def serve() -> None:
        while not over:
            server.handle_request()

    with HTTPServer(("127.0.0.1", 0), kind) as server:
        server.timeout = 0.05
        serving = threading.Thread(target=serve)
        serving.start()
        monkeypatch.setenv("HUB_VISITS_ADDRESS", f"http://127.0.0.1:{server.server_port}")
        yield kind
        # Looked at, not waited for: eventlet, which another test may have brought in, has locks of its own.
        over.append(True)
        wait_until(lambda: not serving.is_alive())


def test_a_service_is_asked_how_it_is(visits_service: type[Answers]) -> None:
    assert findings(wrong=0)[1]["says"] == f"Release {__version__}, ready."
    visits_service.ready = (200, {"status": "ready", "details": {"e-mail": "The password is refused."}})
    assert "ready, but: The password is refused." in findings(wrong=1)[1]["says"]
    visits_service.clock_ahead = 9_000
    assert "s ahead of the one here: set both with NTP" in findings(wrong=1)[1]["says"]
    visits_service.clock_ahead = 0
    visits_service.version = "0.0.1"
    assert "It runs release 0.0.1" in findings(wrong=1)[1]["says"]
    visits_service.ready = (503, {"missing": {"broker": "away"}})
    assert "not ready (broker: away)" in findings(wrong=1)[1]["says"]
    visits_service.ready = (500, {})
    assert "does not answer (HTTP 500)" in findings(wrong=1)[1]["says"]


@pytest.mark.usefixtures("visits_url")
def test_a_service_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_VISITS_ADDRESS", "http://127.0.0.1:1")
    assert "does not answer (ConnectionRefusedError)" in findings(wrong=1)[1]["says"]


@pytest.mark.usefixtures("visits_url")
def test_the_certificate_is_looked_at_where_the_hub_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_GATEWAY", "127.0.0.1")
    monkeypatch.setenv("HUB_PUBLIC_URL", "http://hub.lan")
    findings(wrong=0)
    monkeypatch.setattr(command, "HTTPS", 1)
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.lan")
    last = findings(wrong=1)[-1]
    assert last["part"] == "the certificate of hub.lan"
    assert "The gateway shows none (ConnectionRefusedError)" in last["says"]
