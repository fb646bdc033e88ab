"""A group that has met runs, confirmed or not; an ended one accepts corrections only."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, MEETS, MONTH, events, fill, group, meeting
from tests.enrolment.steps import call_off, confirm, marks, put_task, register, running, shut

from hub_enrolment.commands.attendance import CorrectAttendance, ReceiveApologies
from hub_enrolment.commands.lesson_studies import PlanLessonStudy
from hub_enrolment.commands.sessions import CancelSession
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.handlers import attendance, lesson_studies, sessions
from hub_enrolment.models import Enrolment, GroupSession, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def met(session: Session, sessions_n: int = 2) -> tuple[WorkGroup, list[UUID], list[UUID]]:
    """A group that was never confirmed and has the register of its first session."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=3, schools_n=3)
    ids = [meeting(session, opened.id, starts_at=MEETS + n * MONTH).id for n in range(sessions_n)]
    register(session, ids[0], marks(places))
    return opened, places, ids


def test_it_runs_from_its_first_register_and_is_not_cancelled_any_more(database: Sessions) -> None:
    with database.begin() as session:
        opened, _, _ = met(session)
        assert (opened.status, opened.confirmed_at) == ("running", None)
        before = events(session)
    with pytest.raises(Refused, match="not_cancellable"), database.begin() as session:
        call_off(session, opened.id)
    with database() as session:
        assert events(session) == before


def test_it_may_still_recruit_and_get_more_sessions(session: Session) -> None:
    opened, _, _ = met(session, sessions_n=1)
    fill(session, opened.id, teachers_n=1, schools_n=1)
    meeting(session, opened.id, starts_at=MEETS + MONTH)
    assert opened.status == "running"


def test_it_is_closed_once_no_session_is_left(session: Session) -> None:
    opened, places, ids = met(session)
    with pytest.raises(Refused, match="not_evaluating"):
        shut(session, opened.id)
    command = CancelSession(session_id=ids[1], reason="weather")
    sessions.cancel_session(session, command, now=MEETS + DAY, by=BY)
    shut(session, opened.id)
    assert {session.get_one(Enrolment, place).status for place in places} == {"completed"}


def test_it_is_confirmed_afterwards_and_goes_on(session: Session) -> None:
    opened, _, _ = met(session)
    with pytest.raises(Refused, match="too_few_teachers"):
        confirm(session, opened.id)
    confirm(session, opened.id, "It has met already.")
    assert (opened.status, opened.override_reason) == ("running", "It has met already.")
    with pytest.raises(Refused, match="already_confirmed"):
        confirm(session, opened.id, "again")


def test_its_last_session_held_it_is_confirmed_too(session: Session) -> None:
    opened, _, _ = met(session, sessions_n=1)
    confirm(session, opened.id, "It has met already.")
    assert (opened.status, len(events(session, "WorkGroupConfirmed"))) == ("evaluating", 1)
    with pytest.raises(Refused, match="not_recruiting"):
        confirm(session, opened.id, "again")


def begun(session: Session) -> tuple[UUID, UUID, list[UUID]]:
    """A cancelled group whose first session had begun, and has no register."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    first = meeting(session, opened.id, starts_at=MEETS - 18 * DAY)
    call_off(session, opened.id)
    assert session.get_one(GroupSession, first.id).status == "scheduled"
    return opened.id, first.id, places


@pytest.mark.parametrize("what", ["register", "apologies", "task", "lesson study"])
def test_of_a_cancelled_group_nothing_new_is_noted(database: Sessions, what: str) -> None:
    with database.begin() as session:
        group_id, session_id, places = begun(session)
        before = events(session)
    with pytest.raises(Refused, match="work_group_over"), database.begin() as session:
        if what == "register":
            register(session, session_id, marks(places))
        elif what == "apologies":
            command = ReceiveApologies(session_id=session_id, enrolment_id=places[0], received_at=None)
            attendance.receive_apologies(session, command, now=MEETS - 18 * DAY, by=BY)
        elif what == "task":
            put_task(session, group_id, session_id, session_id)
        else:
            plan(session, group_id, places)
    with database() as session:
        assert events(session) == before


def test_a_closed_group_takes_no_other_register_but_corrections_at_once(session: Session) -> None:
    opened, places, (first,) = running(session, sessions_n=1)
    register(session, first, marks(places))
    shut(session, opened.id, submitted_on=(MEETS + DAY).date())
    held = session.get_one(GroupSession, first)  # the register is a day old
    held.starts_at, held.ends_at = MEETS + 5 * MONTH - DAY, MEETS + 5 * MONTH
    session.flush()
    with pytest.raises(Refused, match="work_group_over"):
        register(session, first, marks(places, "absent"))
    with pytest.raises(Refused, match="work_group_over"):
        plan(session, opened.id, places)
    command = CorrectAttendance(
        session_id=first,
        enrolment_id=places[0],
        mark="absent",
        notified_at=None,
        reason="register_mistake",
        note=None,
    )
    attendance.correct_attendance(session, command, now=MEETS + 5 * MONTH, by=BY)
    assert len(events(session, "AttendanceCorrected")) == 1


def plan(session: Session, group_id: UUID, places: list[UUID]) -> None:
    """Plan a lesson study of a participant at their school."""
    command = PlanLessonStudy(
        work_group_id=group_id,
        host_urn=session.get_one(Enrolment, places[0]).urn,
        teacher_enrolment_id=places[0],
        planner_enrolment_ids=[places[0]],
        observer_enrolment_ids=[],
        focus="reasoning",
        lesson_at=MEETS - 18 * DAY,
    )
    lesson_studies.plan_lesson_study(session, command, now=MEETS, by=BY)


def test_a_mark_of_an_open_register_is_still_sent_again_and_not_corrected(session: Session) -> None:
    opened, places, ids = met(session)
    command = CorrectAttendance(
        session_id=ids[0],
        enrolment_id=places[0],
        mark="absent",
        notified_at=None,
        reason="register_mistake",
        note=None,
    )
    with pytest.raises(Refused, match="register_open"):
        attendance.correct_attendance(session, command, now=MEETS + DAY, by=BY)
    register(session, ids[0], [Mark(enrolment_id=one, mark="late") for one in places])
    assert opened.status == "running"
