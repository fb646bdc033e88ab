"""The answer to `GET /sessions`: sessions across Work Groups and the state of their registers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.sessions import REGISTER_OPEN, TO_COME, register_state
from hub_enrolment.domain.venues import Location
from hub_enrolment.models import GroupSession, WorkGroup, WorkGroupLead
from hub_enrolment.store.venues import location, location_of


@dataclass(frozen=True, kw_only=True)
class ListedSession:
    """A session with its Work Group's title and leads, its location and the state of its register."""

    row: GroupSession
    title: str  # of its Work Group
    lead_ids: list[UUID]
    location: Location  # its own, or its Work Group's where that applies
    register: str  # one of REGISTER_STATES
    register_open_until: datetime  # from this instant the register is locked


@dataclass(frozen=True, kw_only=True)
class SessionFilter:
    """The sessions that a list asks for; None asks for any."""

    begins: datetime | None = None  # the earliest start
    ends: datetime | None = None  # a session that starts at this instant is not listed
    status: str | None = None
    register: str | None = None  # one of REGISTER_STATES
    work_group_id: UUID | None = None
    lead_id: UUID | None = None  # the lead asked for
    led_by: UUID | None = None  # the lead to whose Work Groups the list is limited


def list_sessions(asked: SessionFilter, *, now: datetime) -> Select[GroupSession]:
    """Select the sessions that a filter asks for."""
    statement = select(GroupSession)
    if asked.begins is not None:
        statement = statement.where(GroupSession.starts_at >= asked.begins)
    if asked.ends is not None:
        statement = statement.where(GroupSession.starts_at < asked.ends)
    if asked.status is not None:
        statement = statement.where(GroupSession.status == asked.status)
    if asked.register is not None:
        statement = statement.where(in_register_state(asked.register, now))
    if asked.work_group_id is not None:
        statement = statement.where(GroupSession.work_group_id == asked.work_group_id)
    for lead in (asked.lead_id, asked.led_by):
        if lead is not None:
            statement = statement.where(_is_led_by(lead))
    return statement


def in_register_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Return `domain.sessions.register_state` as a condition in SQL; a test checks that they are equal."""
    without_register = GroupSession.status.in_(TO_COME)
    conditions: dict[str, ColumnElement[bool]] = {
        "cancelled": GroupSession.status == "cancelled",
        "taken": GroupSession.status == "completed",
        "missing": and_(without_register, GroupSession.starts_at <= now),
        "not_due": and_(without_register, GroupSession.starts_at > now),
    }
    return conditions[state]


def describe(session: Session, rows: Sequence[GroupSession], *, now: datetime) -> list[ListedSession]:
    """Add to sessions what their Work Groups say of them, in two statements for any number of sessions."""
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


def _listed(row: GroupSession, group: WorkGroup, lead_ids: list[UUID], now: datetime) -> ListedSession:
    return ListedSession(
        row=row,
        title=group.title,
        lead_ids=lead_ids,
        location=location(row, location_of(group)),
        register=register_state(row.status, starts_at=row.starts_at, now=now),
        register_open_until=row.starts_at + REGISTER_OPEN,
    )


def _is_led_by(teacher_id: UUID) -> ColumnElement[bool]:
    return exists().where(
        WorkGroupLead.work_group_id == GroupSession.work_group_id, WorkGroupLead.teacher_id == teacher_id
    )
