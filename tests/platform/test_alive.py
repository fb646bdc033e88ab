"""The container's own health check: 0 when the service is ready, otherwise a sentence and 1."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from hub_platform import alive


class Answers(http.server.BaseHTTPRequestHandler):
    """A service that says how it is."""

    status = 200
    asked: list[str] = []  # noqa: RUF012 - of the one server of a test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"no broker")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""


@pytest.fixture(name="service")
def _service(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answers]]:
    monkeypatch.setattr(Answers, "status", 200)
    monkeypatch.setattr(Answers, "asked", [])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HUB_SERVICE", "visits")
        monkeypatch.setenv("HUB_HTTP_PORT", str(server.server_port))
        yield Answers
        server.shutdown()


def test_a_service_that_is_ready_is_alive(service: type[Answers]) -> None:
    alive.main()
    assert service.asked == ["/visits/health/ready"]


def test_a_service_that_is_not_ready_says_what_is_missing(
    service: type[Answers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "status", 503)
    with pytest.raises(SystemExit, match="no broker"):
        alive.main()


def test_a_service_that_does_not_answer_is_named(
    service: type[Answers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_HTTP_PORT", "1")
    with pytest.raises(SystemExit, match="visits does not answer: ConnectionRefusedError"):
        alive.main()
