"""Assignments: one with its obligations, lists, and the assignments that a leaving PD lead still has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england, start_of_day
from hub_platform.paging import PageRequest, where_given
from hub_visits.domain import hand_overs
from hub_visits.models import Assignment
from hub_visits.store import assignments as store
from hub_visits.store import hand_overs as hand_over_store
from hub_visits.store import schools as school_store
from hub_visits.store.assignment_views import AssignmentView, leads_until, view_of


@dataclass(frozen=True, kw_only=True)
class RemainingAssignment:
    """An assignment that a PD lead has after a day."""

    assignment_id: UUID
    urn: str
    programme: str
    ends_on: date
    planned_visits_n: int  # visits planned after that day


@dataclass(frozen=True, kw_only=True)
class AssignmentFilter:
    """The filters of a list of assignments; None means any."""

    urn: str | None = None  # any URN that the school has had
    pd_lead_id: UUID | None = None
    programme: str | None = None
    academic_year: str | None = None
    active_on: date | None = None
    without_lead: bool | None = None
    visible: Select[UUID] | None = None  # the ids of the assignments that the actor may read


def assignments_after(
    session: Session, pd_lead_ids: Collection[UUID], last_day: date
) -> list[RemainingAssignment]:
    """Return the assignments of one person, given by all known records, that continue after a day."""
    since = start_of_day(last_day + timedelta(days=1))
    return [
        RemainingAssignment(
            assignment_id=row.id,
            urn=row.urn,
            programme=row.programme,
            ends_on=row.ends_on,
            planned_visits_n=planned_n,
        )
        for row, planned_n in hand_over_store.assignments_after(session, pd_lead_ids, last_day, since)
    ]


def get_assignment(session: Session, assignment_id: UUID) -> AssignmentView:
    """Return one assignment with its obligations.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = store.get_assignment(session, assignment_id)
    return view_of(session, row, store.obligations_of(session, row.id))


def list_assignments(
    session: Session, page: PageRequest, wanted: AssignmentFilter, *, now: datetime
) -> tuple[Sequence[AssignmentView], str | None]:
    """Return one page of assignments without their obligations, and the cursor of the next page."""
    statement = _select(session, wanted, today=day_in_england(now))
    rows, following = page.fetch(session, statement, [Assignment.starts_on, Assignment.id])
    views = [
        AssignmentView(row=row, obligations=[], lead_until=until)
        for row, until in zip(rows, leads_until(session, rows), strict=True)
    ]
    return views, following


def _select(session: Session, wanted: AssignmentFilter, *, today: date) -> Select[Assignment]:
    statement = where_given(
        select(Assignment),
        (Assignment.pd_lead_id, wanted.pd_lead_id),
        (Assignment.programme, wanted.programme),
        (Assignment.academic_year, wanted.academic_year),
    )
    if wanted.urn is not None:
        statement = statement.where(Assignment.urn.in_(school_store.urns_of(session, wanted.urn, today)))
    if wanted.active_on is not None:
        statement = statement.where(
            Assignment.starts_on <= wanted.active_on, Assignment.ends_on >= wanted.active_on
        )
    if wanted.without_lead is not None:
        condition = hand_over_store.assignment_without_lead()
        statement = statement.where(condition if wanted.without_lead else ~condition)
    return statement if wanted.visible is None else statement.where(Assignment.id.in_(wanted.visible))


def lead_of(session: Session, assignment_id: UUID, *, now: datetime) -> UUID | None:
    """Return the PD lead who has access to an assignment now; see `hand_overs.lead_of`.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = store.get_assignment(session, assignment_id)
    chain = hand_over_store.chains_of(session, [row.id])[row.id]
    return hand_overs.lead_of(hand_over_store.tenure_of(row), chain, day=day_in_england(now))
