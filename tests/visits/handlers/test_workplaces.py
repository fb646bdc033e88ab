"""Where a PD lead works: any order, any repeats, the same own school; R4, a move to a supported school."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.visits import factories
from tests.visits.factories import OTHER_SCHOOL, SCHOOL, assigned, published

from hub_contracts.enrolment import (
    MembershipCorrected,
    TeacherMerged,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_contracts.vocabulary import TeacherRole
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions
from hub_visits.handlers import schools
from hub_visits.store import schools as store

ADA = UUID("01920000-0000-7000-8000-00000000000a")


def registered(teacher_id: UUID, urn: str = OTHER_SCHOOL) -> TeacherRegistered:
    return TeacherRegistered(teacher_id=teacher_id, urn=urn, role=TeacherRole.CLASS_TEACHER)


def moved(
    teacher_id: UUID, to_urn: str, on: date = date(2023, 9, 1), from_urn: str | None = OTHER_SCHOOL
) -> TeacherMovedSchool:
    return TeacherMovedSchool(
        teacher_id=teacher_id, from_urn=from_urn, to_urn=to_urn, role=TeacherRole.CLASS_TEACHER, moved_on=on
    )


def corrected(
    teacher_id: UUID, from_urn: str, to_urn: str, present_urn: str, ends_on: date | None = None
) -> MembershipCorrected:
    return MembershipCorrected(
        teacher_id=teacher_id,
        membership_id=uuid4(),
        from_urn=from_urn,
        to_urn=to_urn,
        role=TeacherRole.CLASS_TEACHER,
        starts_on=date(2023, 9, 1),
        ends_on=ends_on,
        present_urn=present_urn,
        present_role=TeacherRole.CLASS_TEACHER,
    )


def tell(sessions: Sessions, *events: Any) -> None:
    with sessions.begin() as session:
        for revision, event in enumerate(events, 1):
            schools.on_workplace_changed(session, factories.delivered(event, revision))


@pytest.mark.parametrize("named", ["moved", "joined", "corrected"])
def test_a_pd_lead_who_works_at_a_supported_school_now_is_not_assigned_to_it(
    sessions: Sessions, pd_lead_id: UUID, named: str
) -> None:
    change: Any = {
        "moved": moved(pd_lead_id, SCHOOL),
        "joined": moved(pd_lead_id, SCHOOL, from_urn=None),
        "corrected": corrected(pd_lead_id, OTHER_SCHOOL, SCHOOL, SCHOOL),
    }[named]
    tell(sessions, registered(pd_lead_id), change)
    with pytest.raises(Refused) as refusal:
        assigned(sessions, pd_lead_id)
    assert (refusal.value.code, refusal.value.pointer) == ("own_school", "/pd_lead_id")
    assert published(sessions, "PDLeadAssigned") == []


@pytest.mark.parametrize(
    ("moved_on", "code"),
    [(date(2023, 9, 4), None), (date(2023, 9, 5), "own_school"), (date(2023, 9, 6), "own_school")],
)
def test_the_school_that_a_pd_lead_has_left_is_not_their_own_any_more(
    sessions: Sessions, pd_lead_id: UUID, moved_on: date, code: str | None
) -> None:
    """The assignment starts on 4 September; the last day at the old school is the day before the move."""
    tell(sessions, registered(pd_lead_id, SCHOOL), moved(pd_lead_id, "110700", moved_on, SCHOOL))
    if code is None:
        assigned(sessions, pd_lead_id)
        return
    with pytest.raises(Refused, match=code):
        assigned(sessions, pd_lead_id)


def test_a_school_of_a_record_that_was_merged_into_the_pd_leads_is_their_own(
    sessions: Sessions, pd_lead_id: UUID
) -> None:
    other = uuid4()
    tell(sessions, registered(other, SCHOOL))
    with sessions.begin() as session:
        merged = TeacherMerged(from_id=other, into_id=pd_lead_id)
        schools.on_teacher_merged(session, factories.delivered(merged, 2))
    with pytest.raises(Refused, match="own_school"):
        assigned(sessions, pd_lead_id)


HISTORY: list[tuple[int, Any]] = list(
    enumerate(
        [
            registered(ADA, "110001"),
            moved(ADA, "110002", date(2022, 9, 1), "110001"),
            moved(ADA, "110003", date(2022, 10, 1), None),
            corrected(ADA, "110001", "110004", "110003", ends_on=date(2022, 8, 31)),
            moved(ADA, "110001", date(2023, 9, 1), "110002"),
        ],
        1,
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(repeats=st.lists(st.sampled_from(HISTORY), max_size=4), data=st.data())
def test_any_order_any_repeats_same_workplaces(
    sessions: Sessions, repeats: list[tuple[int, Any]], data: st.DataObject
) -> None:
    with sessions.begin() as session:
        session.execute(text("TRUNCATE workplaces"))
        for revision, event in data.draw(st.permutations(HISTORY + repeats)):
            schools.on_workplace_changed(session, factories.delivered(event, revision))
    with sessions() as session:
        found = {each.urn: each.ends_on for each in store.workplaces_of(session, ADA)}
    assert found == {
        "110001": None,
        "110002": date(2023, 8, 31),
        "110003": None,
        "110004": date(2022, 8, 31),
    }
