"""The figures that are said at the end."""

import re
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from tests.demonstration.stub import Stub

from hub_demo.dates.school_years import SchoolYear
from hub_demo.figures import Share, read_figures
from hub_demo.settling import State
from hub_local.failures import CannotStart

YEAR = SchoolYear(2025)
PHASE = "Autumn 1: sessions, registers and visits"
REPORT = "/reporting/v1/reports/{}?from=2025-09-01&to=2026-08-31"
STATE = State(
    recorded=5000,
    unsent=0,
    projected=5000,
    parked_in_reporting=0,
    waiting=0,
    parked=0,
    messages_due=0,
    messages_sent=1234,
    received=5000,
)


def test_the_figures_are_those_that_reporting_gives(stub: Stub) -> None:
    plan_reports(stub)
    figures = read_figures(stub.addresses, "token", STATE, YEAR)
    assert figures.lines() == [
        "541 connected schools",
        "7 of 10 (70.0 %) of Cambridgeshire's schools engaged",
        "14 leaders from 12 schools in 6 trusts",
        "44 of 48 (91.6 %) Work Groups within the rule, led from 39 schools",
        "38 supported schools; 262 of 275 (95.2 %) half-term visits made",
        "1,234 messages sent",
        "5,000 events, 0 parked",
    ]


def test_figures_are_equal_however_long_the_load_took(stub: Stub) -> None:
    plan_reports(stub)
    first = read_figures(stub.addresses, "token", STATE, YEAR)
    plan_reports(stub)
    second = read_figures(stub.addresses, "token", STATE, YEAR)
    assert first.timed(10, {"Autumn": 1.0}) == second.timed(20, {"Autumn": 2.0})
    plan_reports(stub, {"connected-schools": {"n": 540}})
    assert read_figures(stub.addresses, "token", STATE, YEAR) != first


def test_a_report_that_is_refused_is_said(stub: Stub) -> None:
    stub.plan(REPORT.format("connected-schools"), (403, {"code": "forbidden", "detail": "Not you."}))
    with pytest.raises(CannotStart, match="connected-schools with 403 forbidden"):
        read_figures(stub.addresses, "token", STATE, YEAR)


def test_a_terminal_shows_the_figures_and_how_long_each_phase_took(stub: Stub) -> None:
    plan_reports(stub)
    figures = read_figures(stub.addresses, "token", STATE, YEAR).timed(10, {PHASE: 1.25})
    console = Console(width=100, file=StringIO())
    console.print(figures)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "541 connected schools" in shown
    assert re.search(rf"{PHASE} +1\.[23] s", shown)


def test_a_share_of_nothing_has_no_rate() -> None:
    assert str(Share(n=0, of=0, rate=None)) == "0 of 0"


def plan_reports(stub: Stub, changes: dict[str, dict[str, Any]] | None = None) -> None:
    answers: dict[str, dict[str, Any]] = {
        "connected-schools": {"n": 541, "N": 541, "rate": 100.0},
        "engagement": {"n": 7, "N": 10, "rate": 70.0},
        "leadership-spread": {"n": 14, "figures": {"leaders": 14, "schools": 12, "trusts": 6}},
        "work-group-composition": {"n": 44, "N": 48, "rate": 91.6},
        "work-group-lead-schools": {"n": 39},
        "intensive-support-coverage": {"n": 38, "N": 38, "rate": 100.0},
        "visit-compliance": {"n": 262, "N": 275, "rate": 95.2},
    }
    for name, answer in answers.items():
        path = REPORT.format(name) + ("&scope=la:873" if name == "engagement" else "")
        stub.plan(path, (200, answer | (changes or {}).get(name, {})))
