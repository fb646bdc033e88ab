"""Assignments, obligations and visits, as values of the domain."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub_contracts.vocabulary import LeaderRole, VisitKind
from hub_reporting.domain import engagement, visits
from hub_reporting.domain.engagement import Kind
from hub_reporting.domain.periods import Period
from hub_reporting.models import (
    Assignment,
    CancelledVisit,
    DepartmentPD,
    EndedAssignment,
    Exemption,
    LoggedVisit,
    Merger,
    Obligation,
    PlannedVisit,
    RecalculatedVisit,
)
from hub_reporting.store import people

DerivedModel = type[LoggedVisit] | type[PlannedVisit] | type[DepartmentPD]
Instant = InstrumentedAttribute[datetime | None]
DEPARTMENT_PD: Final = VisitKind.DEPARTMENT_PD.value


def latest_of(model: DerivedModel, column: str) -> sa.ColumnElement[Any]:  # of the type of the column
    """Select a derived column of a visit, from its recalculation where that is newer than the row."""
    newer = RecalculatedVisit.revision > model.revision
    return sa.case((newer, getattr(RecalculatedVisit, column)), else_=getattr(model, column))


def recalculation(model: DerivedModel) -> sa.ColumnElement[bool]:
    """Return the condition of the outer join that `latest_of` needs."""
    return sa.and_(RecalculatedVisit.hub == model.hub, RecalculatedVisit.visit_id == model.visit_id)


def assignments(session: Session, hub: str, period: Period) -> list[visits.Assignment]:
    """Return the assignments of the academic years that the period touches."""
    ended = _ended_roles(hub)
    pd_lead_id = people.remaining(Assignment.pd_lead_id)
    merged = sa.and_(Merger.hub == Assignment.hub, Merger.from_id == Assignment.pd_lead_id)
    ending = sa.and_(
        EndedAssignment.hub == Assignment.hub, EndedAssignment.assignment_id == Assignment.assignment_id
    )
    years = period.years
    rows = session.execute(
        sa.select(
            Assignment.assignment_id,
            Assignment.urn,
            pd_lead_id,
            Assignment.programme,
            Assignment.starts_on,
            ended.c.on,
            EndedAssignment.ended_on,
        )
        .outerjoin(Merger, merged)
        .outerjoin(EndedAssignment, ending)
        .outerjoin(ended, ended.c.teacher_id == pd_lead_id)
        .where(Assignment.hub == hub, Assignment.starts_on.between(years[0].starts_on, years[-1].ends_on))
    )
    return [visits.Assignment._make(row) for row in rows]


def _ended_roles(hub: str) -> sa.Subquery:
    """Select the last day of each person's roles as PD lead; null while one of these has no end."""
    posts = people.posts(hub).c
    has_open_end = sa.func.bool_or(posts.ends_on.is_(None))
    return (
        sa.select(
            posts.teacher_id,
            sa.case((has_open_end, sa.null()), else_=sa.func.max(posts.ends_on)).label("on"),
        )
        .where(posts.role == LeaderRole.PD_LEAD)
        .group_by(posts.teacher_id)
        .subquery("ended")
    )


def obligations(session: Session, hub: str, period: Period) -> list[visits.Obligation]:
    """Return the obligations in the half terms that the period touches."""
    assigned = sa.and_(
        Assignment.hub == Obligation.hub,
        Assignment.assignment_id == Obligation.assignment_id,
        Assignment.revision == Obligation.revision,
    )
    rows = session.execute(
        sa.select(
            Obligation.urn, Obligation.half_term, Obligation.kind, Obligation.starts_on, Obligation.ends_on
        )
        .join(Assignment, assigned)
        .where(
            Obligation.hub == hub,
            Obligation.starts_on <= period.ends_on,
            Obligation.ends_on >= period.starts_on,
        )
    )
    return [visits.Obligation._make(row) for row in rows]


def logged(session: Session, hub: str, half_terms: set[str]) -> list[visits.Logged]:
    """Return the visits that took place in some half terms; a visit out of term belongs to none."""
    half_term = latest_of(LoggedVisit, "half_term")
    rows = session.execute(
        sa.select(
            LoggedVisit.urn,
            half_term,
            LoggedVisit.kind,
            LoggedVisit.happened_on,
            latest_of(LoggedVisit, "late"),
        )
        .outerjoin(RecalculatedVisit, recalculation(LoggedVisit))
        .where(
            LoggedVisit.hub == hub,
            half_term.in_(sorted(half_terms)),
            latest_of(LoggedVisit, "out_of_term").is_(False),
        )
    )
    return [visits.Logged._make(row) for row in (*rows, *_meetings_held(session, hub, half_terms))]


def _meetings_held(session: Session, hub: str, half_terms: set[str]) -> Iterable[sa.Row[Any]]:  # as Logged
    """Return the department meetings of some half terms in the columns of `visits.Logged`."""
    held_in = latest_of(DepartmentPD, "half_term")
    same_visit = sa.and_(LoggedVisit.hub == DepartmentPD.hub, LoggedVisit.visit_id == DepartmentPD.visit_id)
    return session.execute(
        sa.select(
            DepartmentPD.urn,
            held_in,
            sa.literal(DEPARTMENT_PD),
            DepartmentPD.held_on,
            sa.func.coalesce(latest_of(LoggedVisit, "late"), sa.false()),
        )
        .outerjoin(LoggedVisit, same_visit)
        .outerjoin(RecalculatedVisit, recalculation(DepartmentPD))
        .where(DepartmentPD.hub == hub, held_in.in_(sorted(half_terms)))
    )


def planned(session: Session, hub: str, half_terms: set[str], day: date) -> list[visits.Planned]:
    """Return visits planned for some half terms by the end of a day and neither held nor cancelled."""
    half_term = latest_of(PlannedVisit, "half_term")
    held = sa.exists().where(
        LoggedVisit.hub == PlannedVisit.hub,
        LoggedVisit.visit_id == PlannedVisit.visit_id,
        LoggedVisit.happened_on <= day,
    )
    cancelled = sa.exists().where(
        CancelledVisit.hub == PlannedVisit.hub,
        CancelledVisit.visit_id == PlannedVisit.visit_id,
        by_end_of(CancelledVisit.cancelled_at, day),
    )
    rows = session.execute(
        sa.select(PlannedVisit.urn, half_term, PlannedVisit.kind)
        .outerjoin(RecalculatedVisit, recalculation(PlannedVisit))
        .where(
            PlannedVisit.hub == hub,
            half_term.in_(sorted(half_terms)),
            by_end_of(PlannedVisit.announced_at, day),
            ~held,
            ~cancelled,
        )
    )
    return [visits.Planned._make(row) for row in rows]


def excused(session: Session, hub: str, half_terms: set[str], day: date) -> list[visits.Excused]:
    """Return the exemptions in some half terms that were recorded by the end of a day."""
    rows = session.execute(
        sa.select(Exemption.urn, Exemption.half_term, Exemption.kind).where(
            Exemption.hub == hub,
            Exemption.half_term.in_(sorted(half_terms)),
            by_end_of(Exemption.excused_at, day),
        )
    )
    return [visits.Excused._make(row) for row in rows]


def by_end_of(instant: Instant, day: date) -> sa.ColumnElement[bool]:
    """Return whether an instant lies before the end of a day; a null instant does."""
    return sa.or_(instant.is_(None), sa.cast(sa.func.timezone("Europe/London", instant), sa.Date) <= day)


def visit_activities(session: Session, hub: str, period: Period) -> list[engagement.Activity]:
    """Return each school with a visit or a department meeting in the period."""
    visited = (
        sa.select(
            LoggedVisit.urn,
            sa.literal(Kind.VISIT.value),
            sa.func.min(LoggedVisit.happened_on),
            sa.func.count(),
        )
        .outerjoin(RecalculatedVisit, recalculation(LoggedVisit))
        .where(
            LoggedVisit.hub == hub,
            LoggedVisit.happened_on.between(period.starts_on, period.last_counted),
            LoggedVisit.kind != DEPARTMENT_PD,
            latest_of(LoggedVisit, "out_of_term").is_(False),
        )
        .group_by(LoggedVisit.urn)
    )
    meetings = _meetings(hub)
    taught = (
        sa.select(
            meetings.c.urn,
            sa.literal(DEPARTMENT_PD),
            sa.func.min(meetings.c.day),
            sa.func.count(meetings.c.visit_id.distinct()),
        )
        .where(meetings.c.day.between(period.starts_on, period.last_counted))
        .group_by(meetings.c.urn)
    )
    return [engagement.Activity._make(row) for row in session.execute(sa.union_all(visited, taught))]


def _meetings(hub: str) -> sa.Subquery:
    """Select each department meeting once, though it has two events: VisitLogged and DepartmentPDHeld."""
    return sa.union(
        sa.select(LoggedVisit.visit_id, LoggedVisit.urn, LoggedVisit.happened_on.label("day"))
        .outerjoin(RecalculatedVisit, recalculation(LoggedVisit))
        .where(
            LoggedVisit.hub == hub,
            LoggedVisit.kind == DEPARTMENT_PD,
            latest_of(LoggedVisit, "out_of_term").is_(False),
        ),
        sa.select(DepartmentPD.visit_id, DepartmentPD.urn, DepartmentPD.held_on)
        .outerjoin(RecalculatedVisit, recalculation(DepartmentPD))
        .where(DepartmentPD.hub == hub, latest_of(DepartmentPD, "half_term").is_not(None)),
    ).subquery("meetings")
