"""Rows that record a school of a person and may change with a corrected membership."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.waiting_list import OPEN
from hub_enrolment.models import LeaderRole, PDDay, PDDayAttendance, PDDayRegistration, WaitingEntry

PDDayOf = tuple[PDDay, PDDayRegistration | None, PDDayAttendance | None]


def leader_roles(session: Session, teacher_id: UUID) -> Sequence[LeaderRole]:
    """Return all roles of a person, the oldest first, read from the database again."""
    statement = select(LeaderRole).where(LeaderRole.teacher_id == teacher_id).order_by(LeaderRole.id)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def open_entries(session: Session, teacher_id: UUID) -> Sequence[WaitingEntry]:
    """Return the open waiting-list entries of a person, read from the database again."""
    statement = (
        select(WaitingEntry)
        .where(WaitingEntry.teacher_id == teacher_id, WaitingEntry.status.in_(OPEN))
        .order_by(WaitingEntry.work_group_id, WaitingEntry.id)
    )
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def lock_pd_days(session: Session, teacher_id: UUID) -> None:
    """Lock the PD days that a person registered for or attended; every handler locks days before people."""
    named = [
        exists().where(table.pd_day_id == PDDay.id, table.teacher_id == teacher_id)
        for table in (PDDayRegistration, PDDayAttendance)
    ]
    session.execute(select(PDDay.id).where(or_(*named)).order_by(PDDay.id).with_for_update(key_share=True))


def pd_days(session: Session, teacher_id: UUID) -> list[PDDayOf]:
    """Return the person's PD days with registration and attendance, read from the database again."""
    statement = (
        select(PDDay, PDDayRegistration, PDDayAttendance)
        .outerjoin(
            PDDayRegistration,
            (PDDayRegistration.pd_day_id == PDDay.id) & (PDDayRegistration.teacher_id == teacher_id),
        )
        .outerjoin(
            PDDayAttendance,
            (PDDayAttendance.pd_day_id == PDDay.id) & (PDDayAttendance.teacher_id == teacher_id),
        )
        .where(or_(PDDayRegistration.pd_day_id.is_not(None), PDDayAttendance.pd_day_id.is_not(None)))
        .order_by(PDDay.day, PDDay.id)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]
