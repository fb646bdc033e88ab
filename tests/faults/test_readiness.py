"""A case must not pass with a service that is late, or never ready: the watch itself is tested."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from tests.faults import readiness
from tests.faults.readiness import Readiness
from tests.support.waiting import wait_until

from hub_local.ports import LOOPBACK, any_free

PROMISED = 0.6  # seconds, instead of ten


class Service(ThreadingHTTPServer):
    """Answers the readiness probe as a test wants it."""

    is_ready = False
    daemon_threads = True

    class Probe(BaseHTTPRequestHandler):
        """Its one page."""

        def do_GET(self) -> None:
            assert isinstance(self.server, Service)
            assert self.path == "/consumer/health/ready"
            self.send_response(200 if self.server.is_ready else 503)
            self.end_headers()
            self.wfile.write(b"the database")

        def log_message(self, *_: Any) -> None:
            """Do not log requests."""


@pytest.fixture(name="service")
def _service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(readiness, "READY_AGAIN_WITHIN", PROMISED)
    monkeypatch.setattr(readiness, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(readiness, "STARTS_WITHIN", 3 * PROMISED)
    with Service((LOOPBACK, 0), Service.Probe) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def program(port: int) -> Any:
    return SimpleNamespace(
        name="consumer-0",
        role="consumer",
        pid=1,
        runs=True,
        stopped=False,
        environment={"HUB_HTTP_PORT": str(port)},
    )


@pytest.fixture(name="watched")
def _watched(service: Service) -> Iterator[tuple[Any, Readiness]]:
    watched = program(service.server_address[1])
    watch = Readiness([watched])
    watch.start()
    yield watched, watch
    watch.stop()


def test_a_service_that_is_ready_in_time_is_not_late(
    service: Service, watched: tuple[Any, Readiness]
) -> None:
    _, watch = watched
    threading.Timer(PROMISED / 3, lambda: setattr(service, "is_ready", True)).start()
    watch.begin()
    assert watch.late() == []
    assert 0 < watch.slowest <= PROMISED


def test_a_service_that_is_never_ready_is_late_and_says_why(watched: tuple[Any, Readiness]) -> None:
    _, watch = watched
    watch.begin()
    (words,) = watch.late()
    assert words.startswith("consumer-0 was not ready")
    assert words.endswith("the database")
    assert watch.slowest > PROMISED


def test_a_service_that_was_ready_too_late_is_late(service: Service, watched: tuple[Any, Readiness]) -> None:
    _, watch = watched
    watch.begin()
    time.sleep(PROMISED * 1.5)  # as long as a late service takes: there is nothing to wait for instead
    service.is_ready = True
    wait_until(lambda: "only" in "".join(watch.late()))


def test_answers_before_the_end_of_the_fault_do_not_count(
    service: Service, watched: tuple[Any, Readiness]
) -> None:
    _, watch = watched
    service.is_ready = True
    assert watch.late() == []
    service.is_ready = False
    watch.begin()
    assert watch.late()


def test_a_program_that_was_started_again_has_its_time_from_its_first_answer(
    service: Service, watched: tuple[Any, Readiness]
) -> None:
    restarted, watch = watched
    service.is_ready = True
    assert watch.late() == []
    watch.begin()
    time.sleep(PROMISED * 1.5)  # the time that its start takes
    restarted.pid = 2
    watch.begin()
    assert watch.late() == []


def test_a_program_that_was_stopped_on_purpose_is_not_waited_for(watched: tuple[Any, Readiness]) -> None:
    stopped, watch = watched
    stopped.stopped = True
    assert watch.late() == []


@pytest.mark.usefixtures("service")
def test_a_program_that_never_answers_is_late() -> None:
    watch = Readiness([program(any_free())])
    watch.start()
    watch.begin()
    assert watch.late() == ["consumer-0 was not ready 0 s after the fault: does not answer"]
    watch.stop()
