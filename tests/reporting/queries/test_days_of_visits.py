"""Status of obligations on a day, from visits planned, cancelled, held and excused by its end."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive
from tests.reporting.factories import delivered

from hub_contracts.visits import VisitCancelled, VisitObligationExcused, VisitPlanned
from hub_contracts.vocabulary import ExemptionReason, ObligationKind, VisitKind
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.queries.reports import run_report

URN, HALF_TERM = "110001", "2025-2"  # 3 November to 19 December
StatusOn = Callable[[date], str]


@pytest.fixture(name="status_on")
def _status_on(sessions: Sessions, options: Options, receive: Receive) -> StatusOn:
    """Return the status of the only obligation on a day."""
    receive([make.school(URN), make.assignment(URN, half_terms=[HALF_TERM])])

    def status_on(day: date) -> str:
        with sessions.begin() as session:
            query = ReportQuery(
                name="visit-compliance",
                starts_on=date(2025, 9, 1),
                ends_on=date(2026, 8, 31),
                as_at=day,
            )
            report = run_report(session, query, options=options, now=NOW)
        (row,) = report.rows
        return str(row["status"])

    return status_on


def late_on(day: date) -> datetime:
    """Return 23:30 UTC, which in winter is the same day in England."""
    return datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC)


def planned(visit_on: date) -> VisitPlanned:
    made = make.visit(URN, HALF_TERM, visit_on)
    return VisitPlanned(
        visit_id=made.visit_id, assignment_id=made.assignment_id, urn=URN, pd_lead_id=made.pd_lead_id,
        planned_at=late_on(visit_on), kind=VisitKind.SUPPORT, half_term=HALF_TERM,
    )  # fmt: skip


def test_a_visit_is_planned_from_the_day_on_which_it_was_planned(
    status_on: StatusOn, receive: Receive
) -> None:
    receive([delivered(planned(date(2025, 12, 1)), at=late_on(date(2025, 11, 10)))])
    assert status_on(date(2025, 11, 2)) == "ahead"
    assert status_on(date(2025, 11, 9)) == "open"
    assert status_on(date(2025, 11, 10)) == "planned"
    assert status_on(date(2025, 12, 20)) == "awaiting_log"
    assert status_on(date(2026, 1, 7)) == "awaiting_log", "the tenth working day after 19 December"
    assert status_on(date(2026, 1, 8)) == "missed"


def test_a_visit_is_planned_until_the_day_on_which_it_was_cancelled(
    status_on: StatusOn, receive: Receive
) -> None:
    visit = planned(date(2025, 12, 1))
    cancelled = VisitCancelled(visit_id=visit.visit_id, urn=URN, reason="weather")
    receive(
        [
            delivered(visit, 1, at=late_on(date(2025, 11, 4))),
            delivered(cancelled, 2, at=late_on(date(2025, 11, 20))),
        ]
    )
    assert status_on(date(2025, 11, 19)) == "planned"
    assert status_on(date(2025, 11, 20)) == "open"


def test_a_visit_is_planned_until_the_day_on_which_it_was_held(status_on: StatusOn, receive: Receive) -> None:
    held_on = date(2025, 12, 1)
    receive(
        [
            delivered(planned(held_on), 1, at=late_on(date(2025, 11, 4))),
            delivered(make.visit(URN, HALF_TERM, held_on), 2, at=late_on(date(2025, 12, 8))),
        ]
    )
    assert status_on(date(2025, 11, 30)) == "planned"
    assert status_on(held_on) == "met", "it was logged a week later"


def test_a_school_is_excused_from_the_day_on_which_it_was_excused(
    status_on: StatusOn, receive: Receive
) -> None:
    excused = VisitObligationExcused(
        urn=URN, half_term=HALF_TERM, kind=ObligationKind.VISIT, reason=ExemptionReason.OFSTED
    )
    receive([delivered(excused, at=late_on(date(2026, 1, 8)))])
    assert status_on(date(2025, 12, 19)) == "open"
    assert status_on(date(2026, 1, 7)) == "awaiting_log"
    assert status_on(date(2026, 1, 8)) == "excused"
