"""Replacing a PD lead: the end, the successor and its visits are saved together, or nothing is."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

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

from hub_kernel.refusals import Refused, Unknown
from hub_platform.database import Sessions
from hub_visits.commands import CancelVisit, HandOver
from hub_visits.handlers import hand_overs, visits
from hub_visits.models import Assignment, Visit

BEFORE = datetime(2024, 1, 7, 23, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2024, 1, 8, tzinfo=UTC)
MARCH = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


def visits_of(sessions: Sessions) -> dict[datetime, tuple[UUID, UUID]]:
    with sessions() as session:
        rows = session.scalars(select(Visit))
        return {row.planned_at: (row.assignment_id, row.pd_lead_id) for row in rows}


# Long: what one hand-over saves and announces, in one place.
def test_hand_over_saves_and_publishes_everything_together(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id, kinds=["visit", "department_pd"])
    for at in (SEPTEMBER, BEFORE, MIDNIGHT, MARCH):
        planned(sessions, first.id, at=at)
    view = handed_over(sessions, first.id, other_id)
    second = view.row
    assert (second.follows, second.starts_on, second.ends_on) == (first.id, JANUARY, date(2024, 8, 31))
    assert (second.programme, second.kinds, view.reassigned_n) == (first.programme, first.kinds, 2)
    with sessions() as session:
        row = session.get_one(Assignment, first.id)
        assert (row.ends_on, row.end_reason, row.changed_by) == (date(2024, 1, 7), "workload", "admin")
    assert visits_of(sessions) == {
        SEPTEMBER: (first.id, pd_lead_id),
        BEFORE: (first.id, pd_lead_id),
        MIDNIGHT: (second.id, other_id),
        MARCH: (second.id, other_id),
    }
    events = published(sessions, "PDLeadAssigned", "PDLeadUnassigned", "VisitReassigned")
    assert [event.type for event in events] == [
        "PDLeadAssigned",
        "PDLeadAssigned",
        "PDLeadUnassigned",
        "PDLeadAssigned",
        "VisitReassigned",
        "VisitReassigned",
    ]
    _, reduced, unassigned, announced, *moved = events
    assert reduced.subject == unassigned.subject == f"assignments/{first.id}"
    assert unassigned.data == {
        "assignment_id": str(first.id),
        "urn": factories.SCHOOL,
        "pd_lead_id": str(pd_lead_id),
        "programme": "opportunity_area",
        "ended_on": "2024-01-07",
        "reason": "workload",
    }
    assert (announced.subject, announced.data["follows"]) == (f"assignments/{second.id}", str(first.id))
    owed = [each["half_term"] for each in (*reduced.data["obligations"], *announced.data["obligations"])]
    assert owed == [f"2023-{n}" for n in range(1, 7) for _ in range(2)]
    assert [event.data["planned_at"] for event in moved] == ["2024-01-08T00:00:00Z", "2024-03-05T09:00:00Z"]
    assert moved[0].data | {"visit_id": "", "planned_at": ""} == {
        "visit_id": "",
        "urn": factories.SCHOOL,
        "from_pd_lead_id": str(pd_lead_id),
        "to_pd_lead_id": str(other_id),
        "assignment_id": str(second.id),
        "planned_at": "",
        "kind": "support",
    }


def test_logged_and_cancelled_visits_keep_their_pd_lead(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    held, off = planned(sessions, first.id), planned(sessions, first.id, at=MARCH)
    logged(sessions, held.id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    with sessions.begin() as session:
        visits.cancel_visit(session, CancelVisit(visit_id=off.id, reason="snow"), now=SEPTEMBER, by="lead")
    handed_over(sessions, first.id, other_id)
    assert set(visits_of(sessions).values()) == {(first.id, pd_lead_id)}
    assert published(sessions, "VisitReassigned") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": date(2023, 9, 3)}, "before_assignment"),
        ({"on": date(2024, 9, 1)}, "after_assignment"),
        ({"pd_lead_id": uuid4()}, "unknown_pd_lead"),
        ({"pd_lead_id": "ended"}, "pd_lead_ended"),
        ({"pd_lead_id": "own"}, "own_school"),
        ({"pd_lead_id": "same"}, "same_pd_lead"),
        ({"on": date(2023, 9, 18)}, "visits_logged_since"),
        ({"assignment_id": uuid4()}, "unknown_assignment"),
    ],
)
def test_a_refused_hand_over_writes_nothing(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID, change: dict[str, Any], code: str
) -> None:
    people = {
        "ended": another_lead(sessions, ends_on=JANUARY - timedelta(days=1)),
        "own": another_lead(sessions, urn=factories.SCHOOL),
        "same": pd_lead_id,
    }
    first = assigned(sessions, pd_lead_id)
    logged(sessions, planned(sessions, first.id).id, now=datetime(2023, 9, 18, 15, 0, tzinfo=UTC))
    planned(sessions, first.id, at=MARCH)
    facts: dict[str, Any] = {
        "assignment_id": first.id,
        "pd_lead_id": other_id,
        "on": JANUARY,
        "reason": "absence",
    } | change
    facts["pd_lead_id"] = people.get(facts["pd_lead_id"], facts["pd_lead_id"])
    before = len(published(sessions))
    with pytest.raises(Refused) as refusal, sessions.begin() as session:
        hand_overs.hand_over(session, HandOver(**facts), now=SEPTEMBER, by="admin")
    assert refusal.value.code == code
    assert len(published(sessions)) == before
    with sessions() as session:
        assert session.scalars(select(Assignment.end_reason)).all() == [None]
    assert set(visits_of(sessions).values()) == {(first.id, pd_lead_id)}


def test_an_assignment_that_has_ended_is_not_ended_or_handed_over_again(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    second = handed_over(sessions, first.id, other_id).row
    third = another_lead(sessions)
    with pytest.raises(Refused, match="already_ended"):
        handed_over(sessions, first.id, third)
    with pytest.raises(Refused, match="already_ended"):
        ended(sessions, first.id, on=JANUARY)
    handed_over(sessions, second.id, third, on=date(2024, 2, 1))
    with pytest.raises(Unknown, match="unknown_assignment"):
        ended(sessions, uuid4(), on=JANUARY)


def test_a_closed_school_gets_no_successor_and_its_assignment_can_be_ended(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    with sessions.begin() as session:
        factories.tell(session, factories.school_imported(status="closed"), 2)
    with pytest.raises(Refused, match="school_closed"):
        handed_over(sessions, first.id, other_id)
    assert ended(sessions, first.id, on=JANUARY).row.end_reason == "left"


def test_two_hand_overs_at_the_same_time_leave_one_successor(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    planned(sessions, first.id, at=MARCH)
    outcomes: list[str] = []

    def hand_over() -> None:
        try:
            handed_over(sessions, first.id, other_id)
            outcomes.append("handed over")
        except Refused as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=hand_over) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already_ended"] * 2 + ["handed over"]
    assert len(published(sessions, "VisitReassigned")) == 1
