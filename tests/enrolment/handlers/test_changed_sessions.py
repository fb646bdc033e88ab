"""Commands about sessions, registers, tasks and lesson studies say who changed what, and change no more.

Two groups alike are there: only one of them, and what belongs to it, may change.
"""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment import steps
from tests.enrolment.changes import Case, assert_tracked, given, two
from tests.enrolment.factories import (
    BY,
    DAY,
    LATER,
    MEETS,
    MONTH,
    NOW,
    enrol,
    group,
    schools,
    teacher,
)

from hub_enrolment.commands.attendance import CorrectAttendance, ReceiveApologies
from hub_enrolment.commands.lesson_studies import PlanLessonStudy, ReviewLesson, TeachLesson
from hub_enrolment.commands.sessions import CancelSession, RescheduleSession, TakeRegister
from hub_enrolment.commands.tasks import ReportTask
from hub_enrolment.handlers import attendance, lesson_studies, sessions, tasks


def scheduled(session: Session) -> tuple[UUID, list[UUID]]:
    """The first of two sessions of a confirmed group, and the group's places."""
    _, places, ids = steps.running(session, sessions_n=2)
    return ids[0], places


def reschedule(session: Session) -> Case:
    session_id, _ = two(session, scheduled)
    command = RescheduleSession(
        session_id=session_id, starts_at=MEETS + DAY, ends_at=MEETS + DAY + DAY / 12, mode=None, host_urn=None
    )
    return Case(lambda: sessions.reschedule_session(session, command, **given()), {"sessions": 1})


def cancel_session(session: Session) -> Case:
    session_id, _ = two(session, scheduled)
    command = CancelSession(session_id=session_id, reason="weather")
    return Case(lambda: sessions.cancel_session(session, command, **given()), {"sessions": 1})


def take_register(session: Session) -> Case:
    """The first register of a confirmed group: it runs from then on."""
    at = MEETS + DAY
    session_id, places = two(session, scheduled)
    command = TakeRegister(session_id=session_id, held_on=None, marks=steps.marks(places))
    return Case(
        lambda: sessions.take_register(session, command, expected=0, **given(at)),
        {"sessions": 1, "work_groups": 1},
        at,
    )


def held(session: Session) -> tuple[UUID, list[UUID]]:
    """A session with a register, and the group's places."""
    session_id, places = scheduled(session)
    steps.register(session, session_id, steps.marks(places))
    return session_id, places


def replace_register(session: Session) -> Case:
    at = MEETS + 2 * DAY
    session_id, places = two(session, held)
    command = TakeRegister(session_id=session_id, held_on=None, marks=steps.marks(places, "absent"))
    return Case(
        lambda: sessions.take_register(session, command, expected=2, **given(at)),
        {"sessions": 1, "attendances": 3},
        at,
        touched="sessions",
    )


def correct_attendance(session: Session) -> Case:
    at = MEETS + MONTH
    session_id, places = two(session, held)
    command = CorrectAttendance(
        session_id=session_id,
        enrolment_id=places[0],
        mark="absent",
        notified_at=None,
        reason="register_mistake",
        note=None,
    )
    return Case(
        lambda: attendance.correct_attendance(session, command, **given(at)),
        {"sessions": 1, "attendances": 1},
        at,
        touched="sessions",
    )


def receive_apologies(session: Session) -> Case:
    session_id, places = two(session, scheduled)
    command = ReceiveApologies(session_id=session_id, enrolment_id=places[0], received_at=None)
    return Case(
        lambda: attendance.receive_apologies(session, command, **given()), {"sessions": 1}, touched="sessions"
    )


def reported(session: Session) -> tuple[UUID, UUID]:
    """A task of a group, and a place whose holder has tried it."""
    opened, places, (first, second) = steps.running(session, sessions_n=2)
    task = steps.put_task(session, opened.id, first, second)
    for place in places:
        steps.say(session, task.id, place, "tried")
    return task.id, places[0]


def report_task(session: Session) -> Case:
    task_id, place = two(session, reported)
    command = ReportTask(task_id=task_id, enrolment_id=place, status="reported", note=None, pupils_n=None)
    reporter = tasks.Reporter(may_go_back=False, expected=1)
    return Case(
        lambda: tasks.report_task(session, command, reporter, **given()),
        {"task_reports": 1},
    )


def lesson_study(session: Session, *, taught: bool) -> UUID:
    opened = group(session)
    (urn,) = schools(session)
    places = [enrol(session, opened.id, teacher(session, urn)) for _ in range(2)]
    command = PlanLessonStudy(
        work_group_id=opened.id,
        host_urn=urn,
        teacher_enrolment_id=places[0],
        planner_enrolment_ids=places,
        observer_enrolment_ids=[],
        focus="reasoning",
        lesson_at=NOW,
    )
    cycle_id = lesson_studies.plan_lesson_study(session, command, now=NOW, by=BY).row.id
    if taught:
        lesson_studies.teach_lesson(session, TeachLesson(cycle_id=cycle_id), now=LATER, by=BY)
    return cycle_id


def teach_lesson(session: Session) -> Case:
    command = TeachLesson(cycle_id=two(session, lambda session: lesson_study(session, taught=False)))
    return Case(lambda: lesson_studies.teach_lesson(session, command, **given()), {"lesson_studies": 1})


def review_lesson(session: Session) -> Case:
    cycle_id = two(session, lambda session: lesson_study(session, taught=True))
    command = ReviewLesson(cycle_id=cycle_id, learning_note="Bars help.")
    at = LATER + DAY
    return Case(
        lambda: lesson_studies.review_lesson(session, command, **given(at)), {"lesson_studies": 1}, at
    )


CASES = (
    reschedule,
    cancel_session,
    take_register,
    replace_register,
    correct_attendance,
    receive_apologies,
    report_task,
    teach_lesson,
    review_lesson,
)


@pytest.mark.parametrize("prepare", CASES, ids=lambda prepare: str(prepare.__name__).replace("_", " "))
def test_a_command_says_who_changed_what_and_when_and_changes_no_more(
    session: Session, prepare: Callable[[Session], Case]
) -> None:
    assert_tracked(session, prepare(session))
