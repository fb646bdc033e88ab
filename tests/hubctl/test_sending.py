"""`hubctl import gias` without a hub, and with one that says nothing that can be read."""

import socket
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.enrolment.register_files import gias, row
from tests.hubctl.conftest import Said, file, hubctl
from tests.support.waiting import wait_until

from hubctl import imports, sending

pytestmark = pytest.mark.usefixtures("no_hub")


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
def test_an_incomplete_setting_gives_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    said = tried(tmp_path)
    assert said.code == 2
    assert words in said.err


def test_an_unreachable_hub_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUB_TOKEN", "x")
    said = tried(tmp_path)
    assert said.code == 1
    assert "(no_answer): http://127.0.0.1:1 gave no answer (ConnectionRefusedError)." in said.err
    assert said.err.splitlines()[-1] == "Nothing was imported."


class Answers(BaseHTTPRequestHandler):
    """Stands for a gateway that answers with a page."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: Any) -> None:
        """Suppress the server's log."""


def test_an_answer_without_json_gives_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
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
