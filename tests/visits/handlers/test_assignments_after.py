"""Which assignments a PD lead has after a day: what enrolment asks when the role ends."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.visits import factories
from tests.visits.factories import JANUARY, OTHER_SCHOOL, SEPTEMBER, assigned, ended, handed_over, planned

from hub_contracts.enrolment import TeacherMerged
from hub_platform.database import Sessions
from hub_visits.commands import CancelVisit
from hub_visits.handlers import schools, visits
from hub_visits.queries.assignments import assignments_after

DAY = timedelta(days=1)
LAST = date(2024, 3, 29)
MIDNIGHT = datetime(2024, 3, 30, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
YEARS_END = date(2024, 8, 31)


def after(sessions: Sessions, *pd_lead_ids: UUID, day: date = LAST) -> dict[UUID, int]:
    """The assignments of one person after a day, with the visits planned for later."""
    with sessions() as session:
        found = assignments_after(session, pd_lead_ids, day)
    return {one.assignment_id: one.planned_visits_n for one in found}


@pytest.mark.parametrize(
    ("day", "planned_n"),
    [
        (LAST - DAY, 3),
        (LAST, 2),
        (LAST + DAY, 1),
        (date(2024, 6, 1), 0),
    ],
)
def test_visits_count_that_are_planned_for_later_than_the_day(
    sessions: Sessions, pd_lead_id: UUID, day: date, planned_n: int
) -> None:
    row = assigned(sessions, pd_lead_id)
    for at in (MIDNIGHT - INSTANT, MIDNIGHT, MIDNIGHT + 35 * DAY):
        planned(sessions, row.id, at=at)
    off = planned(sessions, row.id, at=MIDNIGHT + 70 * DAY)
    with sessions.begin() as session:
        visits.cancel_visit(session, CancelVisit(visit_id=off.id, reason="snow"), now=SEPTEMBER, by="lead")
    assert after(sessions, pd_lead_id, day=day) == {row.id: planned_n}


@pytest.mark.parametrize(
    ("day", "is_returned"), [(YEARS_END - DAY, True), (YEARS_END, False), (YEARS_END + DAY, False)]
)
def test_assignment_is_returned_until_its_last_day(
    sessions: Sessions, pd_lead_id: UUID, day: date, is_returned: bool
) -> None:
    row = assigned(sessions, pd_lead_id)
    assert after(sessions, pd_lead_id, day=day) == ({row.id: 0} if is_returned else {})


def test_ended_assignment_is_returned_until_its_last_day(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    first = assigned(sessions, pd_lead_id)
    planned(sessions, first.id, at=MIDNIGHT)
    second = handed_over(sessions, first.id, other_id).row
    assert after(sessions, pd_lead_id, day=JANUARY - 2 * DAY) == {first.id: 0}
    assert after(sessions, pd_lead_id, day=JANUARY - DAY) == {}
    assert after(sessions, other_id) == {second.id: 1}
    ended(sessions, second.id, on=LAST)
    assert after(sessions, other_id, day=LAST - DAY) == {second.id: 1}
    assert after(sessions, other_id) == {}, "its visits are listed without a lead already"


def test_assignment_handed_over_on_its_first_day_is_not_returned(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    row = assigned(sessions, pd_lead_id, starts_on=JANUARY)
    handed_over(sessions, row.id, other_id, on=JANUARY)
    assert after(sessions, pd_lead_id, day=JANUARY - 2 * DAY) == {}


def test_assignments_of_merged_records_are_the_persons_and_those_of_others_are_not(
    sessions: Sessions, pd_lead_id: UUID, other_id: UUID
) -> None:
    bystander, left = factories.another_lead(sessions), uuid4()
    with sessions.begin() as session:
        schools.on_leader_changed(
            session, factories.delivered(factories.leader_appointed(teacher_id=left, urn="110999"), 1)
        )
        factories.tell(session, factories.school_imported(urn=OTHER_SCHOOL), 1)
    first = assigned(sessions, pd_lead_id)
    second = assigned(sessions, left, urn=OTHER_SCHOOL)
    assigned(sessions, bystander, programme="tfm_support")
    third = assigned(sessions, other_id, programme="intensive")
    with sessions.begin() as session:
        schools.on_teacher_merged(
            session, factories.delivered(TeacherMerged(from_id=pd_lead_id, into_id=left), 1)
        )
    both = {first.id: 0, second.id: 0}
    assert after(sessions, left) == both
    assert after(sessions, left, pd_lead_id) == both
    # Enrolment names all records, also of a merger whose event has not arrived yet.
    assert after(sessions, left, other_id) == both | {third.id: 0}
    assert after(sessions, uuid4()) == {}
