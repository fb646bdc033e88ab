"""The row of one school in the report on engagement, for each kind of activity."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive
from tests.reporting.descriptions import hub

from hub_contracts import Event
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.queries.reports import run_report

ACTIVITIES = ("attendances", "visits", "department_pds", "pd_days", "conferences")
DAYS = [date(2025, 11, day) for day in range(3, 8)]
ADA = [("Ada", "110001")]


def row_after(
    sessions: Sessions, options: Options, receive: Receive, events: Iterable[Event]
) -> dict[str, Any]:
    """Return the row of a school with a place and further events."""
    signed_up = [make.school("110001"), make.group("Fractions"), make.place("Fractions", "Ada", "110001")]
    receive([hub(), *signed_up, *events])
    query = ReportQuery(name="engagement", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31))
    with sessions.begin() as session:
        report = run_report(session, query, options=options, now=NOW)
    (row,) = report.rows
    assert row["signed_up_on"] is not None
    return dict(row)


def test_a_school_that_has_only_signed_up_shows_no_activity_of_any_kind(
    sessions: Sessions, options: Options, receive: Receive
) -> None:
    row = row_after(sessions, options, receive, [])
    assert {name: row[name] for name in ACTIVITIES} == dict.fromkeys(ACTIVITIES, 0)
    assert (row["attended_on"], row["completed_on"]) == (None, None)


@pytest.mark.parametrize(
    ("name", "events"),
    [
        (
            "attendances",
            [make.register("Fractions", n, DAYS[n], [("Ada", "110001", "present")]) for n in (1, 2)],
        ),
        ("visits", [make.visit("110001", half_term) for half_term in ("2025-1", "2025-2")]),
        (
            "department_pds",
            [make.visit("110001", half_term, kind="department_pd") for half_term in ("2025-1", "2025-2")],
        ),
        ("pd_days", [make.pd_day(f"day {n}", DAYS[n], ADA) for n in (1, 2)]),
        ("conferences", [make.pd_day(f"conference {n}", DAYS[n], ADA, "conference") for n in (1, 2)]),
    ],
)
def test_each_activity_is_counted_under_its_own_name_only(
    sessions: Sessions, options: Options, receive: Receive, name: str, events: list[Event]
) -> None:
    row = row_after(sessions, options, receive, events)
    assert {one: row[one] for one in ACTIVITIES} == dict.fromkeys(ACTIVITIES, 0) | {name: 2}
    assert row["attended_on"] is not None
