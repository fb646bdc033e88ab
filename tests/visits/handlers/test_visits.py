"""A visit planned, logged or cancelled: saved together with its events, or not at all."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.visits import factories
from tests.visits.factories import SEPTEMBER, assigned, logged, planned, published

from hub_kernel.refusals import Conflict, Refused
from hub_platform.database import Sessions
from hub_visits.commands import CancelVisit
from hub_visits.handlers import visits
from hub_visits.store.visits import get_visit


def test_event_of_a_logged_visit_has_no_note(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id)
    visit = planned(sessions, assignment.id)
    logged(sessions, visit.id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    [event] = published(sessions, "VisitLogged")
    assert event.subject == f"visits/{visit.id}"
    assert event.revision == 2
    assert event.data == {
        "visit_id": str(visit.id),
        "assignment_id": str(assignment.id),
        "urn": factories.SCHOOL,
        "pd_lead_id": str(pd_lead_id),
        "happened_on": "2023-09-18",
        "half_term": "2023-1",
        "kind": "support",
        "half_days": 1,
        "focus": ["tfm", "reasoning"],
        "people_met_roles": ["headteacher", "maths_lead"],
        "actions_n": 1,
        "late": False,
        "out_of_term": False,
    }
    assert not any("calm" in str(row.data) or "bar models" in str(row.data) for row in published(sessions))


def test_department_pd_publishes_two_events(sessions: Sessions, pd_lead_id: UUID) -> None:
    assignment = assigned(sessions, pd_lead_id, kinds=["department_pd"])
    visit = planned(sessions, assignment.id, kind="department_pd")
    now = datetime(2023, 9, 18, 15, 0, tzinfo=UTC)
    with pytest.raises(Refused):
        logged(sessions, visit.id, now=now, staff_present=9, department_size=8)
    assert published(sessions, "VisitLogged", "DepartmentPDHeld") == []
    logged(sessions, visit.id, now=now, staff_present=7, department_size=8)
    assert [row.type for row in published(sessions)][-2:] == ["VisitLogged", "DepartmentPDHeld"]
    held = published(sessions, "DepartmentPDHeld")[0].data
    assert (held["staff_present"], held["department_size"], held["half_term"]) == (7, 8, "2023-1")


def test_a_refused_log_leaves_the_visit_planned(sessions: Sessions, pd_lead_id: UUID) -> None:
    visit = planned(sessions, assigned(sessions, pd_lead_id).id)
    with pytest.raises(Refused) as refusal:
        logged(sessions, visit.id, now=SEPTEMBER)  # happened_on lies in the future
    assert refusal.value.code == "in_future"
    with sessions() as session:
        row = get_visit(session, visit.id)
        assert (row.status, row.revision, row.actions) == ("planned", 1, [])
    assert published(sessions, "VisitLogged") == []


def test_a_visit_is_logged_once_and_not_cancelled_after(sessions: Sessions, pd_lead_id: UUID) -> None:
    visit = planned(sessions, assigned(sessions, pd_lead_id).id)
    now = datetime(2023, 9, 18, 15, 0, tzinfo=UTC)
    logged(sessions, visit.id, now=now)
    with pytest.raises(Conflict):
        logged(sessions, visit.id, now=now)
    with pytest.raises(Conflict), sessions.begin() as session:
        visits.cancel_visit(session, CancelVisit(visit_id=visit.id, reason="snow"), now=now, by="lead")
    assert len(published(sessions, "VisitLogged", "VisitCancelled")) == 1


def test_cancelled_visit_records_reason_and_author(sessions: Sessions, pd_lead_id: UUID) -> None:
    visit = planned(sessions, assigned(sessions, pd_lead_id).id)
    with sessions.begin() as session:
        row = visits.cancel_visit(
            session, CancelVisit(visit_id=visit.id, reason="snow"), now=SEPTEMBER, by="lead"
        )
        assert (row.status, row.changed_by, row.revision) == ("cancelled", "lead", 2)
    assert published(sessions, "VisitCancelled")[0].data["reason"] == "snow"
