"""Apologies before a register is taken, and corrections once it is locked."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ApologiesReceived, AttendanceCorrected, SessionCompleted
from hub_contracts.vocabulary import AttendanceMark, CorrectionReason
from hub_enrolment.commands.attendance import CorrectAttendance, ReceiveApologies
from hub_enrolment.domain import attendance, diary
from hub_enrolment.domain.attendance import Meeting
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.domain.sessions import started_at as began
from hub_enrolment.domain.work_groups import OVER
from hub_enrolment.models import Apologies, AttendanceCorrection, GroupSession
from hub_enrolment.steps.sessions import completed
from hub_enrolment.store import sessions as store
from hub_enrolment.store.sessions import lock_session
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.ids import new_id


def receive_apologies(
    session: Session, command: ReceiveApologies, *, now: datetime, by: str
) -> tuple[GroupSession, bool]:
    """Record a participant's apologies; the second value is False if they were recorded before.

    Raises:
        Unknown: `unknown_session`; Conflict: see `diary.check_not_over`; it, and Refused: see
            `attendance.receive_apologies`.
    """
    group, meeting = lock_session(session, command.session_id)
    diary.check_not_over(group.status)
    received_at = attendance.receive_apologies(
        Meeting(status=meeting.status, starts_at=meeting.starts_at, ends_at=meeting.ends_at),
        store.places(session, meeting.work_group_id).get(command.enrolment_id),
        store.apologies(session, meeting.id).get(command.enrolment_id),
        received_at=command.received_at,
        now=now,
    )
    if received_at is None:
        return meeting, False
    noted = Apologies(
        session_id=meeting.id,
        enrolment_id=command.enrolment_id,
        received_at=received_at,
        noted_at=now,
        noted_by=by,
    )
    session.add(noted)
    meeting.touch(now=now, by=by)
    session.flush()
    event = ApologiesReceived(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        enrolment_id=command.enrolment_id,
        notice_hours=attendance.notice_hours(received_at, starts_at=meeting.starts_at),
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return meeting, True


def correct_attendance(
    session: Session, command: CorrectAttendance, *, now: datetime, by: str
) -> GroupSession:
    """Correct or add one mark of a locked register; an equal mark changes nothing.

    After a mark was added, the whole register is published again with all its present marks.

    Raises:
        Unknown: `unknown_session`; Refused, Conflict: see `attendance.check_correctable` and
            `attendance.correct`.
    """
    group, meeting = lock_session(session, command.session_id)
    attendance.check_correctable(
        meeting.status, starts_at=meeting.starts_at, now=now, group_over=group.status in OVER
    )
    known = {mark.enrolment_id: mark for mark in store.marks(session, meeting.id)}.get(command.enrolment_id)
    places = store.places(session, meeting.work_group_id)
    held_on = meeting.held_on or day_in_england(meeting.starts_at)
    began_at = began(meeting.starts_at, held_on=held_on)
    requested = Mark(enrolment_id=command.enrolment_id, mark=command.mark, notified_at=command.notified_at)
    (asked,) = attendance.with_notice([requested], store.apologies(session, meeting.id))
    place = places.get(command.enrolment_id)
    if not attendance.correct(known, asked, place, began_at=began_at, now=now):
        return meeting
    if known is None:
        store.write_marks(session, meeting.id, [asked], now=now, by=by)
    else:
        store.change_mark(session, meeting.id, asked, now=now, by=by)
    session.add(_trail(known, asked, command, now=now, by=by))
    meeting.touch(now=now, by=by)
    session.flush()
    event: AttendanceCorrected | SessionCompleted
    if known is None:
        event = completed(session, meeting, held_on, store.marks(session, meeting.id), places)
    else:
        event = _corrected(meeting, known.mark, asked, command.reason)
    outbox.record(session, event, occurred_at=now, by=by)
    return meeting


def _trail(
    known: Mark | None, asked: Mark, command: CorrectAttendance, *, now: datetime, by: str
) -> AttendanceCorrection:
    return AttendanceCorrection(
        id=new_id(),
        session_id=command.session_id,
        enrolment_id=asked.enrolment_id,
        old=None if known is None else known.mark,
        new=asked.mark,
        reason=command.reason,
        note=command.note,
        corrected_at=now,
        corrected_by=by,
    )


def _corrected(meeting: GroupSession, old: str, mark: Mark, reason: str) -> AttendanceCorrected:
    return AttendanceCorrected(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        enrolment_id=mark.enrolment_id,
        old=AttendanceMark(old),
        new=AttendanceMark(mark.mark),
        notice_hours=attendance.notice_of(mark, starts_at=meeting.starts_at),
        reason=CorrectionReason(reason),
    )
