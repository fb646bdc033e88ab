"""Work groups, places and registers, as the rules want them."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from hub_reporting.domain import composition, engagement
from hub_reporting.domain.periods import Period
from hub_reporting.models import GroupState, Mark, Place, Register, Session, Withdrawal, WorkGroup

_there = Mark.mark.in_(engagement.PRESENT)


def _current_marks() -> sa.ColumnElement[bool]:
    """A mark of the register as last corrected."""
    return sa.and_(
        Mark.hub == Register.hub, Mark.session_id == Register.session_id, Mark.revision == Register.revision
    )


def groups(session: DbSession, hub: str, period: Period) -> list[composition.Group]:
    """The groups of the period's academic years, with what their registers say by its last day."""
    scheduled = (
        sa.select(Session.work_group_id, sa.func.count().label("n"))
        .where(Session.hub == hub)
        .group_by(Session.work_group_id)
        .subquery("scheduled")
    )
    held = (
        sa.select(
            Register.work_group_id, sa.func.count().label("n"), sa.func.max(Register.held_on).label("last")
        )
        .where(Register.hub == hub, Register.held_on <= period.last_counted)
        .group_by(Register.work_group_id)
        .subquery("held")
    )
    marks = (
        sa.select(
            Register.work_group_id,
            sa.func.count().label("n"),
            sa.func.count().filter(_there).label("present"),
        )
        .join(Mark, _current_marks())
        .where(Register.hub == hub, Register.held_on <= period.last_counted)
        .group_by(Register.work_group_id)
        .subquery("marked")
    )
    said = sa.and_(GroupState.hub == WorkGroup.hub, GroupState.work_group_id == WorkGroup.work_group_id)
    rows = session.execute(
        sa.select(
            WorkGroup.work_group_id,
            WorkGroup.title,
            WorkGroup.ncp_code,
            WorkGroup.academic_year,
            WorkGroup.strand,
            WorkGroup.min_teachers,
            WorkGroup.max_teachers,
            WorkGroup.min_schools,
            WorkGroup.opens_at,
            GroupState.state,
            sa.func.coalesce(GroupState.overridden, sa.false()),
            sa.func.coalesce(scheduled.c.n, 0),
            sa.func.coalesce(held.c.n, 0),
            held.c.last,
            sa.func.coalesce(marks.c.n, 0),
            sa.func.coalesce(marks.c.present, 0),
        )
        .outerjoin(GroupState, said)
        .outerjoin(scheduled, scheduled.c.work_group_id == WorkGroup.work_group_id)
        .outerjoin(held, held.c.work_group_id == WorkGroup.work_group_id)
        .outerjoin(marks, marks.c.work_group_id == WorkGroup.work_group_id)
        .where(*_of_years(hub, period))
    )
    return [composition.Group._make(row) for row in rows]


def places(session: DbSession, hub: str, period: Period) -> list[composition.Place]:
    """Every place given on those groups, given up again or not."""
    rows = session.execute(
        _places(hub, period).with_only_columns(
            Place.work_group_id, Place.teacher_id, Place.urn, Place.enrolled_on, Withdrawal.withdrawn_on
        )
    )
    return [composition.Place._make(row) for row in rows]


def sign_ups(session: DbSession, hub: str, period: Period) -> list[engagement.SignUp]:
    """Each school's first place on a group of the period's years, by its last day."""
    rows = session.execute(
        _places(hub, period)
        .with_only_columns(Place.urn, sa.func.min(Place.enrolled_on))
        .where(Place.enrolled_on <= period.last_counted)
        .group_by(Place.urn)
    )
    return [engagement.SignUp._make(row) for row in rows]


def seen_at_sessions(session: DbSession, hub: str, period: Period) -> list[engagement.Activity]:
    """Each school that was marked present or late in the period."""
    rows = session.execute(
        sa.select(
            Mark.urn,
            sa.literal("work_group"),
            sa.func.min(Register.held_on),
            sa.func.count(Register.session_id.distinct()),
        )
        .join(Mark, _current_marks())
        .where(Register.hub == hub, Register.held_on.between(period.starts_on, period.last_counted), _there)
        .group_by(Mark.urn)
    )
    return [engagement.Activity._make(row) for row in rows]


def participations(
    session: DbSession, hub: str, period: Period, finished: Collection[composition.Group]
) -> list[engagement.Participation]:
    """Those who stayed to the end of finished groups, with the sessions that they came to."""
    if not finished:
        return []
    by_id = {group.work_group_id: group for group in finished}
    attended = (
        sa.select(Mark.enrolment_id, sa.func.count().label("n"))
        .join(Register, _current_marks())
        .where(Register.hub == hub, Register.held_on <= period.last_counted, _there)
        .group_by(Mark.enrolment_id)
        .subquery("attended")
    )
    stayed = sa.or_(Withdrawal.withdrawn_on.is_(None), Withdrawal.withdrawn_on > period.last_counted)
    rows = session.execute(
        _places(hub, period)
        .with_only_columns(Place.work_group_id, Place.urn, attended.c.n)
        .join(attended, attended.c.enrolment_id == Place.enrolment_id)
        .where(Place.work_group_id.in_(list(by_id)), stayed)
    )
    found = []
    for group_id, urn, n in rows:
        group = by_id[group_id]
        last = group.last_held_on or period.last_counted
        found.append(engagement.Participation(urn, n, group.held, last))
    return found


def leads(session: DbSession, hub: str, period: Period) -> dict[UUID, list[UUID]]:
    """Who leads each group of the period's years."""
    rows = session.execute(
        sa.select(WorkGroup.work_group_id, WorkGroup.lead_ids).where(*_of_years(hub, period))
    )
    return {row.work_group_id: row.lead_ids for row in rows}


def registers_missing(session: DbSession, hub: str, period: Period) -> list[tuple[str, date]]:
    """Sessions that were to be held by the last day and have no register: the group's title and the date."""
    day = sa.cast(Session.starts_at.op("AT TIME ZONE")("Europe/London"), sa.Date)
    rows = session.execute(
        sa.select(WorkGroup.title, day.label("day"))
        .join(Session, _same(Session, WorkGroup, "work_group_id"))
        .outerjoin(Register, _same(Register, Session, "session_id"))
        .where(*_of_years(hub, period), Register.session_id.is_(None), day < period.last_counted)
        .order_by("day", WorkGroup.title)
    )
    return [(row.title, row.day) for row in rows]


def _of_years(hub: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    return WorkGroup.hub == hub, WorkGroup.academic_year.in_([str(year) for year in period.years])


def _places(hub: str, period: Period) -> sa.Select[Any]:
    return (
        sa.select(Place)
        .join(WorkGroup, _same(WorkGroup, Place, "work_group_id"))
        .outerjoin(Withdrawal, _same(Withdrawal, Place, "enrolment_id"))
        .where(*_of_years(hub, period))
    )


def _same(one: Any, other: Any, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(one.hub == other.hub, getattr(one, key) == getattr(other, key))
