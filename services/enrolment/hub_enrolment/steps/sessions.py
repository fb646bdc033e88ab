"""Cancel sessions; build the event about a register."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import Mark as PublishedMark
from hub_contracts.enrolment import SessionCancelled, SessionCompleted
from hub_contracts.vocabulary import AttendanceMark, SessionCancellationReason
from hub_enrolment.domain import attendance, sessions
from hub_enrolment.domain.sessions import Mark, Place
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.steps.venues import session_facts
from hub_enrolment.store import sessions as store
from hub_enrolment.store import successions as succession_store
from hub_messaging import outbox


def cancel_sessions(
    session: Session, group: WorkGroup, reason: str, *, now: datetime, by: str
) -> list[GroupSession]:
    """Cancel every upcoming session of a group, with events; return them.

    The caller has locked the group. `reason` is one of `SessionCancellationReason`.
    """
    meetings = store.lock_sessions_to_come(session, group.id, now=now)
    for meeting in meetings:
        cancel(session, group, meeting, reason, now=now, by=by)
    return meetings


def cancel(
    session: Session, group: WorkGroup, meeting: GroupSession, reason: str, *, now: datetime, by: str
) -> None:
    """Cancel a session that was found to be cancellable; its group is locked by the caller."""
    meeting.status, meeting.cancelled_reason = "cancelled", reason
    meeting.ics_sequence += 1
    meeting.touch(now=now, by=by)
    session.flush()
    event = SessionCancelled(**session_facts(group, meeting), reason=SessionCancellationReason(reason))
    outbox.record(session, event, occurred_at=now, by=by)


def completed(
    session: Session, meeting: GroupSession, held_on: date, marks: list[Mark], places: dict[UUID, Place]
) -> SessionCompleted:
    """Build the event about a register with all its marks."""
    successions = succession_store.around(session, {places[mark.enrolment_id].urn for mark in marks})
    present_n, schools_present_n = sessions.count_present(marks, places, successions, held_on=held_on)
    return SessionCompleted(
        session_id=meeting.id,
        work_group_id=meeting.work_group_id,
        held_on=held_on,
        marks=[
            PublishedMark(
                enrolment_id=mark.enrolment_id,
                urn=places[mark.enrolment_id].urn,
                mark=AttendanceMark(mark.mark),
                notice_hours=attendance.notice_of(mark, starts_at=meeting.starts_at),
            )
            for mark in marks
        ],
        present_n=present_n,
        schools_present_n=schools_present_n,
    )
