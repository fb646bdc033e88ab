"""Work Groups, places and registers, as the rules want them."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session as DbSession

from hub_reporting.domain import composition, engagement
from hub_reporting.domain.periods import Period
from hub_reporting.models import (
    Completion,
    CorrectedMark,
    GroupEnding,
    GroupState,
    Mark,
    Merger,
    Place,
    Register,
    Session,
    Withdrawal,
    WorkGroup,
)
from hub_reporting.store import people

_there = sa.func.coalesce(CorrectedMark.mark, Mark.mark).in_(engagement.PRESENT)

# A register keeps the school of the day on which it was published; a place, the one put right since.
school_of_mark = sa.func.coalesce(Place.urn, Mark.urn)
# Whether a place is completed: known once the hub has closed the group, be that after the day of the report.
_decided = sa.case(
    (Completion.enrolment_id.is_not(None), sa.true()), (GroupEnding.ending == "closed", sa.false())
)


class MissingRegister(NamedTuple):
    """A session that was to be held, without a register."""

    work_group_id: str
    title: str
    day: date
    seq: int


def current_marks() -> sa.ColumnElement[bool]:
    """A mark of the register as last corrected."""
    return sa.and_(
        Mark.hub == Register.hub, Mark.session_id == Register.session_id, Mark.revision == Register.revision
    )


def correction() -> sa.ColumnElement[bool]:
    """What was put right after the register was locked; a register that is said anew says all of it."""
    return sa.and_(
        CorrectedMark.hub == Mark.hub,
        CorrectedMark.session_id == Mark.session_id,
        CorrectedMark.enrolment_id == Mark.enrolment_id,
        CorrectedMark.revision > Register.revision,
    )


def groups(session: DbSession, hub: str, period: Period) -> list[composition.Group]:
    """The groups of the period's academic years as they had been announced, and had met, by its day."""
    said = _announced_by(hub, period.as_at)
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
            said.c.state,
            sa.func.coalesce(said.c.overridden, sa.false()),
            GroupEnding.ending,
        )
        .outerjoin(said, said.c.work_group_id == WorkGroup.work_group_id)
        .outerjoin(GroupEnding, _ended_by(period.as_at))
        .where(*_of_years(hub, period))
    ).all()
    scheduled, held = _scheduled(session, hub, period), _held(session, hub, period)
    return [
        composition.Group._make([*row, scheduled.get(row[0], 0), *held.get(row[0], (0, None))])
        for row in rows
    ]


def _announced_by(hub: str, day: date) -> sa.Subquery:
    """The last announcement about each group by the end of a day."""
    return (
        sa.select(GroupState.work_group_id, GroupState.state, GroupState.overridden)
        .ext(distinct_on(GroupState.work_group_id))
        .where(GroupState.hub == hub, _date_of(GroupState.said_at) <= day)
        .order_by(GroupState.work_group_id, GroupState.revision.desc())
        .subquery("said")
    )


def _scheduled(session: DbSession, hub: str, period: Period) -> dict[str, int]:
    """How many sessions each group has, without those that had been cancelled by the day."""
    rows = session.execute(
        sa.select(_text(Session.work_group_id), sa.func.count())
        .where(Session.hub == hub, _stands_at(period.as_at))
        .group_by(Session.work_group_id)
    )
    return {row[0]: row[1] for row in rows}


def _held(session: DbSession, hub: str, period: Period) -> dict[str, tuple[int, date]]:
    """How many sessions each group has held by the last day, and the last of them."""
    rows = session.execute(
        sa.select(_text(Register.work_group_id), sa.func.count(), sa.func.max(Register.held_on))
        .where(Register.hub == hub, Register.held_on <= period.last_counted)
        .group_by(Register.work_group_id)
    )
    return {group: (n, last) for group, n, last in rows}


def places(session: DbSession, hub: str, period: Period) -> list[composition.Place]:
    """Every place given on those groups, given up again or not."""
    rows = session.execute(
        sa.select(
            _text(Place.enrolment_id),
            _text(Place.work_group_id),
            _text(people.left(Place.teacher_id)),
            Place.urn,
            Place.enrolled_on,
            Withdrawal.withdrawn_on,
            _decided,
        )
        .join(WorkGroup, same(WorkGroup, Place, "work_group_id"))
        .outerjoin(Withdrawal, same(Withdrawal, Place, "enrolment_id"))
        .outerjoin(Completion, same(Completion, Place, "enrolment_id"))
        .outerjoin(GroupEnding, same(GroupEnding, WorkGroup, "work_group_id"))
        .outerjoin(Merger, people.merged(Place))
        .where(*_of_years(hub, period))
    )
    return [composition.Place._make(row) for row in rows]


def attendances(session: DbSession, hub: str, period: Period) -> list[composition.Attendance]:
    """What the registers of the period's years say of each place, by the last day."""
    since = period.years[0].starts_on
    in_period = sa.and_(_there, Register.held_on >= period.starts_on)
    rows = session.execute(
        sa.select(
            _text(Mark.enrolment_id),
            school_of_mark,
            sa.func.count(),
            sa.func.count().filter(_there),
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
    return [composition.Attendance._make(row) for row in rows]


def leads(session: DbSession, hub: str, period: Period) -> dict[UUID, list[UUID]]:
    """Return the leads of each group of the period's years, as last announced."""
    rows = session.execute(
        sa.select(WorkGroup.work_group_id, WorkGroup.lead_ids).where(*_of_years(hub, period))
    )
    left = people.mergers(session, hub)
    return {
        row.work_group_id: list(dict.fromkeys(left.get(lead, lead) for lead in row.lead_ids)) for row in rows
    }


def registers_missing(session: DbSession, hub: str, period: Period) -> list[MissingRegister]:
    """Sessions that were to be held before the last day and have no register, the oldest first."""
    day = _date_of(Session.starts_at)
    rows = session.execute(
        sa.select(_text(WorkGroup.work_group_id), WorkGroup.title, day.label("day"), Session.seq)
        .join(Session, same(Session, WorkGroup, "work_group_id"))
        .outerjoin(Register, same(Register, Session, "session_id"))
        .where(
            *_of_years(hub, period),
            Register.session_id.is_(None),
            _stands_at(period.as_at),
            day < period.last_counted,
        )
        .order_by("day", WorkGroup.title, Session.seq)
    )
    return [MissingRegister._make(row) for row in rows]


def _stands_at(day: date) -> sa.ColumnElement[bool]:
    """A session that had not been cancelled by the end of a day."""
    return sa.or_(Session.cancelled.is_(False), _date_of(Session.cancelled_at) > day)


def _ended_by(day: date) -> sa.ColumnElement[bool]:
    """How a group had ended by the end of a day."""
    return sa.and_(same(GroupEnding, WorkGroup, "work_group_id"), _date_of(GroupEnding.ended_at) <= day)


def _date_of(instant: Any) -> sa.ColumnElement[date]:
    """The date where the hub is."""
    return sa.cast(sa.func.timezone("Europe/London", instant), sa.Date)


def _text(id_: Any) -> sa.ColumnElement[str]:
    """An id as text: making two thousand UUIDs would take longer than all the rest."""
    return sa.cast(id_, sa.Text)


def _of_years(hub: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    return WorkGroup.hub == hub, WorkGroup.academic_year.in_([str(year) for year in period.years])


def same(one: Any, other: Any, key: str) -> sa.ColumnElement[bool]:
    """What two read models of one hub say of the same subject."""
    return sa.and_(one.hub == other.hub, getattr(one, key) == getattr(other, key))
