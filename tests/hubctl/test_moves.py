"""Schools that close in `hubctl import gias`, with their assignments and visits."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.enrolment.register_files import gias, links, row
from tests.hubctl.conftest import file, hubctl
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service

from hub_kernel.england import day_in_england
from hub_platform.clocks import real_now
from hub_platform.runner import migrations_of
from hubctl import moves


class VisitsAnswers(BaseHTTPRequestHandler):
    """Stands for the visits service: two pages of assignments, one of visits, or a refusal."""

    refused: int | None = None
    asked: list[str] = []  # noqa: RUF012 - emptied by the fixture

    def do_GET(self) -> None:
        """Answer a list."""
        self.asked.append(self.path)
        last: dict[str, object] = {"items": [{}], "next": None}
        pages = {"assignments": [last | {"next": "abc"}, last], "visits": [last]}
        listed = pages[self.path.split("?")[0].rsplit("/", 1)[1]]
        page = listed["after=" in self.path]
        body = json.dumps({"code": "forbidden"} if self.refused else page).encode()
        self.send_response(self.refused or 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Suppress the server's log."""


@pytest.fixture(name="visits")
def _visits(here: None, tmp_path: Path) -> Iterator[type[VisitsAnswers]]:
    server = HTTPServer(("127.0.0.1", 0), VisitsAnswers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known = json.loads((tmp_path / "connections.json").read_text())
    known["addresses"]["visits"] = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "connections.json").write_text(json.dumps(known))
    VisitsAnswers.refused, VisitsAnswers.asked = None, []
    yield VisitsAnswers
    server.shutdown()
    server.server_close()


def closing(service: RunningService, tmp_path: Path) -> tuple[str, str, str]:
    """A school with one teacher, its successor, and a file that closes it."""
    old, new = row(), row()
    hub = service.client("hub_lead")
    hub("POST", "/enrolment/v1/imports/gias?mode=apply", gias(old, new))
    raw = links((old["URN"], new["URN"], "Successor", "01-09-2025"))
    hub("POST", "/enrolment/v1/imports/gias?mode=apply", raw)
    person = {"given": "Ada", "family": f"Lovelace{old['URN']}", "email": f"a{old['URN']}@s.example"}
    body = person | {"urn": old["URN"], "role": "class_teacher"}
    assert hub("POST", "/enrolment/v1/teachers", body).status == 201
    closed = old | {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}
    return old["URN"], new["URN"], file(tmp_path, "closed.csv", gias(closed))


def test_a_preview_names_what_a_school_that_closes_has_in_enrolment_and_visits(
    service: RunningService, visits: type[VisitsAnswers], tmp_path: Path
) -> None:
    old, new, name = closing(service, tmp_path)
    said = hubctl("import", "gias", name, "--preview", COLUMNS="160")
    assert said.code == 0, said.err
    _, _, head, counts, people, _last = said.out.splitlines()
    assert head.split() == [
        "school", "successor", "from", "people", "sessions", "places", "waiting", "offers", "applications",
        "assignments", "visits",
    ]  # fmt: skip
    assert counts.split() == [old, new, "2025-09-01", "1", "0", "0", "0", "0", "0", "2", "1"]
    assert people == f"  People of {old}: Ada Lovelace{old}."
    assert all(f"urn={old}" in path for path in visits.asked)
    assert sum("status=planned" in path for path in visits.asked) == 1
    assert sum(f"active_on={day_in_england(real_now())}" in path for path in visits.asked) == 2
    narrow = hubctl("import", "gias", name, "--preview", COLUMNS="80").out.splitlines()
    assert narrow[2].split() == ["school", "successor", "from", "people", "assignments", "visits"]
    told = hubctl("import", "gias", name, "--preview", "--json").json["files"][0]
    assert told["visits"] == {old: {"assignments": 2, "visits": 1}}
    assert told["moves"][0]["people_n"] == 1


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (404, "this hub's visits service cannot list them yet."),
        (405, "this hub's visits service cannot list them yet."),
        (403, "visits answered 403 (forbidden)."),
    ],
)
def test_visits_that_cannot_be_listed_give_a_sentence(
    service: RunningService, visits: type[VisitsAnswers], tmp_path: Path, refused: int, words: str
) -> None:
    visits.refused = refused
    *_, name = closing(service, tmp_path)
    said = hubctl("import", "gias", name, "--preview", COLUMNS="160")
    assert said.code == 0, said.err
    assert f"  Assignments and visits to come are not shown: {words}" in said.out.splitlines()


@pytest.mark.usefixtures("here")
def test_a_preview_without_visits_says_how_to_name_it(service: RunningService, tmp_path: Path) -> None:
    *_, name = closing(service, tmp_path)
    said = hubctl("import", "gias", name, "--preview", COLUMNS="160")
    assert "name the visits service in HUB_VISITS_ADDRESS" in said.out
    applied = hubctl("import", "gias", name, COLUMNS="160")
    assert "HUB_VISITS_ADDRESS" not in applied.out, "nothing is asked of visits unless it is a preview"


def test_the_visits_service_itself_answers_what_is_asked(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The stand-in above takes anything; the lists of the real one take these queries."""
    with running_service(
        tmp_path_factory.mktemp("visits"),
        "visits",
        ("hub_visits",),
        database_url=postgres.migrated_database(migrations_of("hub_visits")),
        amqp_uri=broker.new_vhost(),
    ) as running:
        visits = moves.Visits(
            f"http://127.0.0.1:{running.port}", lambda: str(running.client("hub_admin").token)
        )
        named: list[moves.ClosingSchool] = [
            {"urn": "100001", "first_day": "2025-09-01"},
            {"urn": "100002", "first_day": None},
        ]
        answers = moves.ask(visits, named, today=date(2025, 10, 1))
    nothing = {"assignments": 0, "visits": 0}
    assert answers == moves.Answers({"100001": nothing, "100002": nothing})
