"""`hubctl import gias` against the enrolment service itself, and what it makes of a hub that says no."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.enrolment.factories import gias, group_links, groups, links, row
from tests.hubctl.conftest import Said, hubctl
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_platform.runner import migrations_of
from hubctl import imports, places, sending
from hubctl.places import SERVICES
from local.keys import PRIVATE


@pytest.fixture(name="service", scope="module")
def _service(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("enrolment"),
        "enrolment",
        ("hub_enrolment",),
        database_url=postgres.new_database(),
        amqp_uri=broker.new_vhost(),
        migrations=migrations_of("hub_enrolment"),
    ) as service:
        yield service


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{service.upper()}_ADDRESS" for service in SERVICES]
    for name in (*names, "URL", "TOKEN", "TOKEN_FILE", "OPERATOR"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
    monkeypatch.setattr(places.find_addresses, "__defaults__", (tmp_path / "connections.json",))
    monkeypatch.setattr(places.find_token_places, "__defaults__", (tmp_path / "connections.json",))


@pytest.fixture(name="here")
def _here(service: RunningService, tmp_path: Path) -> None:
    """Describe the service as `make run` describes its own."""
    key = next(Path(service.keys.public_file).parent.glob(PRIVATE))
    known = {
        "addresses": {"enrolment": f"http://127.0.0.1:{service.port}"},
        "tokens": {"private_key_file": str(key), "folder": str(tmp_path), "address": "http://x"},
    }
    (tmp_path / "connections.json").write_text(json.dumps(known))


@pytest.fixture(name="far")
def _far(service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the service as somebody elsewhere does."""
    token = service.client("hub_lead").token
    (tmp_path / "token").write_text(f"{token}\n")
    monkeypatch.setenv("HUB_URL", f"http://127.0.0.1:{service.port}/")
    monkeypatch.setenv("HUB_TOKEN_FILE", str(tmp_path / "token"))


def file(folder: Path, name: str, raw: bytes) -> str:
    path = folder / name
    path.write_bytes(raw)
    return str(path)


def school(service: RunningService, urn: str) -> int:
    return service.client("hub_lead")("GET", f"/enrolment/v1/schools/{urn}").status


@pytest.mark.usefixtures("here")
def test_files_go_in_the_order_in_which_each_needs_the_others(
    service: RunningService, tmp_path: Path
) -> None:
    old, new = row(**{"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}), row()
    named = [
        file(tmp_path, "glinks.csv", group_links((new["URN"], "88001", "Multi-academy trust", "01/09/2025"))),
        file(tmp_path, "groups.csv", groups(("88001", "Nene", "", "Multi-academy trust", "", "Open"))),
        file(tmp_path, "links.csv", links((old["URN"], new["URN"], "Successor", "01-09-2025"))),
        file(tmp_path, "edubasealldata20250902.csv", gias(old, new)),
    ]
    said = hubctl("import", "gias", *named, "--by", "grace", "--json")
    assert said.code == 0, said.err
    told = said.json
    assert (told["mode"], told["error"], told["not_sent"]) == ("apply", None, [])
    assert [one["file"] for one in told["files"]] == ["establishments", "links", "groups", "group_links"]
    assert [one["file_date"] for one in told["files"]] == ["2025-09-02", None, None, None]
    assert told["files"][1]["successors"] == 1
    listed = service.client("hub_lead")("GET", "/enrolment/v1/imports?limit=4").json["items"]
    assert [one["import_id"] for one in reversed(listed)] == [one["import_id"] for one in told["files"]]
    assert {one["applied_by"] for one in listed} == {"grace"}
    assert listed[-1]["file_date"] == "2025-09-02"


@pytest.mark.usefixtures("here")
def test_a_preview_says_what_would_change_and_changes_nothing(
    service: RunningService, tmp_path: Path
) -> None:
    one = row(NumberOfPupils="SUPP")
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(one)), "--preview", COLUMNS="160")
    assert said.code == 0, said.err
    head, counts, found, finding, last = said.out.splitlines()
    assert head.split() == [
        "file", "rows", "created", "changed", "unchanged", "closed", "successors", "skipped", "findings",
    ]  # fmt: skip
    assert counts.split() == ["establishments", "1", "1", "0", "0", "0", "0", "0", "1"]
    assert found == "Found: 1 not_a_number."
    assert finding == (
        f"  row 2, school {one['URN']}, NumberOfPupils: “SUPP” is not a number and was left out"
    )
    assert last.startswith("Nothing was changed")
    assert school(service, one["URN"]) == 404


@pytest.mark.usefixtures("far")
def test_a_hub_elsewhere_is_named_with_a_token_in_a_file(service: RunningService, tmp_path: Path) -> None:
    one = row()
    said = hubctl("import", "gias", file(tmp_path, "a.csv", gias(one)), "--file-date", "2025-05-02")
    assert (said.code, said.out.splitlines()[-1]) == (0, "Imported 1 file.")
    assert school(service, one["URN"]) == 200
    newest = service.client("hub_lead")("GET", "/enrolment/v1/imports?limit=1").json["items"][0]
    assert (newest["applied_by"], newest["file_date"]) == ("tester", "2025-05-02")


@pytest.mark.usefixtures("here")
def test_a_file_may_come_in_at_standard_input(service: RunningService) -> None:
    one = row()
    said = hubctl("import", "gias", "-", typed=gias(one))
    assert said.code == 0, said.err
    assert school(service, one["URN"]) == 200


@pytest.mark.usefixtures("here")
def test_the_first_refused_file_ends_it_and_says_what_is_in(service: RunningService, tmp_path: Path) -> None:
    good, bad = row(), links(("abc", "100002", "Successor", ""))
    named = [
        file(tmp_path, "last.csv", groups(("88002", "Ouse", "", "Multi-academy trust", "", "Open"))),
        file(tmp_path, "bad.csv", bad),
        file(tmp_path, "good.csv", gias(good)),
    ]
    said = hubctl("import", "gias", *named)
    assert said.code == 1
    assert "bad.csv was refused (row_broken): Row 2" in said.err
    assert said.err.splitlines()[-2:] == ["Before it: good.csv.", "Not sent: last.csv."]
    assert school(service, good["URN"]) == 200
    told = hubctl("import", "gias", *named, "--json").json
    assert [one["path"] for one in told["files"]] == ["good.csv"]
    assert (told["error"]["path"], told["error"]["status"], told["error"]["code"]) == (
        "bad.csv", 422, "row_broken",
    )  # fmt: skip
    assert told["error"]["errors"][0]["pointer"] == "/rows/2/URN"
    assert told["not_sent"] == ["last.csv"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"PK\x03\x04 a spreadsheet", "this is a spreadsheet or an archive"),
        (b"name,age\r\nAda,36\r\n", "this is no file of the register"),
        (b"URN,Governor\r\n100001,x\r\n", "this is another extract of the register"),
        (b"", "the file is empty"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_none_of_the_registers_files_stops_all_before_anything_is_sent(
    service: RunningService, tmp_path: Path, raw: bytes, words: str
) -> None:
    good = row()
    said = hubctl("import", "gias", file(tmp_path, "good.csv", gias(good)), file(tmp_path, "bad.csv", raw))
    assert said.code == 2
    assert f"bad.csv: Row 1: {words}" in said.err
    assert "Nothing was sent." in said.err
    assert school(service, good["URN"]) == 404


@pytest.mark.usefixtures("here")
def test_two_files_of_one_kind_are_one_too_many(tmp_path: Path) -> None:
    named = [file(tmp_path, name, gias(row())) for name in ("a.csv", "b.csv")]
    said = hubctl("import", "gias", *named)
    assert said.code == 2
    assert "a.csv and b.csv are both the establishments file. Nothing was sent." in said.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing.csv",), "missing.csv cannot be read (No such file or directory)."),
        (("missing.csv", "--file-date", "1 May"), "A day is written 2025-04-22."),
        ((), "file"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    said = hubctl("import", "gias", *arguments)
    assert said.code == 2
    assert words in said.err


def tried(tmp_path: Path) -> Said:
    return hubctl("import", "gias", file(tmp_path, "a.csv", gias(row())))


def test_without_a_hub_it_says_how_to_name_one(tmp_path: Path) -> None:
    said = tried(tmp_path)
    assert said.code == 2
    assert "start one with `make run`, or name one in HUB_URL" in said.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"HUB_URL": "https://hub.example"}, "HUB_URL needs a token"),
        ({"HUB_URL": "hub.example", "HUB_TOKEN": "x"}, "HUB_URL is an address"),
        ({"HUB_URL": "https://hub.example", "HUB_TOKEN_FILE": "/nowhere"}, "HUB_TOKEN_FILE cannot be read"),
    ],
)
def test_half_a_setting_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    said = tried(tmp_path)
    assert said.code == 2
    assert words in said.err


@pytest.mark.usefixtures("far")
def test_a_token_that_is_not_let_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_TOKEN_FILE")
    monkeypatch.setenv("HUB_TOKEN", "nonsense")
    said = tried(tmp_path)
    assert said.code == 1
    assert "a.csv was refused (invalid_token)" in said.err


def test_a_hub_that_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUB_TOKEN", "x")
    said = tried(tmp_path)
    assert said.code == 1
    assert "(no_answer): http://127.0.0.1:1 gave no answer (ConnectionRefusedError)." in said.err
    assert said.err.splitlines()[-1] == "Nothing was imported."


class Answers(http.server.BaseHTTPRequestHandler):
    """Stands for a gateway that answers with a page."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_an_answer_that_is_no_json_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.timeout = 10
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        monkeypatch.setenv("HUB_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("HUB_TOKEN", "x")
        said = tried(tmp_path)
        wait_until(lambda: not serving.is_alive())
    assert said.code == 1
    assert "gave no answer (JSONDecodeError)" in said.err


def test_a_body_that_is_refused_unread_leaves_the_answer_readable(tmp_path: Path) -> None:
    """As the service does when a body says to be too large: it answers and closes before it has read."""
    large = sending.source_of(file(tmp_path, "large.csv", b"x" * 4 * 1024 * 1024))
    problem = b'{"code":"request_entity_too_large"}'
    head = f"HTTP/1.1 413 Too Large\r\nContent-Length: {len(problem)}\r\nConnection: close\r\n\r\n"

    def refuse() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(head.encode() + problem)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1024 * 1024):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=refuse)
        serving.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answered = sending.post(url, "x", large, lambda _done, _of: None)
        wait_until(lambda: not serving.is_alive())
    assert (answered.status, answered.body["code"]) == (413, "request_entity_too_large")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("edubasealldata20250422.csv", date(2025, 4, 22)),
        ("links_edubasealldata20250422.csv", date(2025, 4, 22)),
        ("edubasealldata20251322.csv", None),
        ("backup120250422.csv", None),
        ("groups.csv", None),
        ("20251399-20250101.csv", date(2025, 1, 1)),
    ],
)
def test_a_files_day_is_read_from_the_name_that_gias_gives_it(name: str, day: date | None) -> None:
    assert imports.day_in_name(name) == day
