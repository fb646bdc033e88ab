"""Sessions across Work Groups, and which registers have been taken."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.sessions import REGISTER_OPEN, TO_COME, register_state
from hub_enrolment.domain.venues import Location, location
from hub_enrolment.models import GroupSession, WorkGroup, WorkGroupLead


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A session as a list across Work Groups shows it."""

    row: GroupSession
    title: str  # its Work Group's
    lead_ids: list[UUID]
    location: Location  # its own, else its Work Group's
    register: str  # one of REGISTER_STATES
    register_open_until: datetime  # from this instant the register is locked


# Long: each filter is two lines.
def list_sessions(
    *,
    now: datetime,
    begins: datetime | None = None,
    ends: datetime | None = None,
    status: str | None = None,
    register: str | None = None,
    work_group_id: UUID | None = None,
    lead_id: UUID | None = None,
    led_by: UUID | None = None,
) -> Select[GroupSession]:
    """Select sessions that start from `begins` until just before `ends`; None asks for any.

    `lead_id` is the lead asked for, `led_by` the one whose Work Groups the list is limited to.
    """
    statement = select(GroupSession)
    if begins is not None:
        statement = statement.where(GroupSession.starts_at >= begins)
    if ends is not None:
        statement = statement.where(GroupSession.starts_at < ends)
    if status is not None:
        statement = statement.where(GroupSession.status == status)
    if register is not None:
        statement = statement.where(in_register_state(register, now))
    if work_group_id is not None:
        statement = statement.where(GroupSession.work_group_id == work_group_id)
    for lead in (lead_id, led_by):
        if lead is not None:
            statement = statement.where(_is_led_by(lead))
    return statement


def in_register_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Return `domain.sessions.register_state` as a condition in SQL; a test checks that they are equal."""
    waiting = GroupSession.status.in_(TO_COME)
    conditions: dict[str, ColumnElement[bool]] = {
        "cancelled": GroupSession.status == "cancelled",
        "taken": GroupSession.status == "completed",
        "missing": and_(waiting, GroupSession.starts_at <= now),
        "not_due": and_(waiting, GroupSession.starts_at > now),
    }
    return conditions[state]


def describe(session: Session, rows: Sequence[GroupSession], *, now: datetime) -> list[Listed]:
    """Return sessions with what is shown of their Work Groups, in two statements for any number of them."""
    group_ids = {row.work_group_id for row in rows}
    groups = {
        group.id: group for group in session.scalars(select(WorkGroup).where(WorkGroup.id.in_(group_ids)))
    }
    leads: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for lead in session.scalars(
        select(WorkGroupLead)
        .where(WorkGroupLead.work_group_id.in_(group_ids))
        .order_by(WorkGroupLead.position)
    ):
        leads[lead.work_group_id].append(lead.teacher_id)
    return [_listed(row, groups[row.work_group_id], leads[row.work_group_id], now) for row in rows]


def _listed(row: GroupSession, group: WorkGroup, lead_ids: list[UUID], now: datetime) -> Listed:
    own, of_group = Location(row.venue, row.joining_link), Location(group.venue, group.joining_link)
    return Listed(
        row=row,
        title=group.title,
        lead_ids=lead_ids,
        location=location(row.mode, row.host_urn, own, of_group),
        register=register_state(row.status, starts_at=row.starts_at, now=now),
        register_open_until=row.starts_at + REGISTER_OPEN,
    )


def _is_led_by(teacher_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        WorkGroupLead.work_group_id == GroupSession.work_group_id, WorkGroupLead.teacher_id == teacher_id
    )
