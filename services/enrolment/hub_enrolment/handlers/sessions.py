"""Sessions and their registers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import Mark as PublishedMark
from hub_contracts.enrolment import SessionCancelled, SessionCompleted, SessionRescheduled, SessionScheduled
from hub_enrolment.commands.sessions import CancelSession, RescheduleSession, ScheduleSession, TakeRegister
from hub_enrolment.domain import attendance, sessions, work_groups
from hub_enrolment.domain.refusals import Stale, Unknown
from hub_enrolment.domain.sessions import Mark, Meeting, Place
from hub_enrolment.handlers import diary
from hub_enrolment.handlers.schools import school_state
from hub_enrolment.handlers.work_groups import lock_work_group
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.store import sessions as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def schedule_session(session: Session, command: ScheduleSession, *, now: datetime, by: str) -> GroupSession:
    """Put a session in the group's diary.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_school`; both, and Conflict: see
            `work_groups.check_session`.
    """
    group, _ = lock_work_group(session, command.work_group_id)
    asked = Meeting(
        starts_at=command.starts_at, ends_at=command.ends_at, mode=command.mode, host_urn=command.host_urn
    )
    check_meeting(session, group.status, asked)
    return put_down(session, group, [asked], now=now, by=by)[0]


def check_meeting(session: Session, status: str, asked: Meeting) -> None:
    """Let a session pass that a group in some state can hold.

    Raises:
        Refused: `unknown_school`; the same, and Conflict: see `work_groups.check_session`.
    """
    work_groups.check_session(
        status,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        mode=asked.mode,
        host_urn=asked.host_urn,
    )
    if asked.host_urn is not None:
        school_state(session, asked.host_urn, pointer="/host_urn")


def put_down(
    session: Session, group: WorkGroup, asked: Sequence[Meeting], *, now: datetime, by: str
) -> list[GroupSession]:
    """Save sessions of a group that the caller holds, numbered on, with their events."""
    first = store.next_seq(session, group.id)
    meetings = [
        GroupSession(
            id=new_id(),
            work_group_id=group.id,
            seq=seq,
            status="scheduled",
            ics_sequence=0,
            held_on=None,
            cancelled_reason=None,
            **vars(meeting),
            **made(now, by),
        )
        for seq, meeting in enumerate(asked, start=first)
    ]
    session.add_all(meetings)
    diary.follow_scheduling(group, now=now, by=by)
    session.flush()
    events = [SessionScheduled(**_facts(meeting)) for meeting in meetings]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return meetings


def reschedule_session(
    session: Session, command: RescheduleSession, *, now: datetime, by: str
) -> GroupSession:
    """Give a session another time, place or way of meeting; the same again changes nothing.

    Raises:
        Unknown: `unknown_session`; Refused, Conflict: see `sessions.reschedule` and `check_meeting`.
    """
    group, meeting = lock_session(session, command.session_id)
    known = _meeting(meeting)
    mode = command.mode or known.mode
    # A host that is not named stays only while one is needed.
    kept = known.host_urn if mode == known.mode else None
    asked = Meeting(
        starts_at=command.starts_at, ends_at=command.ends_at, mode=mode, host_urn=command.host_urn or kept
    )
    if not sessions.reschedule(meeting.status, known, asked):
        return meeting
    check_meeting(session, group.status, asked)
    meeting.starts_at, meeting.ends_at = asked.starts_at, asked.ends_at
    meeting.mode, meeting.host_urn, meeting.status = asked.mode, asked.host_urn, "rescheduled"
    meeting.ics_sequence += 1
    meeting.touch(now=now, by=by)
    session.flush()
    outbox.record(session, SessionRescheduled(**_facts(meeting)), occurred_at=now, by=by)
    return meeting


def cancel_session(session: Session, command: CancelSession, *, now: datetime, by: str) -> GroupSession:
    """Say that a session will not take place; the same again changes nothing.

    Raises:
        Unknown: `unknown_session`; Conflict: see `sessions.cancel`.
    """
    group, meeting = lock_session(session, command.session_id)
    if sessions.cancel(meeting.status, meeting.cancelled_reason, command.reason):
        _cancel(session, meeting, command.reason, now=now, by=by)
        diary.follow_diary(session, group, now=now, by=by)
    return meeting


def cancel_sessions(
    session: Session, work_group_id: UUID, reason: str, *, now: datetime, by: str
) -> list[GroupSession]:
    """Cancel every session of a group that is still to come, with the events; gives them.

    The group is locked by the caller. `reason` is one of `sessions.CANCELLED_FOR`.
    """
    meetings = store.lock_sessions_to_come(session, work_group_id, now=now)
    for meeting in meetings:
        _cancel(session, meeting, reason, now=now, by=by)
    return meetings


def find_session(session: Session, session_id: UUID) -> GroupSession:
    """One session.

    Raises:
        Unknown: `unknown_session`.
    """
    meeting = store.find_session(session, session_id)
    if meeting is None:
        raise Unknown("unknown_session", "There is no such session.")
    return meeting


def take_register(
    session: Session, command: TakeRegister, *, expected: int | None, now: datetime, by: str
) -> store.Register:
    """Say who was there; until the register is locked a different one corrects it.

    `expected` is the session's revision that the sender has seen; 0 says "no register yet". The same
    register again changes nothing, whatever revision it names: its sender missed the answer.

    Raises:
        Unknown: `unknown_session`; Stale: `stale`; Refused, Conflict: see `sessions.check_time` and
            `sessions.check_marks`.
    """
    group, meeting = lock_session(session, command.session_id)  # so that nobody comes or goes meanwhile
    held_on = command.held_on or day_in_england(meeting.starts_at)
    places, apologies = store.places_and_apologies(session, meeting)
    said = attendance.with_notice(command.marks, apologies)
    taken = store.Register(meeting, sorted(said, key=lambda mark: mark.enrolment_id), apologies)
    if meeting.held_on == held_on and store.marks(session, meeting.id) == taken.marks:
        return taken
    _check_revision(meeting, expected)
    sessions.check_time(
        meeting.status, starts_at=meeting.starts_at, held_on=held_on, now=now, today=day_in_england(now)
    )
    sessions.check_marks(command.marks, places, held_on=held_on)
    if meeting.held_on is not None:
        store.delete_marks(session, meeting.id)
    store.write_marks(session, meeting.id, taken.marks, now=now, by=by)
    _complete(session, group, meeting, held_on, now=now, by=by)
    outbox.record(session, _completed(meeting, held_on, taken.marks, places), occurred_at=now, by=by)
    return taken


def lock_session(session: Session, session_id: UUID) -> tuple[WorkGroup, GroupSession]:
    """A session to decide about, its group first: who changes both waits in the same order.

    Raises:
        Unknown: `unknown_session`.
    """
    locked = store.lock_session(session, session_id)
    if locked is None:
        raise Unknown("unknown_session", "There is no such session.")
    return locked


def _cancel(session: Session, meeting: GroupSession, reason: str, *, now: datetime, by: str) -> None:
    meeting.status, meeting.cancelled_reason = "cancelled", reason
    meeting.ics_sequence += 1
    meeting.touch(now=now, by=by)
    session.flush()
    outbox.record(session, SessionCancelled(**_facts(meeting), reason=reason), occurred_at=now, by=by)


def _complete(
    session: Session, group: WorkGroup, meeting: GroupSession, held_on: date, *, now: datetime, by: str
) -> None:
    """The session has been held; with its first one a confirmed group runs."""
    meeting.status, meeting.held_on = "completed", held_on
    meeting.touch(now=now, by=by)
    session.flush()
    diary.follow_diary(session, group, now=now, by=by)


def _check_revision(meeting: GroupSession, expected: int | None) -> None:
    fits = meeting.status != "completed" if expected == 0 else meeting.revision == expected
    if not fits:
        raise Stale("stale", f"The session has been changed since; it is at revision {meeting.revision}.")


def _meeting(meeting: GroupSession) -> Meeting:
    return Meeting(
        starts_at=meeting.starts_at, ends_at=meeting.ends_at, mode=meeting.mode, host_urn=meeting.host_urn
    )


def _facts(meeting: GroupSession) -> dict[str, Any]:
    names = ("work_group_id", "seq", "starts_at", "ends_at", "mode", "host_urn", "ics_sequence")
    return {"session_id": meeting.id} | {name: getattr(meeting, name) for name in names}


def _completed(
    meeting: GroupSession, held_on: date, marks: list[Mark], places: dict[UUID, Place]
) -> SessionCompleted:
    present_n, schools_present_n = sessions.count_present(marks, places)
    return SessionCompleted(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        held_on=held_on,
        marks=[
            PublishedMark(
                enrolment_id=mark.enrolment_id,
                urn=places[mark.enrolment_id].urn,
                mark=mark.mark,
                notice_hours=attendance.notice_of(mark, starts_at=meeting.starts_at),
            )
            for mark in marks
        ],
        present_n=present_n,
        schools_present_n=schools_present_n,
    )
