"""A chain of assignments: each half term owed once, who is entrusted with what, what is without a lead."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.visits import factories
from tests.visits.factories import (
    JANUARY,
    SEPTEMBER,
    another_lead,
    assigned,
    ended,
    handed_over,
    logged,
    planned,
    published,
)

from hub_kernel.refusals import Refused
from hub_platform.database import Sessions
from hub_platform.paging import PageRequest
from hub_visits.domain import hand_overs as rules
from hub_visits.handlers import calendars
from hub_visits.models import Assignment, LeaderPost, Obligation, Visit
from hub_visits.queries import visits as visit_queries
from hub_visits.queries.assignments import AssignmentFilter, list_assignments
from hub_visits.queries.obligations import ObligationFilter, list_obligations
from hub_visits.queries.visits import VisitFilter
from hub_visits.store import hand_overs as store

MARCH = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


def owed_by(sessions: Sessions) -> dict[str, list[UUID]]:
    with sessions() as session:
        rows = session.scalars(select(Obligation).order_by(Obligation.half_term))
        found: dict[str, list[UUID]] = {}
        for row in rows:
            found.setdefault(row.half_term, []).append(row.pd_lead_id)
    return found


def test_each_half_term_is_owed_once_and_what_was_met_stays_met(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    visit = planned(sessions, first.id)
    logged(sessions, visit.id, now=datetime(2023, 9, 19, 15, 0, tzinfo=UTC))
    third = another_lead(sessions)
    now = datetime(2023, 9, 20, 9, 0, tzinfo=UTC)
    second = handed_over(sessions, first.id, other_id, on=date(2023, 9, 20), now=now).row
    handed_over(sessions, second.id, third, on=date(2023, 12, 18), now=now)
    assert owed_by(sessions) == {
        "2023-1": [other_id],  # the successor's, and met by the visit that Ada made
        "2023-2": [other_id],  # three school days of it remain for the third
        **{f"2023-{n}": [third] for n in range(3, 7)},
    }
    with sessions() as session:
        items, _ = list_obligations(session, PageRequest(), ObligationFilter(), now=now)
    assert [item.status for item in items] == ["met", *["open"] * 5]


def test_calendar_updates_every_assignment_of_a_chain(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    handed_over(sessions, first.id, other_id)
    with sessions.begin() as session:
        command = factories.set_calendar(
            "la:873",
            half_term_2=(date(2023, 10, 30), date(2024, 1, 26), []),
            half_term_3=(date(2024, 1, 29), date(2024, 2, 16), []),
        )
        calendars.set_calendar(session, command, expected=0, now=SEPTEMBER, by="admin")
    owed = owed_by(sessions)  # fifteen school days of autumn 2 are now left on the day of the hand-over
    assert owed == {"2023-1": [pd_lead_id], **{f"2023-{n}": [other_id] for n in range(2, 7)}}


def test_an_end_without_a_successor_leaves_visits_planned_and_half_terms_owed(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    on_the_day = planned(sessions, first.id, at=datetime(2024, 1, 8, 23, 59, tzinfo=UTC))
    after = planned(sessions, first.id, at=datetime(2024, 1, 9, tzinfo=UTC))
    view = ended(sessions, first.id, on=JANUARY)
    assert (view.without_lead_n, view.lead_until) == (1, JANUARY)
    [event] = published(sessions, "PDLeadUnassigned")
    assert (event.data["ended_on"], event.data["reason"]) == ("2024-01-08", "left")
    assert published(sessions, "VisitReassigned", "VisitCancelled") == []
    assert len(owed_by(sessions)) == 6
    with sessions() as session:
        rows = session.scalars(select(Visit)).all()
        assert {row.status for row in rows} == {"planned"}
        assert visit_queries.without_lead(session, rows, now=SEPTEMBER) == {after.id}
        later = datetime(2024, 1, 9, 9, 0, tzinfo=UTC)
        assert visit_queries.without_lead(session, rows, now=later) == {on_the_day.id, after.id}


def test_a_pd_lead_who_is_assigned_after_an_end_follows_and_takes_over(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    in_between = planned(sessions, first.id, at=datetime(2024, 1, 9, 9, 0, tzinfo=UTC))
    later = planned(sessions, first.id, at=MARCH)
    ended(sessions, first.id, on=JANUARY)
    with pytest.raises(Refused, match="already_assigned"):
        assigned(sessions, other_id, starts_on=JANUARY)
    second = assigned(sessions, other_id, starts_on=date(2024, 2, 26))
    assert (second.follows, second.chain_id) == (first.id, first.id)
    [event] = published(sessions, "VisitReassigned")
    assert event.subject == f"visits/{later.id}"
    owed = owed_by(sessions)
    assert [owed[f"2023-{n}"] for n in range(1, 7)] == [[pd_lead_id]] * 3 + [[other_id]] * 3
    with sessions() as session:
        rows = session.scalars(select(Visit)).all()
        assert visit_queries.without_lead(session, rows, now=SEPTEMBER) == {in_between.id}


def test_sql_conditions_agree_with_the_rules(sessions: Sessions, pd_lead_id: UUID, other_id: UUID) -> None:
    """Over a year with two hand-overs, an end, a gap and a new assignment."""
    third = another_lead(sessions)
    first = assigned(sessions, pd_lead_id)
    for month in range(1, 7):
        planned(sessions, first.id, at=datetime(2024, month, 12, 9, 0, tzinfo=UTC))
    planned(sessions, first.id, at=datetime(2023, 10, 2, 9, 0, tzinfo=UTC))
    second = handed_over(sessions, first.id, other_id).row
    last = handed_over(sessions, second.id, third, on=date(2024, 2, 26)).row
    ended(sessions, last.id, on=date(2024, 4, 1))
    assigned(sessions, pd_lead_id, starts_on=date(2024, 6, 3))
    other_school = assigned(sessions, other_id, programme="tfm_support", starts_on=date(2024, 5, 1))
    ended(sessions, other_school.id, on=date(2024, 5, 2))
    for week in range(60):
        today = date(2023, 8, 1) + timedelta(weeks=week, days=week % 7)
        now = datetime(today.year, today.month, today.day, 12, 0, tzinfo=UTC)
        with sessions() as session:
            rows = session.scalars(select(Assignment)).all()
            chains = store.chains_of(session, [row.id for row in rows])
            for lead_id in (pd_lead_id, other_id, third):
                expected = {
                    row.id
                    for row in rows
                    if rules.lead_of(store.tenure_of(row), chains[row.id], day=today) == lead_id
                }
                assert set(session.scalars(store.assignments_led_by(lead_id, today))) == expected, (
                    today,
                    lead_id,
                )
            found = session.scalars(
                visit_queries.select_visits(session, VisitFilter(without_lead=True), today=today)
            ).all()
            every = session.scalars(select(Visit)).all()
            assert {row.id for row in found} == visit_queries.without_lead(session, every, now=now), today
            kept = session.scalars(
                visit_queries.select_visits(session, VisitFilter(without_lead=False), today=today)
            ).all()
            assert len(kept) + len(found) == len(every)


@pytest.mark.parametrize(
    ("role_ends_on", "until"),
    [(date(2024, 8, 30), date(2024, 8, 30)), (date(2024, 8, 31), None), (None, None)],
)
def test_assignments_whose_leads_role_ends_before_the_year_are_listed(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID, role_ends_on: date | None, until: date | None
) -> None:
    first = assigned(sessions, pd_lead_id)
    kept = assigned(sessions, other_id, programme="tfm_support")
    with sessions.begin() as session:
        post = session.scalar(select(LeaderPost).where(LeaderPost.teacher_id == pd_lead_id))
        assert post is not None
        post.ends_on = role_ends_on
    with sessions() as session:
        views, _ = list_assignments(session, PageRequest(), AssignmentFilter(), now=SEPTEMBER)
        assert {view.row.id: view.lead_until for view in views} == {first.id: until, kept.id: None}
        lacking, _ = list_assignments(
            session, PageRequest(), AssignmentFilter(without_lead=True), now=SEPTEMBER
        )
        assert [view.row.id for view in lacking] == ([] if until is None else [first.id])
        others, _ = list_assignments(
            session, PageRequest(), AssignmentFilter(without_lead=False), now=SEPTEMBER
        )
        assert len(others) + len(lacking) == 2


def test_an_assignment_that_is_followed_is_not_listed_as_without_a_lead(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    second = handed_over(sessions, first.id, other_id).row
    with sessions() as session:
        assert (
            list_assignments(session, PageRequest(), AssignmentFilter(without_lead=True), now=SEPTEMBER)[0]
            == []
        )
    ended(sessions, second.id, on=date(2024, 2, 1))
    with sessions() as session:
        [view] = list_assignments(session, PageRequest(), AssignmentFilter(without_lead=True), now=SEPTEMBER)[
            0
        ]
    assert (view.row.id, view.lead_until) == (second.id, date(2024, 2, 1))


def test_an_assignment_handed_over_on_its_first_day_never_took_effect(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    planned(sessions, first.id, at=MARCH)
    second = handed_over(sessions, first.id, other_id, on=first.starts_on).row
    assert owed_by(sessions) == {f"2023-{n}": [other_id] for n in range(1, 7)}
    with sessions() as session:
        assert session.scalars(select(Visit.assignment_id)).all() == [second.id]
        for day in (date(2023, 9, 3), first.starts_on):
            found, _ = list_assignments(
                session, PageRequest(), AssignmentFilter(active_on=day), now=SEPTEMBER
            )
            assert [view.row.id for view in found] == ([second.id] if day == first.starts_on else [])
