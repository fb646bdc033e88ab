"""A school that has signed up and done nothing yet is shown with nothing, of every kind."""

from datetime import date

from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Hear

from hub_platform.database import Sessions
from hub_reporting.config import Options
from hub_reporting.handlers.reports import run_report

ACTIVITIES = ("attendances", "visits", "department_pds", "pd_days", "conferences")


def test_a_school_that_has_only_signed_up_shows_no_activity_of_any_kind(
    sessions: Sessions, options: Options, hear: Hear
) -> None:
    hear([make.school("110001"), make.group("Fractions"), make.place("Fractions", "Tom", "110001")])
    with sessions.begin() as session:
        report = run_report(
            session,
            "engagement",
            starts_on=date(2025, 9, 1),
            ends_on=date(2026, 8, 31),
            options=options,
            now=NOW,
        )
    (row,) = report.rows
    assert row["signed_up_on"] is not None
    assert {name: row[name] for name in ACTIVITIES} == dict.fromkeys(ACTIVITIES, 0)
    assert (row["attended_on"], row["completed_on"]) == (None, None)
