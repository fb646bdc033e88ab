"""The container's own health check: nothing said when the service is ready, otherwise a sentence and 1."""

import http.client
from types import SimpleNamespace
from typing import Any

import pytest

from hub_platform import alive


class Service:
    """A stand-in for the health check's connection."""

    status = 200
    asked: list[tuple[Any, ...]]

    def __init__(self) -> None:
        self.asked = []

    def __call__(self, host: str, port: int, *, timeout: float) -> "Service":
        self.asked.append((host, port))
        assert timeout < 5, "Docker's own limit comes later"
        return self

    def request(self, method: str, path: str) -> None:
        self.asked.append((method, path))

    def getresponse(self) -> Any:
        return SimpleNamespace(status=self.status, read=lambda: b"the broker is away")


@pytest.fixture(name="service")
def _service(monkeypatch: pytest.MonkeyPatch) -> Service:
    service = Service()
    monkeypatch.setattr(http.client, "HTTPConnection", service)
    monkeypatch.setenv("HUB_SERVICE", "visits")
    monkeypatch.setenv("HUB_HTTP_PORT", "8002")
    return service


def test_a_service_that_is_ready_is_alive(service: Service) -> None:
    alive.main()
    assert service.asked == [("127.0.0.1", 8002), ("GET", "/visits/health/ready")]


def test_a_service_that_is_not_ready_says_what_is_missing(service: Service) -> None:
    service.status = 503
    with pytest.raises(SystemExit, match="the broker is away"):
        alive.main()


def test_a_service_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SERVICE", "visits")
    monkeypatch.setenv("HUB_HTTP_PORT", "1")
    with pytest.raises(SystemExit, match="visits does not answer: ConnectionRefusedError"):
        alive.main()
