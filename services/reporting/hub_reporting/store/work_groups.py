"""Work Groups, places and registers, as values of the domain."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session as DbSession

from hub_reporting.domain import engagement, work_groups
from hub_reporting.domain.periods import Period
from hub_reporting.models import (
    Completion,
    CorrectedMark,
    GroupEnding,
    GroupState,
    Mark,
    Merger,
    Place,
    Projected,
    Register,
    Session,
    Withdrawal,
    WorkGroup,
)
from hub_reporting.store import people

_attended = sa.func.coalesce(CorrectedMark.mark, Mark.mark).in_(engagement.PRESENT)

# A mark has the school of the day on which its register was published; a place, the corrected one.
school_of_mark = sa.func.coalesce(Place.urn, Mark.urn)
# Whether a place is completed: null until the hub has closed the group, even after the day of the report.
_completed = sa.case(
    (Completion.enrolment_id.is_not(None), sa.true()),
    (GroupEnding.ending == work_groups.Ending.CLOSED, sa.false()),
)


class MissingRegister(NamedTuple):
    """A past session without a register."""

    work_group_id: str
    title: str
    day: date
    seq: int


def current_marks() -> sa.ColumnElement[bool]:
    """Return the condition that joins a register with its own marks."""
    return sa.and_(
        Mark.hub == Register.hub, Mark.session_id == Register.session_id, Mark.revision == Register.revision
    )


def correction() -> sa.ColumnElement[bool]:
    """Return the condition that joins a mark with a correction that no resubmitted register replaces."""
    return sa.and_(
        CorrectedMark.hub == Mark.hub,
        CorrectedMark.session_id == Mark.session_id,
        CorrectedMark.enrolment_id == Mark.enrolment_id,
        CorrectedMark.revision > Register.revision,
    )


def groups(session: DbSession, hub: str, period: Period) -> list[work_groups.Group]:
    """Return the groups of the academic years that the period touches, as of its day."""
    announced = _announced_by(hub, period.as_at)
    rows = session.execute(
        sa.select(
            _text(WorkGroup.work_group_id),
            WorkGroup.title,
            WorkGroup.ncp_code,
            WorkGroup.academic_year,
            WorkGroup.strand,
            WorkGroup.min_teachers,
            WorkGroup.max_teachers,
            WorkGroup.min_schools,
            WorkGroup.opens_at,
            announced.c.state,
            sa.func.coalesce(announced.c.overridden, sa.false()),
            GroupEnding.ending,
        )
        .outerjoin(announced, announced.c.work_group_id == WorkGroup.work_group_id)
        .outerjoin(GroupEnding, _ended_by(period.as_at))
        .where(*_of_years(hub, period))
    ).all()
    scheduled, held = _scheduled(session, hub, period), _held(session, hub, period)
    return [
        work_groups.Group._make([*row, scheduled.get(row[0], 0), *held.get(row[0], (0, None))])
        for row in rows
    ]


def _announced_by(hub: str, day: date) -> sa.Subquery:
    """Select the last announcement about each group by the end of a day."""
    return (
        sa.select(GroupState.work_group_id, GroupState.state, GroupState.overridden)
        .ext(distinct_on(GroupState.work_group_id))
        .where(GroupState.hub == hub, _date_of(GroupState.said_at) <= day)
        .order_by(GroupState.work_group_id, GroupState.revision.desc())
        .subquery("announced")
    )


def _scheduled(session: DbSession, hub: str, period: Period) -> dict[str, int]:
    """Return the number of sessions of each group, without those cancelled by the day."""
    rows = session.execute(
        sa.select(_text(Session.work_group_id), sa.func.count())
        .where(Session.hub == hub, _not_cancelled_by(period.as_at))
        .group_by(Session.work_group_id)
    )
    return {row[0]: row[1] for row in rows}


def _held(session: DbSession, hub: str, period: Period) -> dict[str, tuple[int, date]]:
    """Return the number of sessions held by the last day for each group, and the day of the last one."""
    rows = session.execute(
        sa.select(_text(Register.work_group_id), sa.func.count(), sa.func.max(Register.held_on))
        .where(Register.hub == hub, Register.held_on <= period.last_counted)
        .group_by(Register.work_group_id)
    )
    return {group: (n, last) for group, n, last in rows}


def places(session: DbSession, hub: str, period: Period) -> list[work_groups.Place]:
    """Return every place on those groups, withdrawn or not."""
    rows = session.execute(
        sa.select(
            _text(Place.enrolment_id),
            _text(Place.work_group_id),
            _text(people.remaining(Place.teacher_id)),
            Place.urn,
            Place.enrolled_on,
            Withdrawal.withdrawn_on,
            _completed,
        )
        .join(WorkGroup, same(WorkGroup, Place, "work_group_id"))
        .outerjoin(Withdrawal, same(Withdrawal, Place, "enrolment_id"))
        .outerjoin(Completion, same(Completion, Place, "enrolment_id"))
        .outerjoin(GroupEnding, same(GroupEnding, WorkGroup, "work_group_id"))
        .outerjoin(Merger, people.merged(Place))
        .where(*_of_years(hub, period))
    )
    return [work_groups.Place._make(row) for row in rows]


def attendances(session: DbSession, hub: str, period: Period) -> list[work_groups.Attendance]:
    """Return the marks of each place in the registers of the period's academic years."""
    since = period.years[0].starts_on
    in_period = sa.and_(_attended, Register.held_on >= period.starts_on)
    rows = session.execute(
        sa.select(
            _text(Mark.enrolment_id),
            school_of_mark,
            sa.func.count(),
            sa.func.count().filter(_attended),
            sa.func.min(Register.held_on).filter(in_period),
            sa.func.count().filter(in_period),
        )
        .select_from(Mark)
        .join(Register, current_marks())
        .outerjoin(CorrectedMark, correction())
        .outerjoin(Place, same(Place, Mark, "enrolment_id"))
        .where(Register.hub == hub, Register.held_on.between(since, period.last_counted))
        .group_by(Mark.enrolment_id, school_of_mark)
    )
    return [work_groups.Attendance._make(row) for row in rows]


def leads(session: DbSession, hub: str, period: Period) -> dict[UUID, list[UUID]]:
    """Return the latest leads of each group of the period's academic years."""
    rows = session.execute(
        sa.select(WorkGroup.work_group_id, WorkGroup.lead_ids).where(*_of_years(hub, period))
    )
    merged = people.mergers(session, hub)
    return {
        row.work_group_id: list(dict.fromkeys(merged.get(lead, lead) for lead in row.lead_ids))
        for row in rows
    }


def registers_missing(session: DbSession, hub: str, period: Period) -> list[MissingRegister]:
    """Return past sessions without a register, the oldest first."""
    day = _date_of(Session.starts_at)
    rows = session.execute(
        sa.select(_text(WorkGroup.work_group_id), WorkGroup.title, day.label("day"), Session.seq)
        .join(Session, same(Session, WorkGroup, "work_group_id"))
        .outerjoin(Register, same(Register, Session, "session_id"))
        .where(
            *_of_years(hub, period),
            Register.session_id.is_(None),
            _not_cancelled_by(period.as_at),
            day < period.last_counted,
        )
        .order_by("day", WorkGroup.title, Session.seq)
    )
    return [MissingRegister._make(row) for row in rows]


def _not_cancelled_by(day: date) -> sa.ColumnElement[bool]:
    """Return the condition that a session was not cancelled by the end of a day."""
    return sa.or_(Session.cancelled.is_(False), _date_of(Session.cancelled_at) > day)


def _ended_by(day: date) -> sa.ColumnElement[bool]:
    """Return the condition that joins a group with its ending by the end of a day."""
    return sa.and_(same(GroupEnding, WorkGroup, "work_group_id"), _date_of(GroupEnding.ended_at) <= day)


def _date_of(
    instant: sa.ColumnExpressionArgument[datetime] | sa.ColumnExpressionArgument[datetime | None],
) -> sa.ColumnElement[date]:
    """Select the date of an instant in England."""
    return sa.cast(sa.func.timezone("Europe/London", instant), sa.Date)


def _text(id_: sa.ColumnExpressionArgument[UUID]) -> sa.ColumnElement[str]:
    """Select an id as text: building two thousand UUIDs takes longer than the rest of a report."""
    return sa.cast(id_, sa.Text)


def _of_years(hub: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    return WorkGroup.hub == hub, WorkGroup.academic_year.in_([str(year) for year in period.years])


def same(one: type[Projected], other: type[Projected], key: str) -> sa.ColumnElement[bool]:
    """Return the condition that joins two read models of one hub on a key."""
    return sa.and_(one.hub == other.hub, getattr(one, key) == getattr(other, key))
