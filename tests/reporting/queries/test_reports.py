"""Reports of a small hub with figures computed by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.reporting.conftest import NOW, Receive
from tests.reporting.small_hub import small_hub

from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.domain.columns import CONTEXT, HEADINGS, PSEUDONYMS
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import REPORTS, run_report

Run = Callable[..., Report]
YEAR = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}


@pytest.fixture(name="run")
def _run(sessions: Sessions, receive: Receive, options: Options) -> Run:
    receive(small_hub())

    def run(name: str, **asked: Any) -> Report:
        with sessions.begin() as session:
            return run_report(session, ReportQuery(name=name, **YEAR | asked), options=options, now=NOW)

    return run


def figures(report: Report) -> tuple[int, int | None, float | None]:
    return report.n, report.of, report.rate


def test_every_report_is_answered_and_its_checks_hold(run: Run) -> None:
    assert {definition.name for definition in DEFINITIONS} == set(REPORTS)
    for definition in DEFINITIONS:
        report = run(definition.name)
        assert [check for check in report.checks if not check.holds] == []
        header, *rows = report.table()
        shown = [name for name in definition.columns if name not in PSEUDONYMS]
        assert header == [*(HEADINGS[name] for name in shown), *CONTEXT]
        assert rows or definition.name == "data-quality", f"{definition.name} has rows in this hub"
        assert all(set(definition.columns) <= row.keys() for row in report.rows)
        assert set(definition.filters) <= set(definition.columns)
        assert all(len(row) == len(header) for row in rows)


def test_connected_schools(run: Run) -> None:
    """110001, 110003, 110008, and 199999 for 110005. Open are all ten numbers but 110005 and 110009."""
    report = run("connected-schools")
    assert figures(report) == (4, 8, 50.0)
    assert [row["urn"] for row in report.rows] == ["110001", "110003", "110008", "199999"]
    assert report.figures["by_phase"]["primary"] == 3
    assert report.figures["trusts"] == 1
    assert report.rows[-1]["connected_on"] == date(2025, 10, 1), "under its old number"


@pytest.mark.parametrize(
    ("scope", "n", "of"),
    [("connected", 4, 8), ("la:926", 1, 1), ("hub", 3, 7), ("phase:secondary", 1, 1), ("trust:17047", 2, 3)],
)
def test_connected_schools_by_scope(run: Run, scope: str, n: int, of: int) -> None:
    assert figures(run("connected-schools", scope=scope))[:2] == (n, of)


def test_connected_schools_of_an_earlier_day(run: Run) -> None:
    assert [row["urn"] for row in run("connected-schools", as_at=date(2025, 10, 31)).rows] == [
        "110001", "110003", "110005",
    ]  # fmt: skip


def test_engagement(run: Run) -> None:
    """N: 110001 to 110004, 199999, 110007. Attended: 110001, 110003 (its department), 199999 (late once)."""
    report = run("engagement", scope="la:873")
    assert figures(report) == (3, 6, 50.0)
    # 110004 withdrew but had signed up; 110007 has a PD lead.
    assert report.figures["signed_up"] == {"n": 5, "N": 6, "rate": 83.3}
    assert report.figures["completed"] == {"n": 1, "N": 6, "rate": 16.6}  # 110001: both of two sessions
    assert report.figures["attended_by_kind"] == {
        "work_group": 2,
        "visit": 1,
        "department_pd": 1,
        "pd_day": 0,
        "conference": 0,
    }
    by_urn = {row["urn"]: row for row in report.rows}
    assert by_urn["199999"]["attended_on"] == date(2025, 10, 8), "what the old number did"
    assert by_urn["110007"]["attended_on"] is None, "a visit out of term does not count"
    assert (by_urn["110001"]["attendances"], by_urn["110001"]["visits"]) == (2, 2)
    months = [tuple(row.values())[1:] for row in report.figures["by_month"]]
    assert months[0] == (5, 2, 0)  # September: the visits
    assert months[1] == (5, 3, 0)  # October: the first session
    assert months[-1] == (5, 3, 1)


@pytest.mark.parametrize(
    ("scope", "n", "of"),
    [
        ("hub", 3, 6),
        ("connected", 3, 4),
        ("la:926", 0, 1),
        ("phase:secondary", 1, 1),
        ("phase:primary", 2, 6),
        ("trust:17047", 2, 3),
    ],
)
def test_engagement_by_scope(run: Run, scope: str, n: int, of: int) -> None:
    assert figures(run("engagement", scope=scope))[:2] == (n, of)


def test_engagement_counts_only_its_period(run: Run) -> None:
    spring = run("engagement", scope="la:873", starts_on=date(2026, 1, 1))
    assert spring.n == 1, "Tom came in March; Tess left early"
    assert run("engagement", scope="la:873", as_at=date(2025, 10, 7)).n == 2
    assert run("engagement", scope="la:873", as_at=date(2025, 10, 8)).n == 3


def test_work_group_composition(run: Run) -> None:
    """Fractions has Tom, Tess and Tim of three schools, within its rule. Algebra is recruiting."""
    report = run("work-group-composition")
    assert figures(report) == (1, 1, 100.0)
    assert (report.figures["recruiting"], report.figures["cancelled"]) == (1, 0)
    fractions, algebra = report.rows
    assert (algebra["title"], algebra["state"], algebra["in_range"]) == ("Algebra", "recruiting", None)
    assert (algebra["teachers_short"], algebra["schools_short"], algebra["teachers_over"]) == (9, 5, 0)
    assert (fractions["teachers_n"], fractions["schools_n"], fractions["state"]) == (3, 3, "finished")
    assert (fractions["sessions_n"], fractions["held_n"]) == (2, 2)
    assert fractions["attendance_percent"] == 42.8  # 3 of 7 marks
    assert report.figures["median_teachers"] == 3.0
    assert report.figures["shortfalls"] == []


def test_work_group_composition_of_a_day_and_of_a_scope(run: Run) -> None:
    before = run("work-group-composition", as_at=date(2025, 10, 31))
    assert [(row["title"], row["teachers_n"]) for row in before.rows] == [("Fractions", 4), ("Algebra", 0)]
    assert [row["title"] for row in run("work-group-composition", scope="la:926").rows] == ["Algebra"]
    assert run("work-group-composition", scope="la:926", as_at=date(2026, 6, 30)).rows == [], (
        "its place was given on 1 July"
    )
    last_year = run("work-group-composition", starts_on=date(2024, 9, 1), ends_on=date(2025, 8, 31))
    assert (last_year.of, last_year.figures["recruiting"]) == (0, 1)


def test_attendance(run: Run) -> None:
    """Seven marks: Tom attended twice, Tim once; Tess sent apologies without notice, then left early."""
    report = run("attendance")
    assert figures(report) == (3, 7, 42.8)
    assert report.figures["commitment"] == {"n": 3, "N": 7, "rate": 42.8}
    (fractions,) = report.figures["by_group"]
    assert (fractions["title"], fractions["n"], fractions["N"]) == ("Fractions", 3, 7)
    by_school = {row["urn"]: (row["n"], row["N"]) for row in report.figures["by_school"]}
    assert by_school == {"110001": (2, 2), "110003": (0, 2), "110004": (0, 1), "199999": (1, 2)}
    assert [row["urn"] for row in report.rows] == ["110001", "110003", "110004", "199999"]


def test_attendance_of_a_period_and_of_a_scope(run: Run) -> None:
    assert figures(run("attendance", starts_on=date(2026, 1, 1))) == (1, 3, 33.3)
    assert figures(run("attendance", as_at=date(2026, 3, 3))) == (2, 4, 50.0)
    assert figures(run("attendance", scope="phase:secondary")) == (0, 2, 0.0)
    assert figures(run("attendance", scope="la:926")) == (0, 0, None)


def test_task_completion(run: Run) -> None:
    """Due in March from Tom, Tess and Tim, not from the withdrawn participant; Tim has only tried it."""
    report = run("task-completion")
    assert figures(report) == (1, 3, 33.3)
    assert [(row["n"], row["N"]) for row in report.figures["by_group"]] == [(1, 3)]
    by_school = {row["urn"]: (row["n"], row["N"]) for row in report.figures["by_school"]}
    assert by_school == {"110001": (1, 1), "110003": (0, 1), "199999": (0, 1)}
    assert figures(run("task-completion", scope="phase:secondary")) == (0, 1, 0.0)
    assert run("task-completion", as_at=date(2026, 3, 3)).of == 0, "the session was still to come"
    assert run("task-completion", starts_on=date(2026, 3, 5)).of == 0, "it was due before"


def test_leadership_spread(run: Run) -> None:
    """Ada, Emmy, Sofia and Hypatia; Mary's role has ended. Schools 1, 2, 3; one trust; 3 is maintained."""
    report = run("leadership-spread")
    assert figures(report) == (4, None, None)
    assert (report.figures["schools"], report.figures["trusts"]) == (3, 1)
    assert [school["urn"] for school in report.figures["maintained_schools"]] == ["110003"]
    autumn = run("leadership-spread", as_at=date(2025, 12, 31))
    assert (autumn.n, autumn.figures["schools"], autumn.figures["trusts"]) == (5, 4, 1)


def test_work_group_lead_schools(run: Run) -> None:
    report = run("work-group-lead-schools")
    assert (report.n, report.figures) == (1, {"leads": 2, "groups": 2, "groups_of_the_hub": 2})
    assert report.rows[0]["urn"] == "110001"


def test_intensive_support_coverage(run: Run) -> None:
    """Three schools were given a PD lead; the lead of 110007 left in January."""
    assert figures(run("intensive-support-coverage", as_at=date(2026, 1, 31))) == (3, 3, 100.0)
    report = run("intensive-support-coverage")
    assert figures(report) == (2, 3, 66.6)
    assert [(row["urn"], row["led"]) for row in report.rows] == [
        ("110007", False),
        ("110001", True),
        ("110003", True),
    ]
    assert report.figures["by_phase"] == {
        "primary": {"n": 1, "N": 2, "rate": 50.0},
        "secondary": {"n": 1, "N": 1, "rate": 100.0},
    }


def test_visit_compliance(run: Run) -> None:
    """Due: 110001 twice (met, late), 110003 (visit missed, department met), 110007 (excused, missed)."""
    report = run("visit-compliance")
    assert figures(report) == (3, 5, 60.0)
    assert {s: report.figures[s] for s in ("met", "late", "excused", "missed")} == {
        "met": 2, "late": 1, "excused": 1, "missed": 2,
    }  # fmt: skip
    first, second = report.figures["by_half_term"]
    assert (first["name"], first["n"], first["N"], first["ended"]) == ("Autumn 1", 2, 3, True)
    assert (second["n"], second["N"]) == (1, 2)
    assert report.figures["by_kind"]["department_pd"] == {"n": 1, "N": 1, "rate": 100.0}
    assert report.figures["by_phase"]["secondary"] == {"n": 1, "N": 2, "rate": 50.0}


def test_visit_compliance_excludes_the_present_half_term_from_the_rate(run: Run) -> None:
    report = run("visit-compliance", as_at=date(2025, 11, 10))
    assert figures(report) == (2, 3, 66.6)
    assert [row["ended"] for row in report.figures["by_half_term"]] == [True, False]
    assert report.figures["open"] == 1


def test_default_period_is_the_latest_year_with_a_recorded_fact(run: Run) -> None:
    report = run("engagement", starts_on=None, ends_on=None)
    assert (report.period.starts_on, report.period.ends_on) == (date(2025, 9, 1), date(2026, 8, 31))
