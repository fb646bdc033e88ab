"""The list of what schools are owed: its statuses, filters and pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.visits import factories
from tests.visits.factories import assigned, logged, planned

from hub_platform.bank_holidays import bank_holidays
from hub_platform.database import Sessions
from hub_platform.paging import PageRequest, decode_cursor
from hub_visits.commands import ExcuseHalfTerm
from hub_visits.domain.obligations import STATUSES, Facts, status_of
from hub_visits.handlers import obligations
from hub_visits.models import Obligation
from hub_visits.queries import obligations as queries


@pytest.fixture(name="a_year")
def _a_year(sessions: Sessions, pd_lead_id: UUID) -> UUID:
    """Play a year: met, met late, excused, planned for December, nothing for the rest."""
    assignment_id = assigned(sessions, pd_lead_id).id
    first = planned(sessions, assignment_id)
    logged(sessions, first.id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    second = planned(sessions, assignment_id)
    late = datetime(2024, 2, 1, 15, 0, tzinfo=UTC)
    logged(sessions, second.id, now=late, happened_on=date(2023, 12, 4), actions=[])
    with sessions.begin() as session:
        command = ExcuseHalfTerm(urn=factories.SCHOOL, half_term="2023-3", kind="visit", reason="snow")
        obligations.excuse_half_term(session, command, now=late, by="admin")
    planned(sessions, assignment_id, at=datetime(2024, 5, 20, 9, 0, tzinfo=UTC))
    return pd_lead_id


def listed(sessions: Sessions, now: datetime, **wanted: Any) -> list[tuple[str, str, bool]]:
    with sessions() as session:
        items, following = queries.list_obligations(
            session, PageRequest(), queries.ObligationFilter(**wanted), now=now
        )
    assert following is None
    return [(item.row.half_term, item.status, item.late) for item in items]


def test_status_is_as_of_the_requested_instant(sessions: Sessions, a_year: UUID) -> None:
    assert listed(sessions, datetime(2024, 5, 15, 9, 0, tzinfo=UTC)) == [
        ("2023-1", "met", False),
        ("2023-2", "met", True),
        ("2023-3", "excused", False),
        ("2023-4", "missed", False),
        ("2023-5", "open", False),  # two weeks before its end, but a visit is planned
        ("2023-6", "open", False),
    ]
    assert listed(sessions, datetime(2024, 7, 5, 9, 0, tzinfo=UTC))[4:] == [
        ("2023-5", "missed", False),
        ("2023-6", "due_soon", False),
    ]


def test_the_day_is_the_day_in_england(sessions: Sessions, a_year: UUID) -> None:
    assert listed(sessions, datetime(2024, 7, 19, 22, 59, tzinfo=UTC))[5][1] == "due_soon"
    assert listed(sessions, datetime(2024, 7, 19, 23, 0, tzinfo=UTC))[5][1] == "awaiting_log"


def test_a_status_in_sql_is_the_status_of_the_rule(sessions: Sessions, a_year: UUID) -> None:
    for week in range(60):
        today = date(2023, 8, 1) + timedelta(weeks=week, days=week % 7)
        with sessions() as session:
            at = queries.as_of(session, today)
            rows = session.scalars(queries.select_obligations(at)).all()
            expected = {
                status: {r.half_term for r in rows if said(r, today) == status} for status in STATUSES
            }
            for status in STATUSES:
                found = session.scalars(
                    select(Obligation.half_term).where(queries.has_status(status, at))
                ).all()
                assert set(found) == expected[status], (today, status)


def said(row: Obligation, today: date) -> str:
    facts = Facts(ends_on=row.due_on, met=row.met, excused=row.excused, planned=row.planned)
    return status_of(facts, today=today, bank_holidays=bank_holidays())


def test_list_is_filtered(sessions: Sessions, a_year: UUID) -> None:
    now = datetime(2024, 5, 15, 9, 0, tzinfo=UTC)
    assert [each[0] for each in listed(sessions, now, status="met")] == ["2023-1", "2023-2"]
    assert [each[0] for each in listed(sessions, now, half_term="2023-4")] == ["2023-4"]
    assert len(listed(sessions, now, pd_lead_id=a_year)) == 6
    assert listed(sessions, now, pd_lead_id=uuid4()) == []


def test_pages_together_give_every_row_once(sessions: Sessions, a_year: UUID) -> None:
    now, seen, after = datetime(2024, 5, 15, 9, 0, tzinfo=UTC), [], None
    for _ in range(4):
        page = PageRequest(2, None if after is None else decode_cursor(after))
        with sessions() as session:
            items, after = queries.list_obligations(session, page, queries.ObligationFilter(), now=now)
        seen += [item.row.half_term for item in items]
        if after is None:
            break
    assert seen == [f"2023-{n}" for n in range(1, 7)]


def test_a_visit_that_took_place_counts_even_where_the_school_was_excused(
    sessions: Sessions, a_year: UUID
) -> None:
    with sessions() as session:
        assignment_id = session.scalars(select(Obligation.assignment_id)).first()
    assert assignment_id is not None
    visit = planned(sessions, assignment_id)
    now = datetime(2024, 2, 1, 15, 0, tzinfo=UTC)
    logged(sessions, visit.id, now=now, happened_on=date(2024, 1, 10), actions=[])
    assert listed(sessions, now, half_term="2023-3") == [("2023-3", "met", False)]
