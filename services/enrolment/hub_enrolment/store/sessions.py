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
    """A session with its register and the apologies that are known."""

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
    """The sessions of one work group."""
    return select(GroupSession).where(GroupSession.work_group_id == work_group_id)


def slots(session: Session, work_group_id: UUID, *, without: UUID | None = None) -> list[Slot]:
    """When a group meets or has met, without what was cancelled; `without`: a session that is moved."""
    statement = select(GroupSession.starts_at, GroupSession.ends_at).where(
        GroupSession.work_group_id == work_group_id, GroupSession.status != "cancelled"
    )
    if without is not None:
        statement = statement.where(GroupSession.id != without)
    return [Slot(*row) for row in session.execute(statement)]


def lock_sessions_to_come(session: Session, work_group_id: UUID, *, now: datetime) -> list[GroupSession]:
    """The sessions of a group that start after an instant and stand, in their order."""
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
    """The number of the group's next session; the group is locked by the caller."""
    highest = session.scalar(
        select(func.max(GroupSession.seq)).where(GroupSession.work_group_id == work_group_id)
    )
    return (highest or 0) + 1


def places(session: Session, work_group_id: UUID) -> dict[UUID, Place]:
    """Every place that there is or was on a work group."""
    return {row.id: _place(*row) for row in session.execute(_PLACES, {"work_group_id": work_group_id})}


def places_and_apologies(
    session: Session, meeting: GroupSession
) -> tuple[dict[UUID, Place], dict[UUID, datetime]]:
    """What a register is decided by: both as `places` and `apologies` give them, in one statement."""
    named = {"work_group_id": meeting.work_group_id, "session_id": meeting.id}
    rows = session.execute(_PLACES_AND_APOLOGIES, named).all()
    received = {row.id: row.received_at for row in rows if row.received_at is not None}
    return {row.id: _place(*row[:-1]) for row in rows}, received


def marks(session: Session, session_id: UUID) -> list[Mark]:
    """The register of a session, empty until it has been taken."""
    columns = (Attendance.enrolment_id, Attendance.mark, Attendance.notified_at)
    rows = session.execute(
        select(*columns).where(Attendance.session_id == session_id).order_by(Attendance.enrolment_id)
    )
    return [Mark(enrolment_id=id_, mark=mark, notified_at=notified_at) for id_, mark, notified_at in rows]


def apologies(session: Session, session_id: UUID) -> dict[UUID, datetime]:
    """Who has sent apologies, and when they were received."""
    rows = session.execute(
        select(Apologies.enrolment_id, Apologies.received_at)
        .where(Apologies.session_id == session_id)
        .order_by(Apologies.enrolment_id)
    )
    return dict(rows.all())


def delete_marks(session: Session, session_id: UUID) -> None:
    """Take a register away, for another one."""
    session.execute(
        delete(Attendance)
        .where(Attendance.session_id == session_id)
        .execution_options(synchronize_session=False)
    )


def write_marks(session: Session, session_id: UUID, taken: Sequence[Mark], *, now: datetime, by: str) -> None:
    """Write a register where there is none."""
    rows = {
        "enrolment_ids": [str(mark.enrolment_id) for mark in taken],
        "marks": [mark.mark for mark in taken],
        "notified_at": [mark.notified_at for mark in taken],
    }
    session.execute(_WRITE_MARKS, rows | {"session_id": session_id, "marked_at": now, "marked_by": by})


def change_mark(session: Session, session_id: UUID, mark: Mark, *, now: datetime, by: str) -> None:
    """Write one mark in place of the one before."""
    session.execute(
        update(Attendance)
        .where(Attendance.session_id == session_id, Attendance.enrolment_id == mark.enrolment_id)
        .values(mark=mark.mark, notified_at=mark.notified_at, marked_at=now, marked_by=by)
        .execution_options(synchronize_session=False)
    )


def _place(enrolment_id: UUID, urn: str, enrolled_at: datetime, withdrawn_at: datetime | None) -> Place:
    return Place(enrolment_id=enrolment_id, urn=urn, enrolled_at=enrolled_at, withdrawn_at=withdrawn_at)
