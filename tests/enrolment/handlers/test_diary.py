"""The diary of a group: series, moves and cancellations, saved with their events, or nothing."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, MEETS, NOW, events, fill, group, meeting, schools

from hub_contracts.vocabulary import SessionCancellationReason
from hub_enrolment.commands.series import ScheduleSeries
from hub_enrolment.commands.sessions import CancelSession, RescheduleSession, TakeRegister
from hub_enrolment.domain.series import Weekly
from hub_enrolment.domain.sessions import TO_COME, Mark, Meeting, SessionStatus, cancel, reschedule
from hub_enrolment.handlers import series, sessions
from hub_enrolment.models import GroupSession
from hub_enrolment.steps.sessions import cancel_sessions
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

WEEK = timedelta(days=7)
HOURS = timedelta(hours=3)


def plan(session: Session, group_id: UUID, **changes: Any) -> series.Scheduled:
    values: dict[str, Any] = {
        "pattern": Weekly(every=2, weekday="wednesday"),
        "first_on": date(2025, 10, 8),
        "count": 3,
        "until": None,
        "starts": time(13, 30),
        "ends": time(16, 0),
        "mode": "online",
        "host_urn": None,
        "skip": [],
        "dry_run": False,
    }
    command = ScheduleSeries(work_group_id=group_id, **values | changes)
    return series.schedule_series(session, command, now=NOW, by=BY)


def move(session: Session, session_id: UUID, **changes: Any) -> GroupSession:
    values: dict[str, Any] = {"starts_at": MEETS + WEEK, "mode": None, "host_urn": None} | changes
    values.setdefault("ends_at", values["starts_at"] + HOURS)
    command = RescheduleSession(session_id=session_id, **values)
    return sessions.reschedule_session(session, command, now=NOW, by=BY)


def call_off(session: Session, session_id: UUID, reason: str = "weather") -> GroupSession:
    return sessions.cancel_session(
        session, CancelSession(session_id=session_id, reason=reason), now=NOW, by=BY
    )


def hold(session: Session, session_id: UUID, places: list[UUID]) -> None:
    marks = [Mark(enrolment_id=place, mark="present") for place in places]
    command = TakeRegister(session_id=session_id, held_on=None, marks=marks)
    sessions.take_register(session, command, expected=1, now=MEETS, by=BY)


def test_a_series_is_numbered_on_and_told_one_by_one(session: Session) -> None:
    opened = group(session)
    meeting(session, opened.id, starts_at=MEETS - WEEK)
    made = plan(session, opened.id)
    assert [one.seq for one in made.sessions] == [2, 3, 4]
    told = [data for _, data in events(session, "SessionScheduled")][1:]
    assert [data["session_id"] for data in told] == [str(one.session_id) for one in made.sessions]
    assert [data["starts_at"] for data in told] == [
        "2025-10-08T12:30:00Z",
        "2025-10-22T12:30:00Z",
        "2025-11-05T13:30:00Z",
    ]


def test_a_dry_run_tells_the_same_and_keeps_nothing(session: Session) -> None:
    opened = group(session)
    preview = plan(session, opened.id, dry_run=True, count=7)
    assert session.scalar(select(func.count(GroupSession.id))) == 0
    assert events(session, "SessionScheduled") == []
    made = plan(session, opened.id, count=7)
    assert [(one.starts_at, one.ends_at) for one in preview.sessions] == [
        (one.starts_at, one.ends_at) for one in made.sessions
    ]
    assert preview.warnings == made.warnings
    assert {one.session_id for one in preview.sessions} == {None}


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_series_that_overlaps_is_refused_whole(database: Sessions, dry_run: bool) -> None:
    with database.begin() as session:
        opened = group(session)
        meeting(session, opened.id, starts_at=MEETS + 4 * WEEK)
    with pytest.raises(Refused, match="session_overlaps"), database.begin() as session:
        plan(session, opened.id, dry_run=dry_run)
    with database() as session:
        assert session.scalar(select(func.count(GroupSession.id))) == 1
        assert len(events(session, "SessionScheduled")) == 1


def test_the_time_of_a_cancelled_session_is_free(session: Session) -> None:
    opened = group(session)
    call_off(session, meeting(session, opened.id).id)
    assert len(plan(session, opened.id).sessions) == 3


def test_moved_session_gets_a_new_invitation(session: Session) -> None:
    (host,) = schools(session)
    known = meeting(session, group(session).id)
    moved = move(session, known.id, mode="school_hosted", host_urn=host)
    assert (moved.status, moved.ics_sequence, moved.revision, moved.changed_by) == ("rescheduled", 1, 2, BY)
    ((_, told),) = events(session, "SessionRescheduled")
    assert told == {
        "session_id": str(known.id),
        "work_group_id": str(known.work_group_id),
        "seq": 1,
        "starts_at": "2025-10-15T12:30:00Z",
        "ends_at": "2025-10-15T15:30:00Z",
        "mode": "school_hosted",
        "host_urn": host,
        "ics_sequence": 1,
    }
    again = move(session, known.id, mode="school_hosted", host_urn=host)
    assert (again.ics_sequence, len(events(session, "SessionRescheduled"))) == (1, 1)
    back = move(session, known.id, starts_at=MEETS, mode="online")
    assert (back.status, back.ics_sequence, back.host_urn) == ("rescheduled", 2, None)


def test_what_is_not_said_of_a_move_stays(session: Session) -> None:
    (host,) = schools(session)
    known = meeting(session, group(session).id)
    move(session, known.id, mode="school_hosted", host_urn=host)
    later = move(session, known.id, starts_at=MEETS + 2 * WEEK)
    assert (later.mode, later.host_urn, later.ics_sequence) == ("school_hosted", host, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": MEETS + WEEK}, "ends_before_start"),
        ({"mode": "school_hosted"}, "host_missing"),
        ({"host_urn": "999999"}, "unknown_school"),
        ({"location": {"joining_link": "http://meet.example/1"}}, "bad_joining_link"),
        ({"starts_at": MEETS - 53 * WEEK}, "session_in_past"),
        ({"starts_at": NOW}, "session_in_past"),
    ],
)
def test_a_refused_move_writes_nothing(database: Sessions, changes: dict[str, Any], code: str) -> None:
    with database.begin() as session:
        known = meeting(session, group(session).id)
    with pytest.raises(Refused, match=code), database.begin() as session:
        move(session, known.id, **changes)
    with database() as session:
        row = session.get_one(GroupSession, known.id)
        assert (row.starts_at, row.status, row.ics_sequence) == (MEETS, "scheduled", 0)
        assert events(session, "SessionRescheduled") == []


def test_cancellation_of_a_session_is_published_once_with_its_reason(session: Session) -> None:
    known = meeting(session, group(session).id)
    assert call_off(session, known.id).status == "cancelled"
    call_off(session, known.id)
    ((_, told),) = events(session, "SessionCancelled")
    assert (told["reason"], told["ics_sequence"], told["starts_at"]) == ("weather", 1, "2025-10-08T12:30:00Z")
    with pytest.raises(Refused, match="session_cancelled"):
        call_off(session, known.id, "other")
    with pytest.raises(Refused, match="session_cancelled"):
        move(session, known.id)


def test_what_has_been_held_stays(session: Session) -> None:
    opened = group(session)
    places = fill(session, opened.id, teachers_n=1, schools_n=1)
    known = meeting(session, opened.id)
    hold(session, known.id, places)
    for change in (move, call_off):
        with pytest.raises(Refused, match="session_completed"):
            change(session, known.id)


def test_all_sessions_to_come_are_cancelled_and_no_others(session: Session) -> None:
    opened, other = group(session), group(session)
    places = fill(session, opened.id, teachers_n=1, schools_n=1)
    held, begun, moved, later = (
        meeting(session, opened.id, starts_at=MEETS + n * timedelta(hours=4)) for n in range(4)
    )
    elsewhere = meeting(session, other.id, starts_at=MEETS + WEEK)
    hold(session, held.id, places)
    move(session, moved.id, starts_at=MEETS + WEEK)
    now = begun.starts_at
    gone = cancel_sessions(session, opened, "work_group_cancelled", now=now, by=BY)
    assert [one.id for one in gone] == [moved.id, later.id]
    assert [data["reason"] for _, data in events(session, "SessionCancelled")] == ["work_group_cancelled"] * 2
    assert [(one.status, one.ics_sequence) for one in (held, begun, moved, later, elsewhere)] == [
        ("completed", 0),
        ("scheduled", 0),
        ("cancelled", 2),
        ("cancelled", 1),
        ("scheduled", 0),
    ]
    assert cancel_sessions(session, opened, "work_group_cancelled", now=now, by=BY) == []


AT = Meeting(starts_at=MEETS, ends_at=MEETS + HOURS, mode="online", host_urn=None)
ELSEWHERE = Meeting(starts_at=MEETS, ends_at=MEETS + HOURS, mode="in_person", host_urn=None)


@given(
    status=st.sampled_from(SessionStatus),
    asked=st.sampled_from([AT, ELSEWHERE]),
    known=st.sampled_from(SessionCancellationReason),
    reason=st.sampled_from(SessionCancellationReason),
)
def test_only_what_is_to_come_changes(status: str, asked: Meeting, known: str, reason: str) -> None:
    if status in TO_COME:
        assert reschedule(status, AT, asked, now=NOW) is (asked is ELSEWHERE)
        assert cancel(status, None, reason)
        return
    with pytest.raises(Refused, match=f"session_{status}"):
        reschedule(status, AT, asked, now=NOW)
    if status == "cancelled" and known == reason:
        assert not cancel(status, known, reason)
    else:
        with pytest.raises(Refused, match=f"session_{status}"):
            cancel(status, known, reason)
