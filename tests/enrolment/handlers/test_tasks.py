"""Classroom tasks: between which sessions and by whom, saved with their events."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, MEETS, NOW, events, fill, group, meeting
from tests.enrolment.steps import put_task, say

from hub_contracts.vocabulary import TaskStatus
from hub_enrolment.commands.sessions import CancelSession
from hub_enrolment.domain.tasks import STATUSES, Report, check_report
from hub_enrolment.handlers import sessions
from hub_enrolment.models import ClassroomTask, TaskReport
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

WEEK, DAY = timedelta(days=7), timedelta(days=1)


def ready(session: Session) -> tuple[UUID, UUID, UUID, list[UUID]]:
    """A group, two sessions in their order, and two places."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    first, second = (meeting(session, opened.id, starts_at=MEETS + n * 4 * WEEK).id for n in (0, 1))
    return opened.id, first, second, places


def test_task_is_published_without_its_prompt(session: Session) -> None:
    group_id, first, second, _ = ready(session)
    task = put_task(session, group_id, first, second)
    ((_, told),) = events(session, "ClassroomTaskSet")
    assert told == {
        "task_id": str(task.id),
        "work_group_id": str(group_id),
        "set_in_session_id": str(first),
        "due_before_session_id": str(second),
    }


def test_a_refused_task_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        group_id, first, second, _ = ready(session)
        other = meeting(session, group(session).id, starts_at=MEETS + 9 * WEEK).id
        dropped = meeting(session, group_id, starts_at=MEETS + 9 * WEEK).id
        gone = CancelSession(session_id=dropped, reason="weather")
        sessions.cancel_session(session, gone, now=NOW, by=BY)
    for set_in, due, code, pointer in (
        (second, first, "due_before_set", "/due_before_session_id"),
        (first, first, "due_before_set", "/due_before_session_id"),
        (first, other, "session_of_other_group", "/due_before_session_id"),
        (uuid4(), second, "session_of_other_group", "/set_in_session_id"),
        (first, dropped, "session_cancelled", "/due_before_session_id"),
    ):
        with pytest.raises(Refused) as caught, database.begin() as session:
            put_task(session, group_id, set_in, due)
        assert (caught.value.code, caught.value.pointer) == (code, pointer)
    with database() as session:
        assert session.scalar(select(func.count(ClassroomTask.id))) == 0
        assert events(session, "ClassroomTaskSet") == []


def test_each_status_is_published_once_and_a_note_never(session: Session) -> None:
    group_id, first, second, (ada, _) = ready(session)
    task_id = put_task(session, group_id, first, second).id
    say(session, task_id, ada, "tried")
    say(session, task_id, ada, "tried", expected=7)
    noted = say(session, task_id, ada, "tried", expected=1, note="Bars helped.", pupils_n=28)
    assert (noted.revision, noted.note, noted.pupils_n, noted.changed_by) == (2, "Bars helped.", 28, BY)
    say(session, task_id, ada, "discussed", expected=2)
    assert [data for _, data in events(session, "TaskReported")] == [
        {"task_id": str(task_id), "work_group_id": str(group_id), "enrolment_id": str(ada), "status": status}
        for status in ("tried", "discussed")
    ]


@pytest.mark.parametrize("expected", [0, 2, None])
def test_a_report_that_was_not_seen_is_not_overwritten(session: Session, expected: int | None) -> None:
    group_id, first, second, (ada, _) = ready(session)
    task_id = put_task(session, group_id, first, second).id
    say(session, task_id, ada, "tried")
    with pytest.raises(Refused, match="stale"):
        say(session, task_id, ada, "reported", expected=expected)


def test_a_refused_report_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        group_id, first, second, (ada, _) = ready(session)
        task_id = put_task(session, group_id, first, second).id
        (elsewhere,) = fill(session, group(session).id, teachers_n=1, schools_n=1)
        say(session, task_id, ada, "reported")
    for place, status, expected, code in (
        (elsewhere, "tried", 0, "not_on_task"),
        (ada, "tried", 1, "status_backwards"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            say(session, task_id, place, status, expected=expected)
    with database() as session:
        assert session.scalars(select(TaskReport.status)).all() == ["reported"]
        assert len(events(session, "TaskReported")) == 1


def test_hub_staff_put_a_status_back(session: Session) -> None:
    group_id, first, second, (ada, _) = ready(session)
    task_id = put_task(session, group_id, first, second).id
    say(session, task_id, ada, "discussed")
    assert say(session, task_id, ada, "tried", expected=1, may_go_back=True).status == "tried"


@given(known=st.sampled_from(TaskStatus), asked=st.sampled_from(TaskStatus), may_go_back=st.booleans())
def test_a_status_goes_on_or_hub_staff_put_it_back(
    known: TaskStatus, asked: TaskStatus, may_go_back: bool
) -> None:
    before, after = (Report(status=status, note=None, pupils_n=None) for status in (known, asked))
    if may_go_back or STATUSES.index(asked) >= STATUSES.index(known):
        check_report(before, after, may_go_back=may_go_back)
    else:
        with pytest.raises(Refused, match="status_backwards"):
            check_report(before, after, may_go_back=may_go_back)
