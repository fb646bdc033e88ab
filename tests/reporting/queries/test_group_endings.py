"""Cancelled and closed Work Groups in the figures."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.conftest import NOW, Receive
from tests.reporting.factories import an_id, delivered

from hub_contracts import Event
from hub_contracts.enrolment import WorkGroupConfirmed, WorkGroupFellBelowMinimum
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report

YEAR: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}
LATE = datetime(2025, 11, 30, 23, 30, tzinfo=UTC)  # half past eleven at night, in winter
Run = Callable[..., Report]


@pytest.fixture(name="run")
def _run(sessions: Sessions, options: Options, receive: Receive) -> Run:
    """Receive two Work Groups, each with a teacher and a lead of a different school."""
    receive(
        [
            *(make.school(urn) for urn in ("110001", "110002")),
            *(
                make.post(name, urn, "work_group_lead")
                for name, urn in (("Ada", "110001"), ("Emmy", "110002"))
            ),
            make.group("Fractions", min_teachers=1, min_schools=1, lead_ids=[an_id("Ada")]),
            make.group("Ratio", lead_ids=[an_id("Emmy")]),
            make.place("Fractions", "Tom", "110001"),
            make.place("Ratio", "Tess", "110002"),
        ]
    )

    def run(name: str, **asked: Any) -> Report:
        with sessions.begin() as session:
            return run_report(session, ReportQuery(name=name, **YEAR | asked), options=options, now=NOW)

    return run


def states(report: Report) -> dict[str, Any]:
    return {row["title"]: row["state"] for row in report.rows}


def test_a_cancelled_group_is_listed_and_counts_as_cancelled(run: Run, receive: Receive) -> None:
    before = run("work-group-composition")
    assert (before.n, before.of, before.figures["recruiting"]) == (0, 0, 2)
    receive([delivered(happened.group_cancelled("Ratio"), 2, at=LATE)])
    after = run("work-group-composition")
    assert (after.of, after.figures["recruiting"], after.figures["cancelled"]) == (0, 1, 1)
    assert (after.figures["shortfalls"], after.figures["median_teachers"]) == ([], None)
    assert states(after) == {"Fractions": "recruiting", "Ratio": "cancelled"}
    assert (after.rows[1]["in_range"], after.rows[1]["teachers_short"]) == (None, 0)


def test_group_is_counted_until_the_day_of_its_cancellation(run: Run, receive: Receive) -> None:
    confirmed = WorkGroupConfirmed(work_group_id=an_id("Ratio"), teachers_n=1, schools_n=1, overridden=True)
    receive([delivered(happened.group_cancelled("Ratio"), 3, at=LATE), delivered(confirmed, 2)])
    eve = run("work-group-composition", as_at=date(2025, 11, 29))
    assert (eve.of, states(eve)["Ratio"]) == (1, "confirmed")
    day = run("work-group-composition", as_at=date(2025, 11, 30))
    assert (day.of, states(day)["Ratio"]) == (0, "cancelled")


def test_state_of_a_group_follows_its_announcements(run: Run, receive: Receive) -> None:
    def announced(kind: type[WorkGroupConfirmed | WorkGroupFellBelowMinimum], day: date) -> Any:
        confirmed = kind is WorkGroupConfirmed
        more: Any = {"overridden": False} if confirmed else {"teachers_short": 9, "schools_short": 5}
        event = kind(work_group_id=an_id("Ratio"), teachers_n=1, schools_n=1, **more)
        at = datetime(day.year, day.month, day.day, 22, 30, tzinfo=UTC)
        return delivered(event, 10 + day.month, at=at)

    receive(
        [
            announced(WorkGroupFellBelowMinimum, date(2025, 11, 20)),
            announced(WorkGroupConfirmed, date(2025, 12, 15)),
            announced(WorkGroupConfirmed, date(2025, 10, 6)),
        ]
    )

    def state(day: date) -> tuple[str, int]:
        report = run("work-group-composition", as_at=day)
        return states(report)["Ratio"], report.figures["recruiting"]

    assert state(date(2025, 10, 5)) == ("recruiting", 2)
    assert state(date(2025, 10, 6)) == ("confirmed", 1)
    assert state(date(2025, 11, 19)) == ("confirmed", 1)
    assert state(date(2025, 11, 20)) == ("at_risk", 1)
    assert state(date(2025, 12, 15)) == ("confirmed", 1)


def test_cancelled_group_has_no_leads(run: Run, receive: Receive) -> None:
    assert (run("work-group-lead-schools").n, run("work-group-lead-schools").figures["groups"]) == (2, 2)
    receive([delivered(happened.group_cancelled("Ratio"), 2, at=LATE)])
    report = run("work-group-lead-schools")
    assert ([row["urn"] for row in report.rows], report.figures["groups"]) == (["110001"], 1)


def test_a_closed_group_is_finished_though_a_session_has_no_register(run: Run, receive: Receive) -> None:
    marks = [("Tom", "110001", "present")]
    receive(
        [
            make.session("Fractions", 1, date(2025, 10, 8)),
            make.session("Fractions", 2, date(2025, 11, 5)),
            make.register("Fractions", 1, date(2025, 10, 8), marks),
        ]
    )
    assert states(run("work-group-composition"))["Fractions"] == "running"
    receive([delivered(happened.group_closed("Fractions"), 2, at=LATE)])
    report = run("work-group-composition")
    assert (states(report)["Fractions"], report.of, report.figures["recruiting"]) == ("finished", 1, 1)


def all_held(attended: int) -> list[Event]:
    """Receive four sessions of both groups in autumn, with the number that each teacher attended."""
    days = [date(2025, 10, 8), date(2025, 11, 5), date(2025, 11, 12), date(2025, 11, 19)]
    events: list[Event] = []
    for name, teacher, urn in (("Fractions", "Tom", "110001"), ("Ratio", "Tess", "110002")):
        for seq, day in enumerate(days, start=1):
            mark = "present" if seq <= attended else "absent"
            events += [make.session(name, seq, day), make.register(name, seq, day, [(teacher, urn, mark)])]
    return events


def completed_by(run: Run, **asked: Any) -> dict[str, date]:
    """Return URN → first day of a completion."""
    report = run("engagement", scope="la:873", **asked)
    found = {row["urn"]: row["completed_on"] for row in report.rows if row["completed_on"] is not None}
    assert report.figures["completed"]["n"] == len(found)
    return found


def test_three_quarters_of_sessions_complete_a_place_while_the_group_is_not_closed(
    run: Run, receive: Receive
) -> None:
    receive(all_held(3))
    assert completed_by(run) == dict.fromkeys(("110001", "110002"), date(2025, 11, 19))


def test_only_decided_completions_count_in_a_closed_group(run: Run, receive: Receive) -> None:
    receive(all_held(4))
    receive([delivered(happened.group_closed("Fractions"), 2, at=LATE)])
    assert list(completed_by(run)) == ["110002"], (
        "no participant of Fractions is recorded as completed; Ratio is not closed"
    )
    receive([delivered(happened.completed("Fractions", "Tom", "110001"), 2, at=LATE)])
    assert list(completed_by(run)) == ["110001", "110002"]


def test_decided_completion_counts_below_three_quarters(run: Run, receive: Receive) -> None:
    receive(all_held(2))
    assert completed_by(run) == {}
    named = delivered(happened.completed("Fractions", "Tom", "110001"), 2, at=LATE)
    receive([named, delivered(happened.group_closed("Fractions", 1), 2, at=LATE)])
    assert completed_by(run) == {"110001": date(2025, 11, 19)}


def test_a_group_closed_after_the_year_counts_in_the_year_of_its_sessions(run: Run, receive: Receive) -> None:
    receive(all_held(4))
    autumn = datetime(2026, 9, 20, 9, tzinfo=UTC)
    receive([delivered(happened.group_closed(name), 2, at=autumn) for name in ("Fractions", "Ratio")])
    receive([delivered(happened.completed("Ratio", "Tess", "110002"), 2, at=autumn)])
    assert completed_by(run) == {"110002": date(2025, 11, 19)}
    assert completed_by(run, as_at=date(2025, 11, 18)) == {}, "one session was still to come"
