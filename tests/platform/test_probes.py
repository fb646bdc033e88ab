"""Health probes: an answer within seconds, whatever hangs, and without anything that could hang."""

import time
from collections.abc import Iterator
from copy import copy
from typing import Any

import eventlet
import pytest
from parcels.service import SortingService
from tests.platform.contexts import config_with
from werkzeug.test import EnvironBuilder

from hub_platform import alive, probes
from hub_platform.context import Check
from hub_platform.probes import Probe
from hub_platform.routes import routes_of
from hub_platform.web import HubRequest


class Container:
    """A container that has nothing but what a probe may use."""

    service_name = "sorting"
    service_cls = SortingService

    def __init__(self, checks: dict[str, Check], details: dict[str, Check]) -> None:
        self.config = config_with(checks=checks, details=details)


def ask(probe: str, query: str = "", **noted: dict[str, Check]) -> Any:
    """Ask a probe; return its status and JSON."""
    declared = routes_of(SortingService)[probe]
    assert isinstance(declared, Probe)
    bound = copy(declared)
    bound.container, bound.method_name = Container(noted.get("checks", {}), noted.get("details", {})), probe
    request = HubRequest(EnvironBuilder(path=declared.url, query_string=query).get_environ())
    response = bound.handle_request(request)
    return response.status_code, response.json


@pytest.fixture(name="short")
def _short(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """So long all checks together may take, in seconds."""
    monkeypatch.setattr(probes, "CHECKS_SECONDS", 0.2)
    began = time.monotonic()
    yield 0.2
    assert time.monotonic() - began < 2.0


def hangs() -> str | None:
    eventlet.sleep(60)
    return None


def breaks() -> str | None:
    raise ValueError("ada@school.example")


def test_a_process_that_answers_is_live() -> None:
    assert ask("live") == (200, {"status": "live"})


def test_a_service_is_ready_when_nothing_is_missing_and_tells_details_all_the_same() -> None:
    assert ask("ready", checks={"database": lambda: None}) == (200, {"status": "ready"})
    told = ask("ready", details={"event log": lambda: "is not bound"})
    assert told == (200, {"status": "ready", "details": {"event log": "is not bound"}})


def test_what_is_missing_is_named() -> None:
    status, told = ask("ready", checks={"database": lambda: None, "broker": lambda: "does not answer"})
    assert (status, told) == (503, {"status": "not ready", "missing": {"broker": "does not answer"}})


@pytest.mark.usefixtures("short")
def test_a_check_that_hangs_is_named_and_the_others_are_asked_all_the_same() -> None:
    status, told = ask("ready", checks={"database": hangs, "broker": lambda: "away"}, details={"mail": hangs})
    assert status == 503
    assert told["missing"] == {"database": "no answer within 0 s", "broker": "away"}
    assert list(told["details"]) == ["mail"]


def test_a_check_that_breaks_is_named_without_what_it_says() -> None:
    status, told = ask("ready", checks={"database": breaks})
    assert (status, told["missing"]) == (503, {"database": "the check failed: ValueError"})


def test_a_probe_takes_no_parameter() -> None:
    assert ask("live", "verbose=1")[0] == 400


def test_a_container_gives_up_on_the_probe_only_after_the_probe_has_answered() -> None:
    assert probes.CHECKS_SECONDS < alive.SECONDS
