"""What assignments look like from outside: until when each has a PD lead, and who that is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england, start_of_day
from hub_kernel.refusals import Unknown
from hub_platform.paging import PageRequest
from hub_visits.domain import assignments, calendars, hand_overs
from hub_visits.models import Assignment
from hub_visits.store import assignments as store
from hub_visits.store import hand_overs as hand_over_store
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class AssignmentView:
    """An assignment with what it owes."""

    row: Assignment
    obligations: list[assignments.Owed]
    warnings: list[str]  # own_trust: the PD lead's own school belongs to the same trust
    lead_until: date | None = None  # see `hand_overs.lead_until`
    reassigned_n: int = 0  # planned visits that its PD lead has taken over
    without_lead_n: int = 0  # planned visits that it leaves without a PD lead


@dataclass(frozen=True, kw_only=True)
class StillAssigned:
    """An assignment that a person has after a day."""

    assignment_id: UUID
    urn: str
    programme: str
    ends_on: date
    planned_visits_n: int  # visits planned for later than that day


def assignments_after(session: Session, pd_lead_ids: Collection[UUID], last_day: date) -> list[StillAssigned]:
    """Return the assignments of one person, given by all known records, that hold after a day."""
    since = start_of_day(last_day + timedelta(days=1))
    return [
        StillAssigned(
            assignment_id=row.id,
            urn=row.urn,
            programme=row.programme,
            ends_on=row.ends_on,
            planned_visits_n=planned_n,
        )
        for row, planned_n in hand_over_store.assignments_after(session, pd_lead_ids, last_day, since)
    ]


def find_assignment(session: Session, assignment_id: UUID) -> AssignmentView:
    """An assignment with what it owes.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = store.find_assignment(session, assignment_id)
    if row is None:
        raise Unknown("unknown_assignment", "There is no such assignment.")
    return view_of(session, row, store.obligations_of(session, row.id))


def view_of(
    session: Session,
    row: Assignment,
    owed: list[assignments.Owed],
    *,
    warnings: Sequence[str] = (),
    reassigned_n: int = 0,
    without_lead_n: int = 0,
) -> AssignmentView:
    """An assignment with what it owes and until when it has a PD lead."""
    [until] = leads_until(session, [row])
    return AssignmentView(
        row=row,
        obligations=owed,
        warnings=list(warnings),
        lead_until=until,
        reassigned_n=reassigned_n,
        without_lead_n=without_lead_n,
    )


def leads_until(session: Session, rows: Sequence[Assignment]) -> list[date | None]:
    """Until when each assignment has a PD lead, where that is before its academic year ends."""
    known = hand_over_store.standings_of(session, [row.id for row in rows])
    return [
        None
        if known[row.id].is_followed
        else hand_overs.lead_until(
            last_day=calendars.last_day_of(row.academic_year),
            ended_on=None if row.end_reason is None else row.ends_on,
            role_ends_on=known[row.id].role_ends_on,
        )
        for row in rows
    ]


def list_assignments(
    session: Session, page: PageRequest, *, now: datetime, urn: str | None = None, **wanted: Any
) -> tuple[Sequence[AssignmentView], str | None]:
    """One page of assignments without what they owe.

    `urn` may be any that the school has had; `wanted`: the other filters of `store.list_assignments`.
    """
    if urn is not None:
        wanted["urns"] = school_store.urns_of(session, urn, day_in_england(now))
    rows, following = page.fetch(
        session, store.list_assignments(**wanted), [Assignment.starts_on, Assignment.id]
    )
    views = [
        AssignmentView(row=row, obligations=[], warnings=[], lead_until=until)
        for row, until in zip(rows, leads_until(session, rows), strict=True)
    ]
    return views, following


def lead_of(session: Session, assignment_id: UUID, *, now: datetime) -> UUID | None:
    """The PD lead to whom what belongs to an assignment is entrusted at an instant; see `hand_overs.lead_of`.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = store.find_assignment(session, assignment_id)
    if row is None:
        raise Unknown("unknown_assignment", "There is no such assignment.")
    chain = hand_over_store.chains_of(session, [row.id])[row.id]
    return hand_overs.lead_of(hand_over_store.tenure_of(row), chain, day=day_in_england(now))
