"""A process leaves within ten seconds whatever hangs, and ends when a thread that it lives by has died."""

import contextlib
import http.client
import json
import signal
import threading
import time
from pathlib import Path

import eventlet
import pytest
from eventlet.support.greenlets import GreenletExit
from inquiries.service import SECRET
from nameko.extensions import Entrypoint
from tests.messaging.conftest import MIGRATIONS, running_scales
from tests.support.announcing import set_up_publishers
from tests.support.pipe import piped
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

from hub_platform.container import HubContainer
from hub_platform.stopping import FORCED, LEAVE_SECONDS

LEAVES_WITHIN = 10.0  # seconds, promised


def ask_to_end(service: RunningService) -> float:
    """Send SIGTERM; gives the instant."""
    assert service.child is not None
    service.child.process.send_signal(signal.SIGTERM)
    return time.monotonic()


def exit_code(service: RunningService, asked_at: float) -> int:
    assert service.child is not None
    return service.child.process.wait(LEAVES_WITHIN - (time.monotonic() - asked_at))


def test_neither_a_method_that_never_ends_nor_a_dead_network_keeps_the_process(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    set_up_publishers(amqp_uri, "sorting")
    with (
        piped(amqp_uri) as (pipe, through),
        running_scales(tmp_path / "busy", postgres.migrated_database(MIGRATIONS), amqp_uri) as busy,
        running_scales(tmp_path / "cut off", postgres.migrated_database(MIGRATIONS), through) as cut_off,
    ):
        wait_until(lambda: busy.ready() and cut_off.ready())
        request = threading.Thread(target=be_busy, args=(busy,), daemon=True)
        request.start()
        wait_until(lambda: not answers(busy))
        pipe.dead = True
        since = ask_to_end(busy)
        since_too = ask_to_end(cut_off)
        assert exit_code(busy, since) == FORCED
        assert time.monotonic() - since >= LEAVE_SECONDS
        assert exit_code(cut_off, since_too) in {0, FORCED}
        lines = [json.loads(line) for line in busy.log.splitlines() if "ended_by_force" in line]
        (line,) = lines
        assert line["service"] == "scales"
        assert "be_busy" in line["in_hand"]
        request.join(5)


def be_busy(service: RunningService) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):  # its connection ends with the process
        Client(service.port)("GET", "/scales/v1/busy")


def answers(service: RunningService) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=0.5)
    try:
        connection.request("GET", "/scales/health/live")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_a_thread_that_dies_ends_the_process_and_its_words_are_not_logged(
    postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    with running_scales(tmp_path, postgres.migrated_database(MIGRATIONS), amqp_uri) as scales:
        Client(scales.port)("GET", "/scales/v1/a-thread-dies")
        assert scales.child is not None
        assert scales.child.process.wait(LEAVES_WITHIN) == 1
        (line,) = (json.loads(line) for line in scales.log.splitlines() if "thread_failed" in line)
        assert (line["thread"], line["error"]) == ("doomed", "RuntimeError")
        assert "_die" in line["exception"]
        assert SECRET not in scales.log


def test_impatience_changes_nothing(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> None:
    set_up_publishers(amqp_uri, "sorting")
    with running_scales(tmp_path, postgres.migrated_database(MIGRATIONS), amqp_uri) as scales:
        wait_until(scales.ready)
        assert scales.child is not None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            scales.child.process.send_signal(number)
        assert scales.child.process.wait(LEAVES_WITHIN) == 0
        assert "Traceback" not in scales.log


class Waits:
    """A service whose one method never ends."""

    name = "waits"

    @Entrypoint.decorator  # type: ignore[untyped-decorator]  # nameko ships no types
    def wait_for_ever(self) -> None:
        eventlet.sleep(3600)


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "not begun"])
def test_a_caller_gets_the_result_of_a_killed_worker(begun: bool) -> None:
    container = HubContainer(Waits, {})
    (entrypoint,) = container.entrypoints
    results = []
    container.spawn_worker(entrypoint, (), {}, handle_result=lambda *outcome: results.append(outcome[2][0]))
    if begun:
        eventlet.sleep(0)
        assert container.in_hand == ["wait_for_ever"]
    container.kill()
    eventlet.sleep(0)
    assert results == [GreenletExit]
    assert container.in_hand == []
