"""Loading the year or a part of it, and what is said about it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from rich.progress import Progress
from tests.demonstration.stub import Stub, running_stub

from local.demonstration.commands import Command
from local.demonstration.figures import Share, read_figures
from local.demonstration.loading import Watch, has_been_lived, part_of
from local.demonstration.settling import State, settle
from local.demonstration.year import PHASES, Year
from local.failures import CannotStart
from local.ports import any_free

GROUPS = "/enrolment/v1/work-groups?limit=200"
SESSIONS = "/enrolment/v1/work-groups/g/sessions?limit=200"
REPORT = "/reporting/v1/reports/{}?from=2025-09-01&to=2026-08-31"


@pytest.fixture(name="stub")
def _stub() -> Iterator[Stub]:
    """Serve one stand-in for all services."""
    with running_stub() as stub:
        yield stub


def addresses(stub: Stub) -> dict[str, str]:
    return dict.fromkeys(("enrolment", "visits", "notifications", "reporting"), stub.address)


def assert_whole(commands: Sequence[Command]) -> None:
    """Nothing is missing that a command names."""
    keys = {command.key for command in commands}
    assert all(command.needs() <= keys for command in commands)


def test_without_limits_a_part_is_the_whole(year: Year) -> None:
    assert part_of(year, None, None) == list(year.commands)


def test_until_a_day_means_that_day_included(year: Year) -> None:
    day = date(2025, 11, 12)
    part = part_of(year, day, None)
    assert_whole(part)
    assert part == [command for command in year.commands if command.at.date() <= day]
    assert part[-1].at.date() == day


def test_a_day_comes_with_what_it_builds_upon_and_no_more(year: Year) -> None:
    day = date(2025, 11, 12)
    part = part_of(year, None, [day])
    assert_whole(part)
    of_the_day = [command for command in year.commands if command.at.date() == day]
    assert of_the_day
    assert {c.key for c in of_the_day} < {c.key for c in part}
    assert len(part) < len(year.commands) / 2
    assert all(c.at.date() <= day for c in part if c.lane != "register")


def test_a_part_begins_with_the_register_and_the_calendars(year: Year) -> None:
    part = part_of(year, None, [date(2026, 6, 10)])
    first = [command.key for command in part[:5]]
    assert first == ["import/september", "import/links", "calendar/hub", "calendar/la:873", first[4]]
    assert first[4].startswith("calendar/trust:")


@pytest.mark.parametrize(("missing", "last"), [(1, []), (1, ["scheduled"])], ids=["not planned", "not held"])
def test_a_year_without_its_last_session_has_not_been_lived(
    stub: Stub, year: Year, missing: int, last: list[str]
) -> None:
    plan_sessions(stub, year, ["completed"] * (sessions_of_last_group(year) - missing) + last)
    assert not has_been_lived(addresses(stub), "token", year)


def test_a_year_whose_last_register_was_taken_has_been_lived(stub: Stub, year: Year) -> None:
    plan_sessions(stub, year, ["completed"] * sessions_of_last_group(year))
    assert has_been_lived(addresses(stub), "token", year)


def sessions_of_last_group(year: Year) -> int:
    return sum(c.path.endswith("/sessions") and c.lane == year.last.lane for c in year.commands)


def test_an_empty_hub_or_another_one_has_not_lived_the_year(stub: Stub, year: Year) -> None:
    stub.plan(GROUPS, (200, {"items": []}), (200, {"items": [{"title": "Somebody's", "work_group_id": "x"}]}))
    assert not has_been_lived(addresses(stub), "token", year)
    assert not has_been_lived(addresses(stub), "token", year)


def plan_sessions(stub: Stub, year: Year, statuses: list[str]) -> None:
    groups = [
        {"title": "other", "work_group_id": "o"},
        {"title": year.groups[-1].title, "work_group_id": "g"},
    ]
    stub.plan(GROUPS, (200, {"items": groups}))
    stub.plan(SESSIONS, (200, {"items": [{"status": status} for status in statuses]}))


def metrics(recorded: int, pending: int = 0, waiting: int = 0, parked: int = 0, received: int = 0) -> str:
    return (
        "# HELP hub_outbox_recorded_total Events recorded here so far.\n"
        f"hub_outbox_recorded_total {recorded}.0\n"
        f"hub_outbox_pending {pending}.0\n"
        f'hub_inbox_deliveries{{state="waiting"}} {waiting}.0\n'
        f'hub_inbox_deliveries{{state="parked"}} {parked}.0\n'
        f"hub_inbox_received_total {received}.0\n"
    )


def move(stub: Stub, *states: dict[str, Any]) -> None:
    """Let a hub be in one state after the other, and stay in the last one."""
    for number, path in enumerate(("enrolment", "visits", "notifications", "reporting")):
        stub.keep(f"/{path}/metrics", *[metrics(**state["metrics"][number]) for state in states])
    stub.keep("/reporting/v1/freshness", *[{"events": s["events"], "parked": s["parked"]} for s in states])
    stub.keep("/notifications/v1/summary", *[{"due": s["due"], "sending": 0, "sent": 7} for s in states])


def hub(events: int, *, due: int = 0, pending: int = 0, waiting: int = 0, parked: int = 0) -> dict[str, Any]:
    """A hub whose publishers have recorded 10, 5 and 2 events."""
    return {
        "events": events,
        "due": due,
        "parked": parked,
        "metrics": [
            {"recorded": 10, "pending": pending},
            {"recorded": 5},
            {"recorded": 2, "waiting": waiting},
            {"recorded": 0, "parked": parked},
        ],
    }


def test_it_is_settled_when_every_event_and_letter_has_arrived(stub: Stub) -> None:
    move(stub, hub(3, pending=4), hub(12, due=2), hub(17, waiting=1), hub(17))
    state = settle(addresses(stub), "token", patience=5)
    assert (state.recorded, state.projected, state.parked, state.letters_sent) == (17, 17, 0, 7)
    assert len(stub.at("/reporting/v1/freshness")) >= 6


def test_what_is_parked_is_not_waited_for_but_counted(stub: Stub) -> None:
    move(stub, hub(16, parked=1))
    assert settle(addresses(stub), "token", patience=5).parked == 1


@pytest.mark.parametrize("stuck", [hub(16), hub(17, due=1), hub(17, pending=1), hub(17, waiting=1)], ids=str)
def test_a_hub_in_which_something_stays_on_its_way_is_given_up(stub: Stub, stuck: dict[str, Any]) -> None:
    move(stub, stuck)
    with pytest.raises(CannotStart, match=r"not everything has arrived: reporting has 1[67] of 17 events"):
        settle(addresses(stub), "token", patience=0.6)


def test_a_service_that_is_away_is_waited_for(stub: Stub) -> None:
    move(stub, hub(17))
    stub.dropped["/reporting/v1/freshness"] = 2
    assert settle(addresses(stub), "token", patience=5).projected == 17


def test_a_service_that_stays_away_is_said(stub: Stub) -> None:
    away = addresses(stub) | {"reporting": f"http://127.0.0.1:{any_free()}"}
    with pytest.raises(CannotStart, match="a service does not answer"):
        settle(away, "token", patience=0.3)


def test_the_figures_are_those_that_reporting_gives(stub: Stub) -> None:
    plan_reports(stub)
    figures = read_figures(addresses(stub), "token", STATE)
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
    first = read_figures(addresses(stub), "token", STATE)
    plan_reports(stub)
    second = read_figures(addresses(stub), "token", STATE)
    assert first.timed(10, {"Autumn": 1.0}) == second.timed(20, {"Autumn": 2.0})
    plan_reports(stub, {"connected-schools": {"n": 540}})
    assert read_figures(addresses(stub), "token", STATE) != first


def test_a_report_that_is_refused_is_said(stub: Stub) -> None:
    stub.plan(REPORT.format("connected-schools"), (403, {"code": "forbidden", "detail": "Not you."}))
    with pytest.raises(CannotStart, match="connected-schools with 403 forbidden"):
        read_figures(addresses(stub), "token", STATE)


def test_a_terminal_shows_the_figures_and_how_long_each_phase_took(stub: Stub) -> None:
    plan_reports(stub)
    figures = read_figures(addresses(stub), "token", STATE).timed(10, {PHASES[3].name: 1.25})
    console = Console(width=100, file=StringIO())
    console.print(figures)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "541 connected schools" in shown
    assert re.search(rf"{PHASES[3].name} +1\.[23] s", shown)


def test_a_share_of_nothing_has_no_rate() -> None:
    assert str(Share(n=0, of=0, rate=None)) == "0 of 0"


def test_the_bar_shows_the_phase_and_how_much_is_done() -> None:
    progress = Progress(disable=True)
    watch = Watch(progress, 10)
    with watch.phase("Autumn", 4) as told:
        told(1)
        assert (progress.tasks[0].description, progress.tasks[0].completed) == ("Autumn", 3)
        told(0)
    with watch.phase("Spring", 6) as told:
        told(5)
        assert (progress.tasks[0].description, progress.tasks[0].completed) == ("Spring", 5)
    assert list(watch.seconds) == ["Autumn", "Spring"]


STATE = State(
    recorded=5000,
    unsent=0,
    projected=5000,
    parked_in_reporting=0,
    waiting=0,
    parked=0,
    letters_due=0,
    letters_sent=1234,
    received=5000,
)


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
