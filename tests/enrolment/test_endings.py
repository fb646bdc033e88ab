"""How a group ends: cancelled with all that hangs on it, or closed with those who completed it."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    MEETS,
    NOW,
    enrol,
    events,
    fill,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.test_groups_in_use import confirm, withdraw
from tests.enrolment.test_registers import marks
from tests.enrolment.test_tasks import put_task, say
from tests.enrolment.test_transfers import move

from hub_enrolment.commands.sessions import CancelSession, TakeRegister
from hub_enrolment.commands.work_groups import CancelWorkGroup, CloseWorkGroup
from hub_enrolment.domain.endings import CANCELLED_FOR, cancel, close
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.domain.work_groups import STATUSES
from hub_enrolment.handlers import endings, sessions
from hub_enrolment.models import Enrolment, GroupSession, WorkGroup
from hub_platform.database import Sessions

DAY, MONTH = timedelta(days=1), timedelta(days=28)
HELD_ON = MEETS.date()


@pytest.mark.parametrize("status", STATUSES)
def test_a_group_is_cancelled_before_it_has_met(status: str) -> None:
    if status in {"draft", "recruiting", "confirmed", "at_risk"}:
        assert cancel(status, None, "funding") is True
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel(status, None, "funding")


@given(known=st.sampled_from(CANCELLED_FOR), reason=st.sampled_from(CANCELLED_FOR))
def test_a_cancelled_group_keeps_its_reason(known: str, reason: str) -> None:
    if reason == known:
        assert cancel("cancelled", known, reason) is False
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel("cancelled", known, reason)


def closing(status: str = "evaluating", on: date = HELD_ON, today: date = HELD_ON + 7 * DAY) -> str:
    try:
        close(status, evaluation_submitted_on=on, last_held_on=HELD_ON, today=today)
    except Refused as refusal:
        return refusal.code
    return "closes"


@pytest.mark.parametrize("status", [one for one in STATUSES if one != "evaluating"])
def test_only_a_group_that_is_evaluated_closes(status: str) -> None:
    assert closing(status) == "not_evaluating"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "evaluation_before_last_session"),
        (0, "closes"),
        (7, "closes"),
        (8, "evaluation_in_future"),
    ],
)
def test_an_evaluation_is_submitted_from_the_last_session_until_today(days: int, said: str) -> None:
    assert closing(on=HELD_ON + days * DAY) == said


def call_off(session: Session, group_id: UUID, reason: str = "too_few_teachers") -> None:
    command = CancelWorkGroup(work_group_id=group_id, reason=reason)
    endings.cancel_work_group(session, command, now=NOW + DAY, by=BY)


def test_what_hangs_on_a_cancelled_group_ends_with_it(session: Session) -> None:
    opened = group(session)
    gone, *places = fill(session, opened.id, teachers_n=3, schools_n=2)
    withdraw(session, gone)
    session_id = meeting(session, opened.id).id
    before = len(events(session))
    call_off(session, opened.id)
    told = events(session)[before:]
    assert [type_ for type_, _ in told] == [
        "WorkGroupCancelled",
        "SessionCancelled",
        *["ParticipantWithdrawn"] * 2,
    ]
    assert told[0][1] == {
        "work_group_id": str(opened.id),
        "reason": "too_few_teachers",
        "teachers_n": 2,
        "schools_n": 2,
    }
    assert (told[1][1]["session_id"], told[1][1]["reason"]) == (str(session_id), "work_group_cancelled")
    assert {(data["enrolment_id"], data["reason"], data["cause"]) for _, data in told[2:]} == {
        (str(place), "other", "group_cancelled") for place in places
    }
    assert (opened.status, opened.cancelled_reason, opened.cancelled_by) == (
        "cancelled",
        "too_few_teachers",
        BY,
    )
    assert session.get_one(GroupSession, session_id).status == "cancelled"
    saved = session.scalars(select(Enrolment).where(Enrolment.work_group_id == opened.id))
    assert {(one.status, one.withdrawn_reason) for one in saved} == {
        ("withdrawn", "workload"),
        ("withdrawn", "group_cancelled"),
    }
    call_off(session, opened.id)
    assert len(events(session)) == before + len(told)


def test_of_a_cancelled_draft_nobody_is_told(session: Session) -> None:
    drafted = group(session, draft=True)
    before = events(session)
    call_off(session, drafted.id)
    assert (drafted.status, events(session)) == ("cancelled", before)


def test_a_group_that_has_met_is_not_cancelled(database: Sessions) -> None:
    with database.begin() as session:
        opened, places, ids = running(session)
        register(session, ids[0], marks(places))
        before = events(session)
    with pytest.raises(Refused, match="not_cancellable"), database.begin() as session:
        call_off(session, opened.id)
    with pytest.raises(Refused, match="unknown_work_group"), database.begin() as session:
        call_off(session, uuid4())
    with database() as session:
        assert (session.get_one(WorkGroup, opened.id).status, events(session)) == ("running", before)


def running(session: Session, sessions_n: int = 4) -> tuple[WorkGroup, list[UUID], list[UUID]]:
    """A confirmed group with its places, and its sessions a month apart."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=3, schools_n=3)
    confirm(session, opened.id, "a small group for a test")
    ids = [meeting(session, opened.id, starts_at=MEETS + n * MONTH).id for n in range(sessions_n)]
    return opened, places, ids


def register(session: Session, session_id: UUID, given_marks: list[Mark]) -> None:
    met = session.get_one(GroupSession, session_id)
    command = TakeRegister(session_id=session_id, held_on=None, marks=given_marks)
    sessions.take_register(session, command, expected=met.revision, now=met.starts_at + DAY, by=BY)


def shut(session: Session, group_id: UUID, *, submitted_on: date = HELD_ON + 4 * MONTH) -> None:
    command = CloseWorkGroup(work_group_id=group_id, evaluation_submitted_on=submitted_on)
    endings.close_work_group(session, command, now=MEETS + 5 * MONTH, by=BY)


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
    assert opened.status == "recruiting"
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
