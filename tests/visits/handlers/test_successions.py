"""A successor stands for a closed school, in every command and list of visits."""

import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.visits import factories
from tests.visits.factories import OTHER_SCHOOL, SCHOOL, assigned, logged, planned, published

from hub_contracts.enrolment import SchoolClosed, SchoolSucceeded
from hub_kernel.refusals import Conflict, Refused
from hub_platform.database import Sessions
from hub_platform.paging import PageRequest
from hub_visits.commands import ExcuseHalfTerm
from hub_visits.handlers import calendars, obligations
from hub_visits.queries.obligations import ObligationFilter, list_obligations
from hub_visits.queries.visits import VisitFilter, select_visits

SUCCESSOR, LATER_SUCCESSOR = "140001", "140002"
LAST_DAY = date(2023, 12, 31)
AUTUMN = datetime(2023, 11, 6, 9, tzinfo=UTC)
SPRING = datetime(2024, 1, 10, 9, tzinfo=UTC)


def succeed(
    sessions: Sessions, urn: str = SCHOOL, into: str = SUCCESSOR, *, last_day: date | None = LAST_DAY
) -> None:
    """A school closes and another one carries it on."""
    with sessions.begin() as session:
        factories.tell(session, SchoolClosed(urn=urn, close_date=last_day), 8)
        factories.tell(session, factories.school_imported(urn=into), 1)
        factories.tell(session, SchoolSucceeded(urn=urn, successor_urn=into, link_type="Successor"), 9)


def listed(sessions: Sessions, now: datetime, **wanted: Any) -> list[tuple[str, str, str, str]]:
    with sessions() as session:
        items, _ = list_obligations(session, PageRequest(), ObligationFilter(**wanted), now=now)
        return [(each.row.urn, each.row.standing_urn, each.row.half_term, each.status) for each in items]


def test_an_assignment_goes_on_at_the_successor(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id)
    before = planned(sessions, assignment.id, at=AUTUMN)
    logged(sessions, before.id, now=AUTUMN, happened_on=date(2023, 11, 6), actions=[])
    succeed(sessions)
    after = planned(sessions, assignment.id, at=SPRING)
    assert (before.urn, after.urn) == (SCHOOL, SUCCESSOR)
    logged(sessions, after.id, now=SPRING, happened_on=SPRING.date(), actions=[])
    assert [row.data["urn"] for row in published(sessions, "VisitLogged")] == [SCHOOL, SUCCESSOR]
    for urn in (SCHOOL, SUCCESSOR):
        found = listed(sessions, SPRING, urn=urn)
        assert {each[:2] for each in found} == {(SCHOOL, SUCCESSOR)}
        assert [each[2:] for each in found[:3]] == [
            ("2023-1", "missed"),
            ("2023-2", "met"),
            ("2023-3", "met"),
        ]
        with sessions() as session:
            rows = session.scalars(select_visits(session, VisitFilter(urn=urn), today=SPRING.date())).all()
        assert {row.id for row in rows} == {before.id, after.id}


def test_before_its_first_day_the_successor_is_another_school(sessions: Sessions, pd_lead_id: UUID) -> None:
    assigned(sessions, pd_lead_id)
    succeed(sessions)
    last = datetime(2023, 12, 31, 12, tzinfo=UTC)
    assert listed(sessions, last, urn=SUCCESSOR) == []
    assert {each[1] for each in listed(sessions, last, urn=SCHOOL)} == {SCHOOL}
    assert {each[1] for each in listed(sessions, datetime(2024, 1, 1, 12, tzinfo=UTC))} == {SUCCESSOR}


def test_a_visit_of_a_day_before_the_succession_that_is_logged_later_keeps_the_schools_urn(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    assignment = assigned(sessions, pd_lead_id)
    succeed(sessions)
    visit = planned(sessions, assignment.id, at=SPRING)
    logged(sessions, visit.id, now=SPRING, happened_on=LAST_DAY, actions=[])
    assert published(sessions, "VisitLogged")[0].data["urn"] == SCHOOL


@pytest.mark.parametrize("named", [SCHOOL, SUCCESSOR])
def test_school_has_one_pd_lead_under_any_of_its_urns(
    sessions: Sessions, pd_lead_id: UUID, named: str
) -> None:
    assigned(sessions, pd_lead_id)
    succeed(sessions)
    with pytest.raises(Conflict, match="already_assigned"):
        assigned(sessions, pd_lead_id, urn=named, now=SPRING)
    other = assigned(
        sessions, pd_lead_id, urn=named, programme="intensive", starts_on=SPRING.date(), now=SPRING
    )
    assert other.urn == SUCCESSOR


def test_of_two_assignments_at_the_same_time_that_name_both_urns_one_is_refused(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    succeed(sessions)
    outcomes: list[str] = []

    def assign(urn: str) -> None:
        try:
            outcomes.append(assigned(sessions, pd_lead_id, urn=urn, starts_on=SPRING.date(), now=SPRING).urn)
        except Conflict as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=assign, args=[urn]) for urn in (SCHOOL, SUCCESSOR) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [SUCCESSOR] + ["already_assigned"] * 5


def test_an_assignment_that_starts_before_the_succession_is_of_the_school_of_that_day(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    succeed(sessions)
    assert assigned(sessions, pd_lead_id, urn=SCHOOL, now=SPRING).urn == SCHOOL


def test_of_two_schools_that_merge_each_keeps_its_assignment_and_either_visit_counts(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    with sessions.begin() as session:
        factories.tell(session, factories.school_imported(urn="110624"), 1)
    one, other = (assigned(sessions, pd_lead_id, urn=urn) for urn in (SCHOOL, "110624"))
    for urn in (SCHOOL, "110624"):
        succeed(sessions, urn)
    visit = planned(sessions, one.id, at=SPRING)
    logged(sessions, visit.id, now=SPRING, happened_on=SPRING.date(), actions=[])
    with sessions.begin() as session:
        command = ExcuseHalfTerm(urn="110624", half_term="2023-4", kind="visit", reason="ofsted")
        assert obligations.excuse_half_term(session, command, now=SPRING, by="admin").urn == SUCCESSOR
    for urn in (SCHOOL, SUCCESSOR):
        again = ExcuseHalfTerm(urn=urn, half_term="2023-4", kind="visit", reason="snow")
        with pytest.raises(Conflict, match="already_excused"), sessions.begin() as session:
            obligations.excuse_half_term(session, again, now=SPRING, by="admin")
    found = listed(sessions, SPRING)
    for half_term, status in (("2023-3", "met"), ("2023-4", "excused")):
        assert {(each[0], each[3]) for each in found if each[2] == half_term} == {
            (SCHOOL, status),
            ("110624", status),
        }
    assert other.id != one.id


def test_where_merged_schools_had_other_dates_for_a_half_term_the_later_end_counts(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    """The tenth working day after 20 October is 3 November, after 25 October 8 November."""
    with sessions.begin() as session:
        factories.tell(session, factories.school_imported(urn="110624"), 1)
        later = factories.set_calendar(
            "school:110624", half_term_1=(date(2023, 9, 4), date(2023, 10, 25), [])
        )
        calendars.set_calendar(session, later, expected=0, now=AUTUMN, by="admin")
    for urn in (SCHOOL, "110624"):
        assigned(sessions, pd_lead_id, urn=urn)
        succeed(sessions, urn, last_day=date(2023, 10, 31))
    for day, status in ((8, "awaiting_log"), (9, "missed")):
        found = listed(sessions, datetime(2023, 11, day, 12, tzinfo=UTC), half_term="2023-1")
        assert {each[3] for each in found} == {status}


def test_a_chain_of_successors_is_one_school(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id)
    succeed(sessions)
    succeed(sessions, SUCCESSOR, LATER_SUCCESSOR, last_day=date(2024, 3, 31))
    assert planned(sessions, assignment.id, at=SPRING).urn == SUCCESSOR
    assert planned(sessions, assignment.id, at=datetime(2024, 5, 1, 9, tzinfo=UTC)).urn == LATER_SUCCESSOR


def test_a_school_that_closed_for_good_is_planned_for_until_its_last_day(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    assignment = assigned(sessions, pd_lead_id)
    with sessions.begin() as session:
        factories.tell(session, SchoolClosed(urn=SCHOOL, close_date=LAST_DAY), 8)
    assert planned(sessions, assignment.id, at=datetime(2023, 12, 31, 23, tzinfo=UTC)).urn == SCHOOL
    for refused in (
        lambda: planned(sessions, assignment.id, at=datetime(2024, 1, 1, 0, tzinfo=UTC)),
        lambda: assigned(sessions, pd_lead_id, programme="intensive", now=SPRING),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == "school_closed"


def test_unknown_successor_is_refused_for_now(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id)
    with sessions.begin() as session:
        factories.tell(session, SchoolClosed(urn=SCHOOL, close_date=LAST_DAY, successor_urn=SUCCESSOR), 8)
    with pytest.raises(Refused) as refusal:
        planned(sessions, assignment.id, at=SPRING)
    assert (refusal.value.code, SUCCESSOR in refusal.value.detail) == ("unknown_school", True)


def test_a_pd_lead_is_not_assigned_to_the_successor_of_their_own_school(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    """The PD lead was appointed at the other school, which the supported one carries on."""
    succeed(sessions, OTHER_SCHOOL, SCHOOL)
    assert assigned(sessions, pd_lead_id, starts_on=date(2023, 9, 5), now=AUTUMN).urn == SCHOOL
    with pytest.raises(Refused) as refusal:
        assigned(sessions, pd_lead_id, programme="intensive", now=SPRING)
    assert refusal.value.code == "own_school"


def test_the_trust_of_the_successor_of_the_own_school_is_the_own_trust(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    succeed(sessions, OTHER_SCHOOL, SUCCESSOR)
    with sessions.begin() as session:
        for urn in (SCHOOL, SUCCESSOR):
            factories.tell(session, factories.school_imported(urn=urn, trust_uid="3180"), 2)
    view = factories.assigning(sessions, pd_lead_id, now=SPRING)
    assert view.warnings == ["own_trust"]
