"""Sessions and their registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import Mark as PublishedMark
from hub_contracts.enrolment import SessionCompleted, SessionScheduled
from hub_enrolment.commands.sessions import ScheduleSession, TakeRegister
from hub_enrolment.domain import sessions, work_groups
from hub_enrolment.domain.calendar import day_in_england
from hub_enrolment.domain.refusals import Stale, Unknown
from hub_enrolment.domain.sessions import Mark, Place
from hub_enrolment.handlers.schools import school_state
from hub_enrolment.handlers.work_groups import lock_work_group
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.store import sessions as store
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
    work_groups.check_session(
        group.status,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        mode=command.mode,
        host_urn=command.host_urn,
    )
    if command.host_urn is not None:
        school_state(session, command.host_urn, pointer="/host_urn")
    meeting = GroupSession(
        id=new_id(),
        work_group_id=group.id,
        seq=store.next_seq(session, group.id),
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        mode=command.mode,
        host_urn=command.host_urn,
        status="scheduled",
        ics_sequence=0,
        held_on=None,
        **made(now, by),
    )
    session.add(meeting)
    session.flush()
    outbox.record(session, _scheduled(meeting), occurred_at=now, by=by)
    return meeting


def find_session(session: Session, session_id: UUID, *, lock: bool = False) -> GroupSession:
    """One session.

    Raises:
        Unknown: `unknown_session`.
    """
    meeting = store.find_session(session, session_id, lock=lock)
    if meeting is None:
        raise Unknown("unknown_session", "There is no such session.")
    return meeting


def take_register(
    session: Session, command: TakeRegister, *, expected: int | None, now: datetime, by: str
) -> tuple[GroupSession, list[Mark]]:
    """Say who was there; until the register is locked a different one corrects it.

    `expected` is the session's revision that the sender has seen; 0 says "no register yet". The same
    register again changes nothing, whatever revision it names: its sender missed the answer.

    Raises:
        Unknown: `unknown_session`; Stale: `stale`; Refused, Conflict: see `sessions.check_time` and
            `sessions.check_marks`.
    """
    work_group_id = find_session(session, command.session_id).work_group_id
    group, _ = lock_work_group(session, work_group_id)  # so that nobody comes or goes meanwhile
    meeting = find_session(session, command.session_id, lock=True)
    held_on = command.held_on or day_in_england(meeting.starts_at)
    marks = sorted(command.marks, key=lambda mark: mark.enrolment_id)
    if meeting.held_on == held_on and store.marks(session, meeting.id) == marks:
        return meeting, marks
    _check_revision(meeting, expected)
    sessions.check_time(
        meeting.status, starts_at=meeting.starts_at, held_on=held_on, now=now, today=day_in_england(now)
    )
    places = store.places(session, group.id)
    sessions.check_marks(command.marks, places, held_on=held_on)
    store.replace_marks(session, meeting.id, marks, now=now, by=by)
    _complete(session, group, meeting, held_on, now=now, by=by)
    outbox.record(session, _completed(meeting, held_on, marks, places), occurred_at=now, by=by)
    return meeting, marks


def _complete(
    session: Session, group: WorkGroup, meeting: GroupSession, held_on: date, *, now: datetime, by: str
) -> None:
    """The session has been held; with its first one a confirmed group runs."""
    meeting.status, meeting.held_on = "completed", held_on
    meeting.touch(now=now, by=by)
    status = work_groups.status_after_session(group.status)
    if status != group.status:
        group.status = status
        group.touch(now=now, by=by)
    session.flush()


def _check_revision(meeting: GroupSession, expected: int | None) -> None:
    fits = meeting.status != "completed" if expected == 0 else meeting.revision == expected
    if not fits:
        detail = f"The session has been changed since; it is at revision {meeting.revision}."
        raise Stale("stale", detail)


def _scheduled(meeting: GroupSession) -> SessionScheduled:
    return SessionScheduled(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        seq=meeting.seq,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        mode=meeting.mode,
        host_urn=meeting.host_urn,
        ics_sequence=meeting.ics_sequence,
    )


def _completed(
    meeting: GroupSession, held_on: date, marks: list[Mark], places: dict[UUID, Place]
) -> SessionCompleted:
    present_n, schools_present_n = sessions.count_present(marks, places)
    return SessionCompleted(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        held_on=held_on,
        marks=[
            PublishedMark(enrolment_id=mark.enrolment_id, urn=places[mark.enrolment_id].urn, mark=mark.mark)
            for mark in marks
        ],
        present_n=present_n,
        schools_present_n=schools_present_n,
    )
