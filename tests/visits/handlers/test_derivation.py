"""Recalculation after a calendar, a change of trust or authority, or a succession."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.visits import factories
from tests.visits.factories import LINTON_DATES, SCHOOL, assigned, logged, planned, published

from hub_contracts.enrolment import SchoolClosed, SchoolSucceeded
from hub_platform.database import Sessions
from hub_visits.commands import GivenHalfTerm, SetCalendar
from hub_visits.handlers import calendars, schools
from hub_visits.models import Visit
from hub_visits.queries import assignments as queries
from hub_visits.store import visits as visit_store

SUCCESSOR = "140001"
LATER = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)
FIRST_OF_SUMMER = date(2024, 4, 15)  # in the hub's calendar; five days later in the others
SHORTER_SUMMER: Any = {"half_term_5": (date(2024, 4, 20), *LINTON_DATES[5][1:])}


def set_calendar(sessions: Sessions, scope: str, *, expected: int = 0, **dates: Any) -> None:
    with sessions.begin() as session:
        command = factories.set_calendar(scope, **dates)
        calendars.set_calendar(session, command, expected=expected, now=LATER, by="admin")


def visited(sessions: Sessions, assignment_id: UUID, day: date, *, logged_at: datetime) -> UUID:
    """A visit that was planned for a day, and logged."""
    visit = planned(sessions, assignment_id, at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
    logged(sessions, visit.id, now=logged_at, happened_on=day, actions=[])
    return visit.id


def found(sessions: Sessions, visit_id: UUID) -> tuple[str | None, bool, bool]:
    with sessions() as session:
        row = session.get_one(Visit, visit_id)
        return row.half_term, row.out_of_term, row.late


def recalculated_events(sessions: Sessions) -> list[tuple[str, int, dict[str, Any]]]:
    return [(row.subject, row.revision, row.data) for row in published(sessions, "VisitRecalculated")]


def test_a_visit_follows_the_schools_own_calendar_that_is_set_after_it_was_logged(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    assignment_id = assigned(sessions, pd_lead_id).id
    at = datetime(2024, 4, 16, 15, tzinfo=UTC)
    visit_id = visited(sessions, assignment_id, FIRST_OF_SUMMER, logged_at=at)
    ahead = planned(sessions, assignment_id, at=datetime(2024, 4, 17, 10, tzinfo=UTC))
    unchanged = visited(sessions, assignment_id, date(2024, 4, 22), logged_at=LATER)
    assert found(sessions, visit_id) == ("2023-5", False, False)

    set_calendar(sessions, f"school:{SCHOOL}", **SHORTER_SUMMER)
    assert found(sessions, visit_id) == found(sessions, ahead.id) == (None, True, False)
    told = {"urn": SCHOOL, "out_of_term": True, "late": False}
    expected = [
        (f"visits/{visit_id}", 3, {"visit_id": str(visit_id), **told}),
        (f"visits/{ahead.id}", 2, {"visit_id": str(ahead.id), **told}),
    ]
    assert sorted(recalculated_events(sessions)) == sorted(expected)
    assert len(published(sessions, "VisitLogged")) == 2
    again = published(sessions, "PDLeadAssigned")[-1].data["obligations"][4]
    assert (again["half_term"], again["starts_on"]) == ("2023-5", "2024-04-20")
    with sessions() as session:
        row = visit_store.get_visit(session, visit_id)
        assert (row.revision, row.changed_by, row.changed_at) == (3, "admin", LATER)
        assert visit_store.get_visit(session, unchanged).revision == 2

    set_calendar(sessions, f"school:{SCHOOL}", expected=1)
    assert found(sessions, visit_id) == found(sessions, ahead.id) == ("2023-5", False, False)
    assert len(recalculated_events(sessions)) == 4


def test_lateness_follows_the_day_on_which_the_visit_was_logged(sessions: Sessions, pd_lead_id: UUID) -> None:
    """The tenth working day after 20 October is 3 November; after 18 October it is 1 November."""
    assignment_id = assigned(sessions, pd_lead_id).id
    at = datetime(2023, 11, 3, 15, tzinfo=UTC)
    visit_id = visited(sessions, assignment_id, date(2023, 10, 17), logged_at=at)
    assert found(sessions, visit_id) == ("2023-1", False, False)
    set_calendar(sessions, "la:873", half_term_1=(date(2023, 9, 4), date(2023, 10, 18), []))
    assert found(sessions, visit_id) == ("2023-1", False, True)
    assert [data["late"] for _, _, data in recalculated_events(sessions)] == [True]


@pytest.mark.parametrize(
    ("logged_on", "late"), [(date(2026, 1, 5), False), (date(2026, 1, 7), False), (date(2026, 1, 8), True)]
)
def test_bank_holidays_are_left_out_of_the_ten_working_days(
    sessions: Sessions, pd_lead_id: UUID, logged_on: date, late: bool
) -> None:
    """A visit of 19 December 2025, the last day of the half term: the tenth working day is 7 January."""
    half_terms = [
        GivenHalfTerm(n=1, starts_on=date(2025, 9, 3), ends_on=date(2025, 10, 24), non_school_days=[]),
        GivenHalfTerm(n=2, starts_on=date(2025, 11, 3), ends_on=date(2025, 12, 19), non_school_days=[]),
    ]
    with sessions.begin() as session:
        command = SetCalendar(scope="hub", academic_year="2025/26", half_terms=half_terms)
        calendars.set_calendar(session, command, expected=0, now=LATER, by="admin")
    assignment_id = assigned(sessions, pd_lead_id, starts_on=date(2025, 9, 3)).id
    at = datetime(logged_on.year, logged_on.month, logged_on.day, 12, tzinfo=UTC)
    visit_id = visited(sessions, assignment_id, date(2025, 12, 19), logged_at=at)
    assert found(sessions, visit_id) == ("2025-2", False, late)


@pytest.mark.parametrize("scope", ["trust:3180", "la:926"])
def test_a_visit_follows_a_change_of_trust_or_authority_from_its_day_on(
    sessions: Sessions, pd_lead_id: UUID, scope: str
) -> None:
    """The school belongs to both from 1 January 2024: what was before keeps its calendar."""
    both: Any = {"half_term_1": (date(2023, 9, 20), *LINTON_DATES[1][1:]), **SHORTER_SUMMER}
    set_calendar(sessions, scope, **both)
    assignment_id = assigned(sessions, pd_lead_id).id
    before = visited(sessions, assignment_id, date(2023, 9, 18), logged_at=LATER)
    after = visited(sessions, assignment_id, FIRST_OF_SUMMER, logged_at=LATER)
    change = factories.school_imported(
        la_code="926",
        trust_uid="3180",
        trust_since=date(2024, 1, 1),
        source_file_date=date(2024, 1, 1) if scope == "la:926" else date(2024, 6, 1),
    )
    with sessions.begin() as session:
        schools.on_school_changed(
            session, factories.delivered(change, 2), replace(factories.CONTEXT, now=LATER)
        )
    assert found(sessions, before)[0] == "2023-1"
    assert found(sessions, after) == (None, True, False)
    assert [data["visit_id"] for _, _, data in recalculated_events(sessions)] == [str(after)]
    with sessions() as session:
        owed = queries.get_assignment(session, assignment_id).obligations
    assert [each.starts_on.day for each in owed if each.half_term in {"2023-1", "2023-5"}] == [4, 20]


SUCCESSION: list[Any] = [
    (2, SchoolClosed(urn=SCHOOL, close_date=date(2023, 12, 31))),
    (3, SchoolSucceeded(urn=SCHOOL, successor_urn=SUCCESSOR, link_type="Successor")),
    (1, factories.school_imported(urn=SUCCESSOR)),
]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0), (1, 2, 0)])
def test_successors_calendar_applies_in_any_order_of_events(
    sessions: Sessions, pd_lead_id: UUID, order: tuple[int, ...]
) -> None:
    both: Any = {"half_term_1": (date(2023, 9, 20), *LINTON_DATES[1][1:]), **SHORTER_SUMMER}
    set_calendar(sessions, f"school:{SUCCESSOR}", **both)
    assignment_id = assigned(sessions, pd_lead_id).id
    before = visited(sessions, assignment_id, date(2023, 9, 18), logged_at=LATER)
    after = visited(sessions, assignment_id, FIRST_OF_SUMMER, logged_at=LATER)
    for number in order:
        revision, event = SUCCESSION[number]
        with sessions.begin() as session:
            factories.tell(session, event, revision)
    assert found(sessions, before)[0] == "2023-1"
    assert found(sessions, after) == (None, True, False)
    with sessions() as session:
        owed = queries.get_assignment(session, assignment_id).obligations
    assert [each.starts_on.day for each in owed if each.half_term in {"2023-1", "2023-5"}] == [4, 20]


def test_a_visit_that_is_logged_while_a_calendar_is_set_follows_the_calendar(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    """Whichever of the two comes first, the other one waits for it."""
    assignment_id = assigned(sessions, pd_lead_id).id
    at = datetime(2024, 4, 15, 10, tzinfo=UTC)
    ids = [planned(sessions, assignment_id, at=at).id for _ in range(6)]

    def log(visit_id: UUID) -> None:
        logged(sessions, visit_id, now=at, happened_on=FIRST_OF_SUMMER, actions=[])

    threads = [threading.Thread(target=log, args=[visit_id]) for visit_id in ids]
    setting = threading.Thread(
        target=set_calendar, args=[sessions, f"school:{SCHOOL}"], kwargs=dict(SHORTER_SUMMER)
    )
    for thread in (*threads[:3], setting, *threads[3:]):
        thread.start()
    for thread in (*threads, setting):
        thread.join()
    assert {found(sessions, visit_id) for visit_id in ids} == {(None, True, False)}


def test_school_without_a_calendar_keeps_its_obligations_and_visits(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    with sessions.begin() as session:
        told = factories.school_imported(urn="110700", trust_uid="3180")
        schools.on_school_changed(session, factories.delivered(told, 1), factories.CONTEXT)
        command = factories.set_calendar("trust:3180")
        next_year = SetCalendar(
            scope="trust:3180",
            academic_year="2024/25",
            half_terms=[
                GivenHalfTerm(n=1, starts_on=date(2024, 9, 4), ends_on=date(2024, 10, 25), non_school_days=[])
            ],
        )
        for one in (command, next_year):
            calendars.set_calendar(session, one, expected=0, now=LATER, by="admin")
    assignment_id = assigned(sessions, pd_lead_id, urn="110700", starts_on=date(2024, 9, 4)).id
    visit = planned(sessions, assignment_id, at=datetime(2024, 9, 10, 9, tzinfo=UTC))
    with sessions.begin() as session:
        told = factories.school_imported(urn="110700", source_file_date=date(2024, 9, 1))
        schools.on_school_changed(session, factories.delivered(told, 2), factories.CONTEXT)
    assert found(sessions, visit.id) == ("2024-1", False, False)
    assert recalculated_events(sessions) == []
