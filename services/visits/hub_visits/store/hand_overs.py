"""Chains of assignments: their current PD lead, and the visits that a hand-over moves."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, case, cast, exists, func, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from hub_visits.domain.hand_overs import Tenure
from hub_visits.models import Assignment, LeaderPost, Merger, Visit


@dataclass(frozen=True, kw_only=True)
class AssignmentState:
    """Facts about an assignment from other rows."""

    is_followed: bool
    role_ends_on: date | None  # last day of its PD lead in that role; None: no end is known


def tenure_of(row: Assignment) -> Tenure:
    """Return an assignment as a domain value."""
    return Tenure(
        pd_lead_id=row.pd_lead_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_ended=row.end_reason is not None,
    )


def chains_of(session: Session, assignment_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Tenure]]:
    """Return the whole chain of each assignment, by first day."""
    member = aliased(Assignment)
    rows = session.execute(
        select(Assignment.id, member)
        .join(member, member.chain_id == Assignment.chain_id)
        .where(Assignment.id.in_(assignment_ids))
        .order_by(Assignment.id, member.starts_on, member.ends_on)
    )
    found: dict[UUID, list[Tenure]] = defaultdict(list)
    for assignment_id, row in rows:
        found[assignment_id].append(tenure_of(row))
    return found


def last_logged_on(session: Session, assignment_id: UUID) -> date | None:
    """Return the day of an assignment's last logged visit, if there is one."""
    return session.scalar(
        select(func.max(Visit.happened_on)).where(
            Visit.assignment_id == assignment_id, Visit.status == "logged"
        )
    )


def lock_planned(session: Session, assignment_id: UUID, since: datetime) -> Sequence[Visit]:
    """Lock and return an assignment's visits planned from an instant on, by planned time."""
    return session.scalars(
        select(Visit)
        .where(Visit.assignment_id == assignment_id, Visit.status == "planned", Visit.planned_at >= since)
        .order_by(Visit.planned_at, Visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def assignments_after(
    session: Session, pd_lead_ids: Collection[UUID], last_day: date, since: datetime
) -> Sequence[tuple[Assignment, int]]:
    """Return one person's assignments that continue after a day, with the number of visits planned since.

    Records that were merged into one of `pd_lead_ids` count as the same person.
    """
    planned_n = (
        select(func.count())
        .select_from(Visit)
        .where(Visit.assignment_id == Assignment.id, Visit.status == "planned", Visit.planned_at >= since)
        .correlate(Assignment)
        .scalar_subquery()
    )
    merged = select(Merger.from_id).where(Merger.into_id.in_(pd_lead_ids))
    rows = session.execute(
        select(Assignment, planned_n)
        .where(or_(Assignment.pd_lead_id.in_(pd_lead_ids), Assignment.pd_lead_id.in_(merged)))
        .where(Assignment.ends_on > last_day, Assignment.ends_on >= Assignment.starts_on)
        .order_by(Assignment.urn, Assignment.starts_on, Assignment.id)
    )
    return [(row, n) for row, n in rows]


def assignments_led_by(pd_lead_id: UUID, today: date) -> Select[UUID]:
    """Select the assignments whose `domain.hand_overs.lead_of` is a PD lead; a test checks both agree."""
    leading = aliased(Assignment)
    is_current = (
        exists()
        .where(leading.chain_id == Assignment.chain_id, leading.pd_lead_id == pd_lead_id)
        .where(_leads_on(leading, today))
    )
    is_own_future = and_(
        Assignment.pd_lead_id == pd_lead_id,
        or_(Assignment.end_reason.is_(None), Assignment.ends_on >= Assignment.starts_on),
    )
    return select(Assignment.id).where(case((Assignment.starts_on > today, is_own_future), else_=is_current))


def visit_without_lead(today: date) -> ColumnElement[bool]:
    """Return `domain.hand_overs.is_without_lead` as an SQL condition; a test checks that both agree."""
    own, leading = aliased(Assignment), aliased(Assignment)
    planned_on = cast(func.timezone("Europe/London", Visit.planned_at), Date)
    led = (
        exists()
        .where(own.id == Visit.assignment_id, leading.chain_id == own.chain_id)
        .where(_leads_on(leading, func.greatest(planned_on, today)))
    )
    return and_(Visit.status == "planned", ~led)


def assignment_without_lead() -> ColumnElement[bool]:
    """Return the SQL condition that `domain.hand_overs.lead_until` gives a day for an assignment."""
    year_ends_on = func.make_date(cast(func.left(Assignment.academic_year, 4), Integer) + 1, 8, 31)
    return and_(
        ~_is_followed(),
        or_(
            and_(Assignment.end_reason.is_not(None), Assignment.ends_on < year_ends_on),
            func.coalesce(_role_ends_on() < year_ends_on, False),
        ),
    )


def assignment_states(session: Session, assignment_ids: Collection[UUID]) -> Mapping[UUID, AssignmentState]:
    """Return facts about assignments from other rows, by id."""
    rows = session.execute(
        select(Assignment.id, _is_followed(), _role_ends_on()).where(Assignment.id.in_(assignment_ids))
    )
    return {row[0]: AssignmentState(is_followed=row[1], role_ends_on=row[2]) for row in rows}


def _leads_on(leading: type[Assignment], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    return and_(leading.starts_on <= day, or_(leading.end_reason.is_(None), leading.ends_on >= day))


def _is_followed() -> ColumnElement[bool]:
    following = aliased(Assignment)
    return exists().where(following.follows == Assignment.id)


def _role_ends_on() -> ColumnElement[date | None]:
    """Return the last day of the PD lead in that role; NULL while one of their roles has no end."""
    last = case((func.bool_or(LeaderPost.ends_on.is_(None)), null()), else_=func.max(LeaderPost.ends_on))
    return (
        select(last)
        .where(
            LeaderPost.role == "pd_lead",
            _remaining_id(LeaderPost.teacher_id) == _remaining_id(Assignment.pd_lead_id),
        )
        .correlate(Assignment)
        .scalar_subquery()
    )


def _remaining_id(teacher_id: InstrumentedAttribute[UUID]) -> ColumnElement[UUID]:
    """Return the id of the record that remains after a merger; the id itself without one."""
    merger = aliased(Merger)
    into = select(merger.into_id).where(merger.from_id == teacher_id).scalar_subquery()
    return func.coalesce(into, teacher_id)
