"""Recalculated visits count in every figure, in any order of events."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import CONTEXT, NOW
from tests.reporting.descriptions import hub
from tests.reporting.factories import HALF_TERMS, delivered

from hub_contracts import Event
from hub_contracts.visits import DepartmentPDHeld, VisitPlanned, VisitRecalculated
from hub_contracts.vocabulary import VisitKind
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.reports import Report
from hub_reporting.handlers import projections
from hub_reporting.queries.reports import run_report

URN = "110001"
VISIT = make.visit(URN, "2025-5", date(2026, 4, 15))
DEPARTMENT = make.visit(URN, "2025-5", date(2026, 4, 16), kind="department_pd")
HELD = DepartmentPDHeld(
    visit_id=DEPARTMENT.visit_id,
    urn=URN,
    half_term="2025-5",
    held_on=DEPARTMENT.happened_on,
    staff_present=6,
    department_size=8,
)
PLANNED = VisitPlanned(
    visit_id=VISIT.visit_id,
    assignment_id=VISIT.assignment_id,
    urn=URN,
    pd_lead_id=VISIT.pd_lead_id,
    planned_at=make.NOON,
    kind=VisitKind.SUPPORT,
    half_term="2025-5",
)


def again(visit: Any, half_term: str | None = None, *, late: bool = False) -> VisitRecalculated:
    return VisitRecalculated(
        visit_id=visit.visit_id, urn=URN, half_term=half_term, out_of_term=half_term is None, late=late
    )


def receive_revisions(sessions: Sessions, *events: tuple[int, Event]) -> None:
    assignment = make.assignment(URN, kinds=["visit", "department_pd"])
    school = [hub(), make.school(URN), make.connected(URN), assignment]
    with sessions.begin() as session:
        projections.project(session, make.in_order(school), CONTEXT)
        for revision, event in events:
            projections.project(session, [delivered(event, revision)], CONTEXT)


def asked(sessions: Sessions, options: Options, name: str, as_at: date = date(2026, 8, 31)) -> Report:
    period: dict[str, Any] = {
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2026, 8, 31),
        "as_at": as_at,
        "scope": "connected",
    }
    with sessions.begin() as session:
        return run_report(session, ReportQuery(name=name, **period), options=options, now=NOW)


def status(sessions: Sessions, options: Options, half_term: str, kind: str = "visit", **as_at: date) -> str:
    rows = asked(sessions, options, "visit-compliance", **as_at).rows
    (found,) = [row["status"] for row in rows if (row["half_term"], row["kind"]) == (half_term, kind)]
    return str(found)


LOGGED = [(1, PLANNED), (2, VISIT)]


@pytest.mark.parametrize(
    ("recalculated", "statuses"),
    [
        ([], ("missed", "met")),
        ([(3, again(VISIT))], ("missed", "missed")),
        ([(3, again(VISIT, "2025-4", late=True))], ("late", "missed")),
        ([(3, again(VISIT)), (4, again(VISIT, "2025-5"))], ("missed", "met")),
        ([(3, again(VISIT, "2025-5", late=True)), (4, again(VISIT, "2025-5"))], ("missed", "met")),
    ],
)
def test_latest_recalculation_counts_in_any_order(
    sessions: Sessions, options: Options, recalculated: list[tuple[int, Event]], statuses: tuple[str, str]
) -> None:
    for order in permutations([*LOGGED, *recalculated]):
        with sessions.begin() as session:
            for table in projections_of_visits():
                session.execute(table.delete())
        receive_revisions(sessions, *order, *order[:1])
        assert (status(sessions, options, "2025-4"), status(sessions, options, "2025-5")) == statuses


def test_log_overrides_an_earlier_recalculation(sessions: Sessions, options: Options) -> None:
    receive_revisions(sessions, (1, PLANNED), (2, again(VISIT)))
    begun = HALF_TERMS["2025-5"][0]
    assert status(sessions, options, "2025-5", as_at=begun) == "open", "planned for no half term any more"
    receive_revisions(sessions, (3, VISIT))
    assert status(sessions, options, "2025-5") == "met"


def test_planned_visit_moves_to_the_recalculated_half_term(sessions: Sessions, options: Options) -> None:
    begun = HALF_TERMS["2025-4"][0]
    receive_revisions(sessions, (1, PLANNED))
    assert status(sessions, options, "2025-4", as_at=begun) == "open"
    receive_revisions(sessions, (2, again(VISIT, "2025-4")))
    assert status(sessions, options, "2025-4", as_at=begun) == "planned"


def test_department_meeting_moves_with_its_visit(sessions: Sessions, options: Options) -> None:
    receive_revisions(sessions, (2, DEPARTMENT), (3, HELD))
    assert status(sessions, options, "2025-5", "department_pd") == "met"
    receive_revisions(sessions, (4, again(DEPARTMENT, "2025-4", late=True)))
    assert status(sessions, options, "2025-4", "department_pd") == "late"
    assert status(sessions, options, "2025-5", "department_pd") == "missed"


def test_visit_recalculated_as_out_of_term_is_not_counted_as_engagement(
    sessions: Sessions, options: Options
) -> None:
    receive_revisions(sessions, (2, VISIT), (2, DEPARTMENT), (3, HELD))
    assert asked(sessions, options, "engagement").n == 1
    receive_revisions(sessions, (3, again(VISIT)))
    assert asked(sessions, options, "engagement").n == 1
    receive_revisions(sessions, (4, again(DEPARTMENT)))
    assert asked(sessions, options, "engagement").n == 0


def projections_of_visits() -> list[Any]:
    from hub_reporting.models import LoggedVisit, PlannedVisit, RecalculatedVisit

    return [model.__table__ for model in (LoggedVisit, PlannedVisit, RecalculatedVisit)]
