"""A calendar, an assignment, a visit or an exemption changes what it is about and nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.support.changes import Changes, changes_of
from tests.visits import factories
from tests.visits.factories import LINTON_DATES, SEPTEMBER, assigned, planned

from hub_platform.database import Sessions
from hub_visits.commands import CancelVisit, ExcuseHalfTerm
from hub_visits.domain.assignments import Owed
from hub_visits.handlers import calendars, obligations, schools, visits
from hub_visits.models import Base
from hub_visits.queries import obligations as obligation_queries
from hub_visits.store import assignments as assignment_store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import obligations as obligation_store

SCHOOL, NEIGHBOUR, ELSEWHERE = factories.SCHOOL, "110624", "120001"
FIRST, LAST, OFF = LINTON_DATES[1]
LATER = SEPTEMBER + timedelta(days=1)
TERM_1 = "2023-1"
MOVED = (FIRST + timedelta(days=1), LAST, OFF)


@pytest.fixture(name="assignments")
def _assignments(sessions: Sessions, pd_lead_id: UUID) -> dict[str, UUID]:
    """Give three schools a PD lead: two in a trust of Cambridgeshire, one in Norfolk; each is owed twice."""
    with sessions.begin() as session:
        for urn, la_code, trust_uid in (
            (SCHOOL, "873", "3180"),
            (NEIGHBOUR, "873", "3181"),
            (ELSEWHERE, "926", None),
        ):
            told = factories.school_imported(urn=urn, la_code=la_code, trust_uid=trust_uid)
            schools.on_school_changed(session, factories.delivered(told, 2), factories.CONTEXT)
    return {
        urn: assigned(sessions, pd_lead_id, urn=urn, kinds=["visit", "department_pd"]).id
        for urn in (SCHOOL, NEIGHBOUR, ELSEWHERE)
    }


def done_by(sessions: Sessions, act: Callable[[Session], Any]) -> Changes:
    with sessions.begin() as session:
        return changes_of(session, Base.metadata.sorted_tables, lambda: act(session))


def urns_of(done: Changes, table: str) -> set[str]:
    rows = {row for row in done.changed | done.deleted | done.added if row[0] == table}
    return {str((done.after | done.before)[row]["urn"]) for row in rows}


@pytest.mark.parametrize(
    ("scope", "urns"),
    [
        ("hub", {SCHOOL, NEIGHBOUR, ELSEWHERE}),
        ("la:873", {SCHOOL, NEIGHBOUR}),
        ("la:926", {ELSEWHERE}),
        ("trust:3180", {SCHOOL}),
        (f"school:{NEIGHBOUR}", {NEIGHBOUR}),
    ],
)
def test_calendar_updates_obligations_of_schools_in_its_scope(
    sessions: Sessions, assignments: dict[str, UUID], scope: str, urns: set[str]
) -> None:
    command = factories.set_calendar(scope, half_term_1=MOVED)
    expected = 1 if scope == "hub" else 0
    done = done_by(
        sessions,
        lambda session: calendars.set_calendar(session, command, expected=expected, now=LATER, by="changer"),
    )
    assert urns_of(done, "assignments") == urns_of(done, "obligations") == urns
    for row in done.changed:
        if row[0] == "assignments":
            after = done.after[row]
            assert (after["revision"], after["changed_by"], after["changed_at"]) == (2, "changer", LATER)
        if row[0] == "obligations":
            assert row[1][1] == TERM_1, "the other half terms are as they were"


@pytest.mark.parametrize("scope", ["hub", "la:873", "la:926"])
def test_planning_goes_by_the_schools_own_calendar_whatever_others_have(
    sessions: Sessions, assignments: dict[str, UUID], scope: str
) -> None:
    """The Friday before the hub's first day is a school day where a calendar says so, and nowhere else."""
    early = date(2023, 9, 1)
    command = factories.set_calendar(scope, half_term_1=(early, LAST, OFF))
    with sessions.begin() as session:
        expected = 1 if scope == "hub" else 0
        calendars.set_calendar(session, command, expected=expected, now=LATER, by="admin")
    covered = {"hub": {SCHOOL, ELSEWHERE}, "la:873": {SCHOOL}, "la:926": {ELSEWHERE}}[scope]
    with sessions() as session:
        for urn in (SCHOOL, ELSEWHERE):
            first, *_ = calendar_store.calendars_of(session, factories.LINTON_YEAR, {urn}).half_terms(urn)
            assert first.starts_on == (early if urn in covered else FIRST)
            assert calendar_store.calendars_of(session, "2024/25", {urn}).half_terms(urn) == []


def test_a_calendar_of_another_year_is_another_calendar(
    sessions: Sessions, assignments: dict[str, UUID]
) -> None:
    with sessions() as session:
        assert calendar_store.find_calendar(session, "hub", factories.LINTON_YEAR) is not None
        assert calendar_store.find_calendar(session, "hub", "2024/25") is None
        assert calendar_store.find_calendar(session, "la:873", factories.LINTON_YEAR) is None
        assert assignment_store.lock_year(session, "2024/25") == []
        assert len(assignment_store.lock_year(session, factories.LINTON_YEAR)) == 3


def test_an_assignment_that_owes_less_loses_its_own_obligations_only(
    sessions: Sessions, assignments: dict[str, UUID]
) -> None:
    def owe_less(session: Session) -> None:
        row = assignment_store.find_assignment(session, assignments[SCHOOL])
        assert row is not None
        left = Owed(half_term="2023-2", kind="visit", starts_on=FIRST, ends_on=LAST)
        assignment_store.replace_obligations(session, row, [left])

    done = done_by(sessions, owe_less)
    assert urns_of(done, "obligations") == {SCHOOL}
    assert (len(done.deleted), len(done.changed)) == (11, 1)
    ((changed, after),) = ((row, done.after[row]) for row in done.changed)
    assert (after["starts_on"], after["ends_on"]) == (FIRST, LAST)
    assert changed[1][1:] == ("2023-2", "visit")


def test_assignment_without_half_terms_loses_all_obligations(
    sessions: Sessions, assignments: dict[str, UUID]
) -> None:
    def owe_nothing(session: Session) -> None:
        row = assignment_store.find_assignment(session, assignments[SCHOOL])
        assert row is not None
        assignment_store.replace_obligations(session, row, [])

    done = done_by(sessions, owe_nothing)
    assert urns_of(done, "obligations") == {SCHOOL}
    assert (len(done.deleted), done.changed, done.added) == (12, set(), set())


def test_obligations_belong_to_one_assignment(sessions: Sessions, assignments: dict[str, UUID]) -> None:
    with sessions() as session:
        for assignment_id in assignments.values():
            assert len(assignment_store.obligations_of(session, assignment_id)) == 12
        found = assignment_store.assignments_of
        [own] = found(session, {SCHOOL}, "opportunity_area", factories.LINTON_YEAR)
        assert own.id == assignments[SCHOOL]
        assert found(session, {"999999"}, "opportunity_area", factories.LINTON_YEAR) == []
        assert found(session, {SCHOOL}, "another", factories.LINTON_YEAR) == []
        assert found(session, {SCHOOL}, "opportunity_area", "2024/25") == []


def met(sessions: Sessions) -> dict[tuple[str, str, str], tuple[bool, bool, bool]]:
    """Of each obligation whether it is planned, met, excused."""
    with sessions() as session:
        at = obligation_queries.as_of(session, date(2024, 8, 31))
        return {
            (row.urn, row.half_term, row.kind): (row.planned, row.met, row.excused)
            for row in session.scalars(obligation_queries.select_obligations(at))
        }


def differing(before: dict[Any, Any], after: dict[Any, Any]) -> set[tuple[str, str, str]]:
    return {key for key in before if before[key] != after[key]}


def test_a_visit_counts_for_one_kind_of_obligation_of_one_school_in_one_half_term(
    sessions: Sessions, assignments: dict[str, UUID]
) -> None:
    before = met(sessions)
    visit = planned(sessions, assignments[SCHOOL])
    assert differing(before, met(sessions)) == {(SCHOOL, TERM_1, "visit")}
    assert met(sessions)[SCHOOL, TERM_1, "visit"] == (True, False, False)
    factories.logged(sessions, visit.id, now=SEPTEMBER + timedelta(days=20))
    assert differing(before, met(sessions)) == {(SCHOOL, TERM_1, "visit")}
    assert met(sessions)[SCHOOL, TERM_1, "visit"] == (False, True, False)


def test_an_exemption_excuses_one_school_in_one_half_term_of_one_kind(
    sessions: Sessions, assignments: dict[str, UUID]
) -> None:
    before = met(sessions)
    command = ExcuseHalfTerm(urn=SCHOOL, half_term=TERM_1, kind="visit", reason="ofsted")
    with sessions.begin() as session:
        obligations.excuse_half_term(session, command, now=SEPTEMBER, by="lead")
        assert obligation_store.find_exemption(session, {NEIGHBOUR}, TERM_1, "visit") is None
        assert obligation_store.lock_obligations(session, {SCHOOL}, TERM_1, "visit") == 1
        for key in (
            ({"999999"}, TERM_1, "visit"),
            ({SCHOOL}, "2024-1", "visit"),
            ({SCHOOL}, TERM_1, "other"),
        ):
            assert obligation_store.lock_obligations(session, *key) == 0
    assert differing(before, met(sessions)) == {(SCHOOL, TERM_1, "visit")}
    assert met(sessions)[SCHOOL, TERM_1, "visit"] == (False, False, True)


@pytest.mark.parametrize("outcome", ["logged", "cancelled"])
def test_only_the_changed_visit_records_time_and_author(
    sessions: Sessions, assignments: dict[str, UUID], outcome: str
) -> None:
    visit, _ = (planned(sessions, assignments[urn]) for urn in (SCHOOL, NEIGHBOUR))
    now = SEPTEMBER + timedelta(days=20)

    def act(session: Session) -> None:
        if outcome == "logged":
            visits.log_visit(session, factories.log_visit(visit.id), now=now, by="lead")
        else:
            visits.cancel_visit(session, CancelVisit(visit_id=visit.id, reason="illness"), now=now, by="lead")

    done = done_by(sessions, act)
    assert done.changed == {("visits", (visit.id,))}
    after = done.after["visits", (visit.id,)]
    assert (after["status"], after["revision"]) == (outcome, 2)
    assert (after["changed_by"], after["changed_at"]) == ("lead", now)
