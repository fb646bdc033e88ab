"""Schedule, move and cancel sessions; take registers."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.sessions import CancelSession, RescheduleSession, ScheduleSession, TakeRegister
from hub_enrolment.domain import attendance, sessions
from hub_enrolment.domain.attendance import check_received
from hub_enrolment.domain.diary import check_not_over
from hub_enrolment.domain.sessions import Meeting, Rescheduling
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.steps import diary
from hub_enrolment.steps.sessions import cancel, completed
from hub_enrolment.steps.venues import publish_moves
from hub_enrolment.store import sessions as store
from hub_enrolment.store.sessions import lock_session
from hub_enrolment.store.standing_schools import standing_host
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Stale
from hub_messaging import outbox


def schedule_session(session: Session, command: ScheduleSession, *, now: datetime, by: str) -> GroupSession:
    """Schedule a session of a Work Group.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `diary.check_meetings`.
    """
    group, _ = lock_work_group(session, command.work_group_id)
    asked = Meeting(**{name: getattr(command, name) for name in diary.MEETING})
    asked = replace(asked, host_urn=standing_host(session, asked.host_urn, asked.starts_at))
    diary.check_meetings(session, group, [asked])
    return diary.schedule(session, group, [asked], now=now, by=by)[0]


def reschedule_session(
    session: Session, command: RescheduleSession, *, now: datetime, by: str
) -> GroupSession:
    """Change the time, place, mode or joining link of a session; equal values change nothing.

    Raises:
        Unknown: `unknown_session`; Refused, Conflict: see `sessions.reschedule` and `diary.check_meetings`.
    """
    group, meeting = lock_session(session, command.session_id)
    known = diary.as_meeting(meeting)
    rescheduling = Rescheduling(
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        mode=command.mode,
        host_urn=standing_host(session, command.host_urn, command.starts_at),
        location=command.location,
    )
    asked = sessions.moved(known, rescheduling)
    if not sessions.reschedule(meeting.status, known, asked, now=now):
        return meeting
    diary.check_meetings(session, group, [asked], moved=meeting)
    for name in diary.MEETING:
        setattr(meeting, name, getattr(asked, name))
    publish_moves(session, group, [meeting], now=now, by=by)
    return meeting


def cancel_session(session: Session, command: CancelSession, *, now: datetime, by: str) -> GroupSession:
    """Cancel a session; a repeated command changes nothing.

    Raises:
        Unknown: `unknown_session`; Conflict: see `sessions.cancel`.
    """
    group, meeting = lock_session(session, command.session_id)
    if sessions.cancel(meeting.status, meeting.cancelled_reason, command.reason):
        cancel(session, group, meeting, command.reason, now=now, by=by)
        diary.follow_diary(session, group, now=now, by=by)
    return meeting


def take_register(
    session: Session, command: TakeRegister, *, expected: int | None, now: datetime, by: str
) -> store.Register:
    """Take the register; until it is locked a different one replaces it.

    `expected` is the session's revision that the sender has seen; 0 says "no register yet". The same
    register again changes nothing, whatever revision it names, as its sender may have missed the answer.

    Raises:
        Unknown: `unknown_session`; Stale: `stale`; Conflict: see `diary.check_not_over`; it, and Refused:
            see `sessions.check_time` and `sessions.check_marks`; Refused: see `attendance.check_received`.
    """
    group, meeting = lock_session(session, command.session_id)  # the participants must not change meanwhile
    held_on = command.held_on or day_in_england(meeting.starts_at)
    places, apologies = store.places_and_apologies(session, meeting)
    marks = attendance.with_notice(command.marks, apologies)
    taken = store.Register(meeting, sorted(marks, key=lambda mark: mark.enrolment_id), apologies)
    if meeting.held_on == held_on and store.marks(session, meeting.id) == taken.marks:
        return taken
    _check_revision(meeting, expected)
    check_not_over(group.status)
    sessions.check_time(
        meeting.status, starts_at=meeting.starts_at, held_on=held_on, now=now, today=day_in_england(now)
    )
    began_at = sessions.started_at(meeting.starts_at, held_on=held_on)
    sessions.check_marks(command.marks, places, began_at=began_at)
    for index, mark in enumerate(command.marks):
        check_received(mark, f"/marks/{index}/notified_at", now=now)
    if meeting.held_on is not None:
        store.delete_marks(session, meeting.id)
    store.write_marks(session, meeting.id, taken.marks, now=now, by=by)
    _complete(session, group, meeting, held_on, now=now, by=by)
    outbox.record(session, completed(session, meeting, held_on, taken.marks, places), occurred_at=now, by=by)
    return taken


def _complete(
    session: Session, group: WorkGroup, meeting: GroupSession, held_on: date, *, now: datetime, by: str
) -> None:
    """Complete a session; its first one makes a confirmed group run."""
    meeting.status, meeting.held_on = "completed", held_on
    meeting.touch(now=now, by=by)
    session.flush()
    diary.follow_diary(session, group, now=now, by=by)


def _check_revision(meeting: GroupSession, expected: int | None) -> None:
    fits = meeting.status != "completed" if expected == 0 else meeting.revision == expected
    if not fits:
        raise Stale("stale", f"The session has been changed since; it is at revision {meeting.revision}.")
