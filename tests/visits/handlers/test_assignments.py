"""A change, its author and its events are saved together, or nothing is."""

import threading
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from tests.visits import factories
from tests.visits.factories import SEPTEMBER, assigned, planned, published

from hub_contracts.enrolment import SchoolClosed
from hub_kernel.refusals import Conflict, Refused, Stale, Unknown
from hub_platform.database import Sessions
from hub_visits.commands import ExcuseHalfTerm, PlanVisit
from hub_visits.handlers import calendars, obligations, schools, visits
from hub_visits.models import Assignment, Calendar, LeaderPost, Obligation, Visit
from hub_visits.queries import assignments as queries
from hub_visits.store import calendars as calendar_store
from hub_visits.store import visits as visit_store


def test_assignment_obligations_and_event_are_saved_together(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id, kinds=["visit", "department_pd"])
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Obligation)) == 12
    assert (assignment.ends_on, assignment.created_by) == (date(2024, 8, 31), "admin")
    [_, event] = published(sessions)  # the first is of the calendar
    assert (event.type, event.subject, event.revision) == (
        "PDLeadAssigned",
        f"assignments/{assignment.id}",
        1,
    )
    assert event.recorded_by == "admin"
    assert event.data["obligations"][1] == {
        "half_term": "2023-1",
        "kind": "visit",
        "starts_on": "2023-09-04",
        "ends_on": "2023-10-20",
    }
    assert len(event.data["obligations"]) == 12


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"urn": "999999"}, "unknown_school"),
        ({"pd_lead_id": uuid4()}, "unknown_pd_lead"),
        ({"starts_on": date(2030, 9, 2)}, "unknown_half_term"),
        ({"urn": factories.OTHER_SCHOOL}, "own_school"),
    ],
)
def test_a_refused_assignment_writes_nothing(
    sessions: Sessions, pd_lead_id: UUID, changes: dict[str, object], code: str
) -> None:
    with sessions.begin() as session:
        schools.on_school_changed(
            session,
            factories.delivered(factories.school_imported(urn=factories.OTHER_SCHOOL), 1),
            factories.CONTEXT,
        )
    with pytest.raises(Refused) as refusal:
        assigned(sessions, **({"pd_lead_id": pd_lead_id} | changes))  # type: ignore[arg-type]
    assert refusal.value.code == code
    with sessions() as session:
        assert session.scalars(select(Assignment)).all() == []
    assert published(sessions, "PDLeadAssigned") == []


def test_former_pd_lead_is_not_assigned(sessions: Sessions, pd_lead_id: UUID) -> None:
    with sessions.begin() as session:
        (post,) = session.scalars(select(LeaderPost))
        ended = factories.leader_ended(
            teacher_id=pd_lead_id, leader_role_id=post.leader_role_id, ended_on=date(2023, 9, 3)
        )
        schools.on_leader_changed(session, factories.delivered(ended, 2))
    with pytest.raises(Refused, match="pd_lead_ended"):
        assigned(sessions, pd_lead_id, starts_on=date(2023, 9, 4))


def test_a_school_has_one_pd_lead_for_a_programme_in_a_year(sessions: Sessions, pd_lead_id: UUID) -> None:
    assigned(sessions, pd_lead_id)
    with pytest.raises(Conflict) as refusal:
        assigned(sessions, pd_lead_id, starts_on=date(2024, 1, 4))
    assert refusal.value.code == "already_assigned"
    assigned(sessions, pd_lead_id, programme="tfm_support")


def test_of_two_assignments_at_the_same_time_one_is_refused(sessions: Sessions, pd_lead_id: UUID) -> None:
    outcomes: list[str] = []

    def assign() -> None:
        try:
            assigned(sessions, pd_lead_id)
            outcomes.append("assigned")
        except Conflict as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=assign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_assigned"] * 3 + ["assigned"]


@pytest.mark.parametrize("closed_by", ["event", "status"])
def test_a_closed_school_without_a_successor_is_refused(
    sessions: Sessions, pd_lead_id: UUID, closed_by: str
) -> None:
    with sessions.begin() as session:
        if closed_by == "event":
            event = SchoolClosed(urn=factories.SCHOOL)
            schools.on_school_closed(session, factories.delivered(event, 2), factories.CONTEXT)
        else:
            schools.on_school_changed(
                session, factories.delivered(factories.school_imported(status="closed"), 2), factories.CONTEXT
            )
    with pytest.raises(Refused) as refusal:
        assigned(sessions, pd_lead_id)
    assert refusal.value.code == "school_closed"


def test_a_visits_half_term_follows_from_the_most_specific_calendar(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    assignment = assigned(sessions, pd_lead_id)
    day = datetime(2023, 10, 23, 10, 0, tzinfo=UTC)  # holiday in the hub's calendar
    assert planned(sessions, assignment.id, at=day).half_term is None
    longer: dict[str, tuple[date, date, list[date]]] = {
        "half_term_1": (date(2023, 9, 4), date(2023, 10, 27), [])
    }
    for scope in ("la:873", "school:110623"):
        with sessions.begin() as session:
            command = factories.set_calendar(scope, **(longer if scope == "la:873" else {}))
            calendars.set_calendar(session, command, expected=0, now=SEPTEMBER, by="admin")
        expected = "2023-1" if scope == "la:873" else None
        assert planned(sessions, assignment.id, at=day).half_term == expected


def test_new_calendar_updates_and_publishes_obligations_once(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id, kinds=["visit", "department_pd"])
    with sessions.begin() as session:
        same = factories.set_calendar("la:873")
        calendars.set_calendar(session, same, expected=0, now=SEPTEMBER, by="admin")
    assert len(published(sessions, "PDLeadAssigned")) == 1  # nothing has changed for the school
    with sessions.begin() as session:
        short = factories.set_calendar("la:873", half_term_6=(date(2024, 6, 3), date(2024, 6, 7), []))
        calendars.set_calendar(session, short, expected=1, now=SEPTEMBER, by="admin")
    again = published(sessions, "PDLeadAssigned")[1]
    assert again.revision == 2
    assert {each["half_term"] for each in again.data["obligations"]} == {f"2023-{n}" for n in range(1, 6)}
    with sessions() as session:
        view = queries.get_assignment(session, assignment.id)
        assert {each.half_term for each in view.obligations} == {f"2023-{n}" for n in range(1, 6)}
        assert view.row.revision == 2


@pytest.mark.parametrize("expected", [None, 0, 2])
def test_stale_calendar_is_not_overwritten(
    sessions: Sessions, pd_lead_id: UUID, expected: int | None
) -> None:
    with pytest.raises(Stale), sessions.begin() as session:
        calendars.set_calendar(
            session, factories.set_calendar(), expected=expected, now=SEPTEMBER, by="admin"
        )
    with sessions() as session:
        assert session.scalars(select(Calendar.revision)).all() == [1]


def test_missing_records_are_unknown(sessions: Sessions, pd_lead_id: UUID) -> None:
    with sessions.begin() as session:
        with pytest.raises(Unknown):
            visit_store.get_visit(session, uuid4())
        with pytest.raises(Unknown):
            queries.get_assignment(session, uuid4())
        with pytest.raises(Unknown):
            calendar_store.get_calendar(session, "la:874", "2023/24")
        with pytest.raises(Refused) as refusal:
            command = PlanVisit(assignment_id=uuid4(), planned_at=SEPTEMBER, kind="support")
            visits.plan_visit(session, command, now=SEPTEMBER, by="admin")
    assert refusal.value.code == "unknown_assignment"
    with sessions() as session:
        assert session.scalars(select(Visit)).all() == []


def test_half_term_is_excused_once_and_only_with_an_obligation(sessions: Sessions, pd_lead_id: UUID) -> None:
    assigned(sessions, pd_lead_id)
    command = ExcuseHalfTerm(urn=factories.SCHOOL, half_term="2023-2", kind="visit", reason="ofsted")
    nothing_owed = ExcuseHalfTerm(
        urn=factories.SCHOOL, half_term="2023-2", kind="department_pd", reason="ofsted"
    )
    with sessions.begin() as session:
        obligations.excuse_half_term(session, command, now=SEPTEMBER, by="admin")
    for again, code in ((command, "already_excused"), (nothing_owed, "unknown_obligation")):
        with pytest.raises(Refused) as refusal, sessions.begin() as session:
            obligations.excuse_half_term(session, again, now=SEPTEMBER, by="admin")
        assert refusal.value.code == code
    [event] = published(sessions, "VisitObligationExcused")
    assert event.subject == f"obligations/{factories.SCHOOL}/2023-2"
    assert event.data["reason"] == "ofsted"
