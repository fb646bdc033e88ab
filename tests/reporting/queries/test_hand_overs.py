"""A school whose PD lead was replaced: counted once, with the lead of the day."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW
from tests.reporting.factories import an_id, delivered

from hub_contracts import Event
from hub_contracts.visits import PDLeadUnassigned
from hub_contracts.vocabulary import SupportProgramme
from hub_messaging.delivery import Delivery
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report

Receive = Callable[[Iterable[Event | Delivery[Any]]], None]
URN = "110001"
YEAR: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31)}
FIRST = make.assignment(URN, lead="Ada")
REDUCED = make.assignment(URN, lead="Ada", half_terms=["2025-1", "2025-2"])
ENDED = PDLeadUnassigned(
    assignment_id=FIRST.assignment_id,
    urn=URN,
    pd_lead_id=an_id("Ada"),
    programme=SupportProgramme.OPPORTUNITY_AREA,
    ended_on=date(2026, 1, 11),
    reason="workload",
)
SECOND = replace(
    make.assignment(URN, lead="Ben", half_terms=["2025-3", "2025-4", "2025-5", "2025-6"]),
    assignment_id=an_id("Ben's assignment"),
    starts_on=date(2026, 1, 12),
    follows=FIRST.assignment_id,
)


def report(sessions: Sessions, options: Options, name: str, **asked: Any) -> Report:
    with sessions.begin() as session:
        return run_report(session, ReportQuery(name=name, **YEAR | asked), options=options, now=NOW)


@pytest.fixture(name="handed_over")
def _handed_over(receive: Receive) -> None:
    """Receive the events of a hand-over in another order than they were recorded."""
    receive([make.school(URN), make.visit(URN, "2025-1"), make.visit(URN, "2025-3"), SECOND])
    receive([delivered(ENDED, revision=3)])
    receive([delivered(FIRST, revision=1), delivered(REDUCED, revision=2)])


@pytest.mark.parametrize(
    ("as_at", "name"),
    [(date(2025, 11, 15), "Ada"), (date(2026, 1, 11), "Ada"), (date(2026, 1, 12), "Ben")],
)
def test_the_lead_of_the_day_is_named(
    sessions: Sessions, options: Options, handed_over: None, as_at: date, name: str
) -> None:
    found = report(sessions, options, "intensive-support-coverage", as_at=as_at)
    assert (found.n, found.of) == (1, 1)
    [row] = found.rows
    assert (row["led"], row["pd_lead_id"]) == (True, an_id(name))


def test_each_half_term_is_due_once_after_a_hand_over(
    sessions: Sessions, options: Options, handed_over: None
) -> None:
    found = report(sessions, options, "visit-compliance")
    assert [row["half_term"] for row in found.rows] == [f"2025-{n}" for n in range(1, 7)]
    assert (found.n, found.of) == (2, 6)


def test_school_without_a_pd_lead_is_listed(sessions: Sessions, options: Options, receive: Receive) -> None:
    receive([make.school(URN), FIRST])
    receive([delivered(ENDED, revision=2)])
    for as_at, led in ((date(2026, 1, 11), True), (date(2026, 1, 12), False)):
        [row] = report(sessions, options, "intensive-support-coverage", as_at=as_at).rows
        assert (row["led"], row["pd_lead_id"]) == (led, an_id("Ada"))
    assert len(report(sessions, options, "visit-compliance").rows) == 6  # they stay due to the school
