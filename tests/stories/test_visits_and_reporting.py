"""Visits and reporting agree about what every school is owed, whatever happens in whatever order."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from tests.stories.steps import FIRST, everything_said, noon, play
from tests.stories.supported_schools import LAST, Year
from tests.support.databases import Databases

from hub_platform.database import Sessions
from hub_platform.paging import MAX_LIMIT, PageRequest, decode_cursor
from hub_platform.reaction_context import ReactionContext
from hub_platform.runner import migrations_of
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers import projections
from hub_reporting.queries.reports import run_report
from hub_visits.queries.obligations import ObligationFilter, list_obligations

Key = tuple[str, str, str]  # URN of the school that stands, half term, kind

DAYS = (
    date(2025, 9, 19),
    date(2025, 10, 24),  # the last day of a half term
    date(2025, 10, 25),
    date(2025, 11, 7),  # the tenth working day after it
    date(2025, 11, 8),
    date(2026, 1, 7),
    date(2026, 2, 20),  # in the holidays
    date(2026, 4, 1),
    date(2026, 5, 22),
    date(2026, 6, 15),
    LAST,
)
OPTIONS = Options(
    hub_id="cambridge",
    hub_name="Cambridge Maths Hub",
    headline=Scope("la", "873"),
)


@pytest.fixture(name="visits")
def _visits(databases: Databases) -> Iterator[Sessions]:
    yield from databases.emptied(migrations_of("hub_visits"))


@pytest.fixture(name="reporting")
def _reporting(databases: Databases) -> Iterator[Sessions]:
    yield from databases.emptied(migrations_of("hub_reporting"))


def by_visits(sessions: Sessions, day: date) -> dict[Key, str]:
    """How each obligation stands, as the list of visits says; all rows of a school say the same."""
    found: dict[Key, set[str]] = {}
    after = None
    while True:
        with sessions() as session:
            page = PageRequest(MAX_LIMIT, None if after is None else decode_cursor(after))
            items, after = list_obligations(session, page, ObligationFilter(), now=noon(day))
        for each in items:
            waits = "planned" if each.row.planned else "open"
            said = {"due_soon": waits, "open": waits, "met": "late" if each.late else "met"}
            key = (each.row.standing_urn, each.row.half_term, each.row.kind)
            found.setdefault(key, set()).add(said.get(each.status, each.status))
        if after is None:
            return {key: "/".join(sorted(statuses)) for key, statuses in found.items()}


def by_reporting(sessions: Sessions, day: date) -> dict[Key, str]:
    """How each obligation stands, as the report says."""
    with sessions.begin() as session:
        report = run_report(
            session,
            ReportQuery(name="visit-compliance", starts_on=FIRST, ends_on=LAST, as_at=day, scope="connected"),
            options=OPTIONS,
            now=noon(day),
        )
    assert all(check.holds for check in report.checks)
    found = {
        (row["urn"], row["half_term"], row["kind"]): "open" if row["status"] == "ahead" else row["status"]
        for row in report.rows
    }
    assert len(found) == len(report.rows)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_imports_successions_moves_calendars_and_logs_gives_the_same_obligations_in_both(
    visits: Sessions, reporting: Sessions, seed: int
) -> None:
    """On each of some days both have the same facts, which reporting receives in another order."""
    steps, order = Year(seed).steps(), random.Random(seed)
    done = 0
    for day in DAYS:
        by_now = [step for step in steps if step.on <= day]
        play(visits, by_now[done:])
        done = len(by_now)
        deliveries = everything_said(visits, by_now)
        order.shuffle(deliveries)
        with reporting.begin() as session:
            projections.project(session, deliveries, ReactionContext(now=noon(day), by="reporting"))
        assert by_reporting(reporting, day) == by_visits(visits, day), day


def test_the_years_that_are_played_hold_what_they_are_about(visits: Sessions, databases: Databases) -> None:
    """All statuses occur, visits are derived again, and most steps are accepted."""
    statuses: set[str] = set()
    types: set[str] = set()
    for seed in range(3):
        steps = Year(seed).steps()
        refused = 0
        for first, last in pairwise([date.min, *DAYS]):
            refused += play(visits, [step for step in steps if first < step.on <= last])
            statuses |= set(by_visits(visits, last).values())
        assert refused < len(steps) / 2
        types |= {each.event.type for each in everything_said(visits, steps)}
        databases.of(migrations_of("hub_visits")).empty()
    assert statuses == {"met", "late", "excused", "awaiting_log", "missed", "planned", "open"}
    assert {"VisitRecalculated", "DepartmentPDHeld", "VisitCancelled", "VisitObligationExcused"} <= types
