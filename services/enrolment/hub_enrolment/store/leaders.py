"""Leadership roles of people, and the groups that they lead."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.models import LeaderRole, Programme, WorkGroup, WorkGroupLead
from hub_platform.paging import where_given

OVER = ("closed", "cancelled")


def list_leaders(
    *, role: str | None, current: bool | None, today: date, teacher_id: UUID | None = None
) -> Select[LeaderRole]:
    """Select leadership roles; `current`: held today, or not."""
    statement = where_given(select(LeaderRole), (LeaderRole.role, role), (LeaderRole.teacher_id, teacher_id))
    if current is not None:
        held = and_(
            LeaderRole.starts_on <= today, or_(LeaderRole.ends_on.is_(None), LeaderRole.ends_on >= today)
        )
        statement = statement.where(held if current else ~held)
    return statement


def others_of(session: Session, leader: LeaderRole) -> Sequence[LeaderRole]:
    """Return the other roles of the same person."""
    statement = select(LeaderRole).where(
        LeaderRole.teacher_id == leader.teacher_id, LeaderRole.id != leader.id
    )
    return session.scalars(statement).all()


def years_of_groups(session: Session, teacher_id: UUID) -> list[str]:
    """Return the academic years of the groups, not over, that a person leads."""
    return list(
        session.scalars(
            select(Programme.academic_year)
            .join(WorkGroup, WorkGroup.programme_id == Programme.id)
            .join(WorkGroupLead, WorkGroupLead.work_group_id == WorkGroup.id)
            .where(WorkGroupLead.teacher_id == teacher_id, WorkGroup.status.not_in(OVER))
        )
    )
