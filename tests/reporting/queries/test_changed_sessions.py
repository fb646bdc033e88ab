"""Changed Work Groups and sessions, corrected registers, PD days and conferences."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW
from tests.reporting.descriptions import hub
from tests.reporting.factories import delivered

from hub_contracts import Event
from hub_contracts.enrolment import WorkGroupChanged, WorkGroupConfirmed
from hub_messaging.delivery import Delivery
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.periods import Period
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report
from hub_reporting.store import work_groups as store

OCTOBER, NOVEMBER = date(2025, 10, 8), date(2025, 11, 5)
YEAR: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}
Receive = Callable[[Iterable[Event | Delivery[Any]]], None]
Run = Callable[..., Report]


@pytest.fixture(name="run")
def _run(sessions: Sessions, options: Options, receive: Receive) -> Run:
    receive(
        [
            hub(),
            *(make.school(urn) for urn in ("110001", "110002")),
            make.group("Fractions"),
            make.place("Fractions", "Ada", "110001"),
            make.place("Fractions", "Emmy", "110002"),
        ]
    )

    def run(name: str) -> Report:
        with sessions.begin() as session:
            return run_report(session, ReportQuery(name=name, **YEAR), options=options, now=NOW)

    return run


def group_of(run: Run) -> dict[str, Any]:
    (group,) = run("work-group-composition").rows
    return dict(group)


def marks(*words: str) -> list[tuple[str, str, str]]:
    return [("Ada", "110001", words[0]), ("Emmy", "110002", words[1])]


def missing(sessions: Sessions, year: Period) -> list[date]:
    with sessions() as session:
        return [one.day for one in store.registers_missing(session, make.HUB, year)]


@pytest.fixture(name="year")
def _year() -> Period:
    return Period(date(2025, 9, 1), date(2026, 8, 31), date(2026, 8, 31))


def test_changed_group_counts_with_its_latest_terms(run: Run, receive: Receive) -> None:
    ratio = make.group("Fractions", title="Ratio", min_schools=2, min_teachers=2)
    changed = WorkGroupChanged(**vars(ratio), changed_fields=["title"])
    receive([delivered(changed, 2), delivered(make.group("Fractions"), 1)])
    confirmed = WorkGroupConfirmed(
        work_group_id=ratio.work_group_id, teachers_n=2, schools_n=2, overridden=False
    )
    receive([delivered(confirmed, 3)])
    (group,) = run("work-group-composition").rows
    assert (group["title"], group["teachers_n"], group["in_range"]) == ("Ratio", 2, True)


def test_rescheduled_session_counts_once_on_its_new_day(
    run: Run, receive: Receive, sessions: Sessions, year: Period
) -> None:
    receive([make.session("Fractions", 1, OCTOBER), make.moved("Fractions", 1, NOVEMBER)])
    assert group_of(run)["sessions_n"] == 1
    assert missing(sessions, year) == [NOVEMBER]


def test_cancelled_session_is_neither_scheduled_nor_without_register(
    run: Run, receive: Receive, sessions: Sessions, year: Period
) -> None:
    receive(
        [
            make.session("Fractions", 1, OCTOBER),
            make.session("Fractions", 2, NOVEMBER),
            make.cancelled("Fractions", 2, NOVEMBER),
            make.register("Fractions", 1, OCTOBER, marks("present", "late")),
        ]
    )
    group = group_of(run)
    assert (group["sessions_n"], group["held_n"], group["state"]) == (1, 1, "finished")
    assert missing(sessions, year) == []


def test_session_is_counted_until_the_day_of_its_cancellation(
    run: Run, receive: Receive, sessions: Sessions
) -> None:
    def on(day: date) -> list[date]:
        return missing(sessions, Period(date(2025, 9, 1), date(2026, 8, 31), day))

    cancelled_at = datetime(2025, 11, 20, 9, tzinfo=UTC)
    receive(
        [
            make.session("Fractions", 1, NOVEMBER),
            delivered(make.cancelled("Fractions", 1, NOVEMBER), 2, at=cancelled_at),
        ]
    )
    assert on(date(2025, 11, 19)) == [NOVEMBER]
    assert on(date(2025, 11, 20)) == []
    assert group_of(run)["sessions_n"] == 0


def test_corrected_mark_replaces_the_earlier_one(run: Run, receive: Receive) -> None:
    receive([make.register("Fractions", 1, OCTOBER, marks("present", "absent"))])
    assert (group_of(run)["attendance_percent"], run("engagement").n) == (50.0, 1)
    receive([delivered(make.corrected("Fractions", 1, "Emmy", "absent", "late"), 2)])
    assert (group_of(run)["attendance_percent"], run("engagement").n) == (100.0, 2)
    receive([delivered(make.corrected("Fractions", 1, "Emmy", "late", "absent"), 3)])
    assert (group_of(run)["attendance_percent"], run("engagement").n) == (50.0, 1)


def test_resubmitted_register_replaces_earlier_corrections(run: Run, receive: Receive) -> None:
    receive([delivered(make.corrected("Fractions", 1, "Emmy", "late", "absent"), 2)])
    receive([delivered(make.register("Fractions", 1, OCTOBER, marks("present", "late")), 3)])
    assert group_of(run)["attendance_percent"] == 100.0


def by_kind(run: Run) -> dict[str, int]:
    kinds = run("engagement").figures["attended_by_kind"]
    return {kind: n for kind, n in kinds.items() if n}


def test_pd_days_and_conferences_count_as_engagement_of_attending_schools(run: Run, receive: Receive) -> None:
    receive(
        [
            make.pd_day("Autumn", OCTOBER, [("Ada", "110001"), ("Ann", "110001")]),
            make.pd_day("Winter", NOVEMBER, [("Ada", "110001")]),
            make.pd_day("Conference", NOVEMBER, [("Emmy", "110002")], "conference"),
        ]
    )
    report = run("engagement")
    assert (report.n, by_kind(run)) == (2, {"pd_day": 1, "conference": 1})
    ada, emmy = sorted(report.rows, key=lambda row: row["urn"])
    assert (ada["attended_on"], ada["pd_days"], ada["conferences"]) == (OCTOBER, 2, 0)
    assert (emmy["attended_on"], emmy["pd_days"], emmy["conferences"]) == (NOVEMBER, 0, 1)


def test_corrected_pd_day_removes_absent_teachers(run: Run, receive: Receive) -> None:
    first = make.pd_day("Autumn", OCTOBER, [("Ada", "110001"), ("Emmy", "110002")])
    receive([delivered(first, 1)])
    assert run("engagement").n == 2
    receive([delivered(replace(first, attendances=first.attendances[:1]), 2)])
    assert (run("engagement").n, by_kind(run)) == (1, {"pd_day": 1})


@pytest.mark.parametrize(
    ("on", "n"),
    [(date(2025, 8, 31), 0), (date(2025, 9, 1), 1), (date(2026, 8, 31), 1), (date(2026, 9, 1), 0)],
)
def test_a_pd_day_counts_in_its_period(run: Run, receive: Receive, on: date, n: int) -> None:
    receive([make.pd_day("A day", on, [("Ada", "110001")])])
    assert run("engagement").n == n
