"""Sessions and registers."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from hub_enrolment.domain.series import Slot
from hub_enrolment.domain.sessions import TO_COME, Mark, Place
from hub_enrolment.models import Apologies, Attendance, Enrolment, GroupSession, WorkGroup
from hub_kernel.refusals import Unknown

# Built once: building a statement costs more than sending it.
_LOCK = (
    select(WorkGroup, GroupSession)
    .join(GroupSession, GroupSession.work_group_id == WorkGroup.id)
    .where(GroupSession.id == bindparam("session_id"))
    # PostgreSQL takes the locks of a row in the order in which the tables are named here.
    .with_for_update(of=[WorkGroup, GroupSession], key_share=True)
    .execution_options(populate_existing=True)
)
_PLACES = (
    select(Enrolment.id, Enrolment.urn, Enrolment.enrolled_at, Enrolment.withdrawn_at)
    .where(Enrolment.work_group_id == bindparam("work_group_id"))
    .order_by(Enrolment.id)
)
_PLACES_AND_APOLOGIES = _PLACES.add_columns(Apologies.received_at).outerjoin(
    Apologies,
    (Apologies.enrolment_id == Enrolment.id) & (Apologies.session_id == bindparam("session_id")),
)
_WRITE_MARKS = text(
    """
    INSERT INTO attendances (session_id, enrolment_id, mark, notified_at, marked_at, marked_by)
    SELECT :session_id, enrolment_id, mark, notified_at, :marked_at, :marked_by
    FROM unnest(CAST(:enrolment_ids AS uuid[]), CAST(:marks AS text[]), CAST(:notified_at AS timestamptz[]))
      AS taken (enrolment_id, mark, notified_at)
    """
)


class Register(NamedTuple):
    """A session with its marks and apologies."""

    meeting: GroupSession
    marks: list[Mark]
    apologies: dict[UUID, datetime]


def find_session(session: Session, session_id: UUID) -> GroupSession:
    """Return a session of a Work Group.

    Raises:
        Unknown: `unknown_session`.
    """
    meeting = session.get(GroupSession, session_id)
    if meeting is None:
        raise _unknown()
    return meeting


def lock_session(session: Session, session_id: UUID) -> tuple[WorkGroup, GroupSession]:
    """Lock a session and its Work Group, the group first as in every transaction that locks both.

    Raises:
        Unknown: `unknown_session`.
    """
    row = session.execute(_LOCK, {"session_id": session_id}).one_or_none()
    if row is None:
        raise _unknown()
    return row[0], row[1]


def _unknown() -> Unknown:
    return Unknown("unknown_session", "There is no such session.")


def list_sessions(work_group_id: UUID) -> Select[GroupSession]:
    """Select the sessions of one group."""
    return select(GroupSession).where(GroupSession.work_group_id == work_group_id)


def slots(session: Session, work_group_id: UUID, *, without: UUID | None = None) -> list[Slot]:
    """Return the times of a group's sessions that are not cancelled; `without`: one to leave out."""
    statement = select(GroupSession.starts_at, GroupSession.ends_at).where(
        GroupSession.work_group_id == work_group_id, GroupSession.status != "cancelled"
    )
    if without is not None:
        statement = statement.where(GroupSession.id != without)
    return [Slot(*row) for row in session.execute(statement)]


def lock_sessions_to_come(session: Session, work_group_id: UUID, *, now: datetime) -> list[GroupSession]:
    """Lock and return a group's scheduled sessions that start after an instant, in order."""
    statement = (
        select(GroupSession)
        .where(
            GroupSession.work_group_id == work_group_id,
            GroupSession.status.in_(TO_COME),
            GroupSession.starts_at > now,
        )
        .order_by(GroupSession.seq)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def next_seq(session: Session, work_group_id: UUID) -> int:
    """Return the number of a group's next session; the caller has locked the group."""
    highest = session.scalar(
        select(func.max(GroupSession.seq)).where(GroupSession.work_group_id == work_group_id)
    )
    return (highest or 0) + 1


def places(session: Session, work_group_id: UUID) -> dict[UUID, Place]:
    """Return all places of a group by enrolment id, withdrawn ones included."""
    return {row.id: _place(*row) for row in session.execute(_PLACES, {"work_group_id": work_group_id})}


def places_and_apologies(
    session: Session, meeting: GroupSession
) -> tuple[dict[UUID, Place], dict[UUID, datetime]]:
    """Return `places` and `apologies` for a register, in one statement."""
    named = {"work_group_id": meeting.work_group_id, "session_id": meeting.id}
    rows = session.execute(_PLACES_AND_APOLOGIES, named).all()
    received = {row.id: row.received_at for row in rows if row.received_at is not None}
    return {row.id: _place(*row[:-1]) for row in rows}, received


def marks(session: Session, session_id: UUID) -> list[Mark]:
    """Return the marks of a session, empty until the register is taken."""
    columns = (Attendance.enrolment_id, Attendance.mark, Attendance.notified_at)
    rows = session.execute(
        select(*columns).where(Attendance.session_id == session_id).order_by(Attendance.enrolment_id)
    )
    return [Mark(enrolment_id=id_, mark=mark, notified_at=notified_at) for id_, mark, notified_at in rows]


def apologies(session: Session, session_id: UUID) -> dict[UUID, datetime]:
    """Return when the apologies of each participant were received, by enrolment id."""
    rows = session.execute(
        select(Apologies.enrolment_id, Apologies.received_at)
        .where(Apologies.session_id == session_id)
        .order_by(Apologies.enrolment_id)
    )
    return dict(rows.all())


def delete_marks(session: Session, session_id: UUID) -> None:
    """Delete the marks of a session."""
    session.execute(
        delete(Attendance)
        .where(Attendance.session_id == session_id)
        .execution_options(synchronize_session=False)
    )


def write_marks(session: Session, session_id: UUID, taken: Sequence[Mark], *, now: datetime, by: str) -> None:
    """Insert the marks of a session that has none."""
    rows = {
        "enrolment_ids": [str(mark.enrolment_id) for mark in taken],
        "marks": [mark.mark for mark in taken],
        "notified_at": [mark.notified_at for mark in taken],
    }
    session.execute(_WRITE_MARKS, rows | {"session_id": session_id, "marked_at": now, "marked_by": by})


def change_mark(session: Session, session_id: UUID, mark: Mark, *, now: datetime, by: str) -> None:
    """Update one mark of a session."""
    session.execute(
        update(Attendance)
        .where(Attendance.session_id == session_id, Attendance.enrolment_id == mark.enrolment_id)
        .values(mark=mark.mark, notified_at=mark.notified_at, marked_at=now, marked_by=by)
        .execution_options(synchronize_session=False)
    )


def _place(enrolment_id: UUID, urn: str, enrolled_at: datetime, withdrawn_at: datetime | None) -> Place:
    return Place(enrolment_id=enrolment_id, urn=urn, enrolled_at=enrolled_at, withdrawn_at=withdrawn_at)
