"""A closed school that is named on a day on which another one stands for it is taken for that one."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    MEETS,
    NOW,
    TODAY,
    events,
    schools,
    teacher,
)
from tests.enrolment.register_files import urn
from tests.enrolment.successions import EARLIER, FIRST_DAY, LAST_DAY, SUMMER, Pair, pair, posts

from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.commands.pd_days import HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.commands.schools import ConnectSchool
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.handlers import memberships, moves, pd_days
from hub_enrolment.handlers import schools as school_handlers
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.models import PDDayAttendance, PDDayRegistration, SchoolMembership
from hub_enrolment.store import teachers as store
from hub_kernel.refusals import Refused

DAY = timedelta(days=1)
EITHER = pytest.mark.parametrize("named", ["old", "new"])


@pytest.fixture(name="both")
def _both(session: Session) -> Pair:
    """Two schools that are one since 1 September, and a teacher, Ada, who was at the first before."""
    return pair(session)


def place_at(session: Session, group_id: UUID, teacher_id: UUID, named: str | None) -> str:
    command = EnrolParticipant(work_group_id=group_id, teacher_id=teacher_id, role="participant", urn=named)
    return enrol_participant(session, command, now=NOW, by=BY).urn


@EITHER
def test_a_teacher_is_registered_at_the_standing_school(session: Session, both: Pair, named: str) -> None:
    both.close(session)
    ada = teacher(session, getattr(both, named))
    assert posts(session, ada) == [(both.new, TODAY, None)]
    assert events(session, "TeacherRegistered")[-1][1]["urn"] == both.new


def test_a_closed_school_that_is_not_here_is_taken_for_its_successor(session: Session) -> None:
    (new,) = schools(session)
    stranger = Pair(urn(), new)
    stranger.close(session, link=True)
    assert posts(session, teacher(session, stranger.old)) == [(new, TODAY, None)]


def test_a_closed_school_whose_successor_is_not_here_is_refused_and_names_it(session: Session) -> None:
    (old,) = schools(session)
    Pair(old, "149998").close(session)
    with pytest.raises(Refused, match="school_not_open") as caught:
        teacher(session, old)
    assert "149998" in caught.value.detail


def test_on_its_last_day_it_is_the_closed_school_itself(session: Session, both: Pair) -> None:
    last_day = datetime(2025, 8, 31, 12, tzinfo=UTC)
    both.close(session, now=last_day)
    assert posts(session, teacher(session, both.old, now=last_day))[0][0] == both.old
    assert posts(session, teacher(session, both.old, now=last_day + DAY))[0][0] == both.new


def move(session: Session, teacher_id: UUID, from_urn: str | None, to_urn: str, moved_on: date) -> None:
    command = MoveTeacher(
        teacher_id=teacher_id,
        from_urn=from_urn,
        to_urn=to_urn,
        role="other",
        moved_on=moved_on,
        keep_email=True,
    )
    moves.move_teacher(session, command, now=NOW, by=BY)


@EITHER
def test_a_teacher_leaves_the_successor_by_either_number(session: Session, both: Pair, named: str) -> None:
    ada, (other,) = teacher(session, both.old, now=EARLIER), schools(session)
    both.close(session)
    move(session, ada, getattr(both, named), other, TODAY)
    assert posts(session, ada)[-2:] == [(both.new, FIRST_DAY, TODAY - DAY), (other, TODAY, None)]


@EITHER
def test_a_teacher_who_left_as_the_school_closed_was_never_at_the_successor(
    session: Session, both: Pair, named: str
) -> None:
    ada, (other,) = teacher(session, both.old, now=EARLIER), schools(session)
    both.close(session)
    move(session, ada, getattr(both, named), other, FIRST_DAY)
    assert posts(session, ada) == [(both.old, SUMMER, LAST_DAY), (other, FIRST_DAY, None)]
    event = events(session, "TeacherMovedSchool")[-1][1]
    assert (event["from_urn"], event["to_urn"], "reason" in event) == (both.new, other, False)


@pytest.mark.parametrize(
    ("moved_on", "expected"),
    [
        (FIRST_DAY, [("new", FIRST_DAY, None)]),
        (LAST_DAY, [("old", LAST_DAY, LAST_DAY), ("new", FIRST_DAY, None)]),
    ],
)
def test_a_move_to_a_closed_school_goes_on_at_its_successor(
    session: Session, both: Pair, moved_on: date, expected: list[tuple[str, date, date | None]]
) -> None:
    (left,) = schools(session)
    ada = teacher(session, left, now=EARLIER)
    both.close(session)
    move(session, ada, left, both.old, moved_on)
    assert posts(session, ada)[1:] == [(getattr(both, name), *days) for name, *days in expected]


def test_a_move_from_a_school_to_its_successor_is_none(session: Session, both: Pair) -> None:
    ada = teacher(session, both.old, now=EARLIER)
    both.close(session)
    with pytest.raises(Refused, match="same_school"):
        move(session, ada, both.old, both.new, TODAY)


def test_a_membership_that_is_corrected_to_a_closed_school_goes_on_at_its_successor(
    session: Session, both: Pair
) -> None:
    (wrong,) = schools(session)
    ada = teacher(session, wrong)
    both.close(session)
    row = session.scalars(select(SchoolMembership).where(SchoolMembership.teacher_id == ada)).one()
    changes = {"urn": both.old, "starts_on": date(2024, 9, 1)}
    command = CorrectMembership(
        teacher_id=ada, membership_id=row.id, changes=changes, reason="Typed wrongly.", also_places=[]
    )
    memberships.correct_membership(session, command, expected=1, now=NOW, by=BY)
    assert posts(session, ada) == [(both.old, date(2024, 9, 1), LAST_DAY), (both.new, FIRST_DAY, None)]


@pytest.mark.parametrize(("on", "school"), [(LAST_DAY, "old"), (FIRST_DAY, "new")])
def test_a_contact_is_of_the_school_that_stood_on_its_day(
    session: Session, both: Pair, on: date, school: str
) -> None:
    both.close(session)
    command = ConnectSchool(urn=both.old, connected_on=on, via="enquiry")
    connected, _ = school_handlers.connect_school(session, command, now=NOW, by=BY)
    assert connected.urn == getattr(both, school)


@EITHER
def test_a_list_of_teachers_finds_all_of_a_school(session: Session, both: Pair, named: str) -> None:
    people = {teacher(session, both.old, now=EARLIER), teacher(session, both.new, given="Emmy")}
    both.close(session)
    urns = school_handlers.numbers_of(session, getattr(both, named), now=NOW)
    assert {one.id for one in session.scalars(store.list_teachers(urns=urns))} == people


@EITHER
def test_a_pd_day_counts_for_the_successor(session: Session, both: Pair, named: str) -> None:
    ada = teacher(session, both.old, now=EARLIER)
    opened = OpenPDDay(
        kind="pd_day",
        theme="number",
        title=None,
        on=MEETS.date(),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    day = pd_days.open_pd_day(session, opened, now=NOW, by=BY)
    if named == "old":  # registered before the school closed
        _register(session, day.id, ada, both.old)
    both.close(session)
    if named == "new":  # the closed school is still named
        _register(session, day.id, ada, both.old)
        assert session.get_one(PDDayRegistration, (day.id, ada)).urn == both.new
    command = HoldPDDay(pd_day_id=day.id, teacher_ids=[ada])
    pd_days.hold_pd_day(session, command, expected=1, now=MEETS, by=BY)
    assert session.get_one(PDDayAttendance, (day.id, ada)).urn == both.new


def _register(session: Session, day_id: UUID, teacher_id: UUID, named: str) -> None:
    command = RegisterForPDDay(pd_day_id=day_id, teacher_id=teacher_id, urn=named)
    pd_days.register_for_pd_day(session, command, now=NOW, by=BY)
