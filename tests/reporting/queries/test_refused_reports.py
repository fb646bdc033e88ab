"""Reports of a hub without events, and invalid queries."""

from datetime import date
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive

from hub_kernel.refusals import Refused, Unknown
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.queries.reports import REPORTS, run_report

YEAR: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}


def test_reports_of_an_empty_hub_are_empty(sessions: Sessions, options: Options) -> None:
    for name in REPORTS:
        with sessions.begin() as session:
            report = run_report(session, ReportQuery(name=name, scope="la:873"), options=options, now=NOW)
        assert (report.n, report.of or 0, report.rate, report.rows) == (0, 0, None, [])
        assert all(check.holds for check in report.checks)
        assert report.period.starts_on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("engagements", {}, "unknown_report"),
        ("engagement", {"scope": "la:111"}, "unknown_scope"),
        ("engagement", {"scope": "moon"}, "unknown_scope"),
        ("engagement", {"filters": {"status": "missed"}}, "unknown_filter"),
        ("engagement", {"starts_on": date(2026, 9, 1)}, "period_reversed"),
    ],
)
def test_invalid_query_is_refused(
    sessions: Sessions, receive: Receive, options: Options, name: str, asked: dict[str, Any], code: str
) -> None:
    receive([make.school("110001")])
    kind = Unknown if code == "unknown_report" else Refused
    with sessions.begin() as session, pytest.raises(kind) as refused:
        run_report(session, ReportQuery(name=name, **YEAR | asked), options=options, now=NOW)
    assert refused.value.code == code
