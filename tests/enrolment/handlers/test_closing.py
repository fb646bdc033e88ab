"""A group runs, is evaluated and closes, with those who completed it."""

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    DAY,
    HELD_ON,
    MEETS,
    MONTH,
    enrol,
    events,
    fill,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.steps import confirm, marks, move, put_task, register, running, say, shut

from hub_enrolment.commands.sessions import CancelSession
from hub_enrolment.handlers import sessions
from hub_enrolment.models import Enrolment, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def test_a_group_is_evaluated_after_its_last_session(session: Session) -> None:
    opened, places, ids = running(session, sessions_n=2)
    register(session, ids[0], marks(places))
    assert opened.status == "running"
    register(session, ids[1], marks(places))
    assert opened.status == "evaluating"
    meeting(session, opened.id, starts_at=MEETS + 3 * MONTH)
    assert opened.status == "running"


def test_a_group_whose_sessions_left_are_cancelled_is_evaluated(session: Session) -> None:
    opened, places, ids = running(session, sessions_n=2)
    register(session, ids[0], marks(places))
    sessions.cancel_session(
        session, CancelSession(session_id=ids[1], reason="weather"), now=MEETS + DAY, by=BY
    )
    assert opened.status == "evaluating"


def test_a_group_that_met_before_it_was_confirmed_runs_at_once(session: Session) -> None:
    opened = group(session)
    places = fill(session, opened.id, teachers_n=1, schools_n=1)
    first, _ = (meeting(session, opened.id, starts_at=MEETS + n * MONTH).id for n in (0, 1))
    register(session, first, marks(places))
    assert (opened.status, opened.confirmed_at) == ("running", None)
    confirm(session, opened.id, "a small group for a test")
    assert opened.status == "running"


def test_who_came_to_three_of_four_sessions_completes(session: Session) -> None:
    opened, places, ids = running(session)
    for session_id, words in zip(
        ids, (("present", "late"), ("absent", "absent"), ("present", "apologies")), strict=False
    ):
        register(session, session_id, marks(places, *words))
    register(session, ids[3], marks(places))
    before = len(events(session))
    shut(session, opened.id)
    told = events(session)[before:]
    assert told[0] == (
        "WorkGroupClosed",
        {
            "work_group_id": str(opened.id),
            "teachers_n": 3,
            "schools_n": 3,
            "completed_n": 2,
            "evaluation_submitted_on": str(HELD_ON + 4 * MONTH),
        },
    )
    assert {type_ for type_, _ in told[1:]} == {"ParticipantCompleted"}
    assert {data["enrolment_id"] for _, data in told[1:]} == {str(places[0]), str(places[2])}
    assert {data["completed_on"] for _, data in told[1:]} == {str(HELD_ON + 5 * MONTH)}
    assert [session.get_one(Enrolment, place).status for place in places] == [
        "completed",
        "not_completed",
        "completed",
    ]
    assert (opened.status, opened.closed_by) == ("closed", BY)
    with pytest.raises(Refused, match="not_evaluating"):
        shut(session, opened.id)


def test_who_did_not_report_on_a_task_that_was_due_does_not_complete(session: Session) -> None:
    opened, places, ids = running(session, sessions_n=2)
    task = put_task(session, opened.id, ids[0], ids[1])
    for place, status in zip(places, ("reported", "tried"), strict=False):
        say(session, task.id, place, status)
    for session_id in ids:
        register(session, session_id, marks(places))
    shut(session, opened.id)
    assert [session.get_one(Enrolment, place).status for place in places] == [
        "completed",
        "not_completed",
        "not_completed",
    ]


def test_a_programme_may_do_without_tasks(session: Session) -> None:
    opened = group(session, of={"tasks_required": False, "min_attendance_percent": 50})
    places = fill(session, opened.id, teachers_n=2, schools_n=1)
    confirm(session, opened.id, "a small group for a test")
    ids = [meeting(session, opened.id, starts_at=MEETS + n * MONTH).id for n in range(2)]
    put_task(session, opened.id, ids[0], ids[1])
    register(session, ids[0], marks(places, "absent"))
    register(session, ids[1], marks(places))
    shut(session, opened.id)
    assert len(events(session, "ParticipantCompleted")) == 2


def test_who_moved_here_brings_the_sessions_of_the_group_before(session: Session) -> None:
    left, (place, *rest), held = running(session, sessions_n=3)
    joined = group(session, programme_id=left.programme_id)
    native = enrol(session, joined.id, teacher(session, schools(session)[0]))
    confirm(session, joined.id, "a small group for a test")
    ids = [meeting(session, joined.id, starts_at=MEETS + n * MONTH + DAY).id for n in range(2)]
    register(session, held[0], marks([place, *rest]))
    moved = move(session, place, joined.id)
    register(session, ids[0], marks([native, moved.id], "absent", "absent"))
    register(session, ids[1], marks([native, moved.id]))
    shut(session, joined.id)
    assert session.get_one(Enrolment, native).status == "not_completed"
    assert session.get_one(Enrolment, moved.id).status == "completed"


def test_a_refused_closure_changes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        opened, places, ids = running(session, sessions_n=1)
        register(session, ids[0], marks(places))
        before = events(session)
    with pytest.raises(Refused, match="evaluation_before_last_session"), database.begin() as session:
        shut(session, opened.id, submitted_on=HELD_ON - DAY)
    with database() as session:
        assert (session.get_one(WorkGroup, opened.id).status, events(session)) == ("evaluating", before)
        assert session.get_one(Enrolment, places[0]).status == "active"
