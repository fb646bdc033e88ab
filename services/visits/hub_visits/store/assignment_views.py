"""Assignments as the API shows them, with their obligations and the last day of their PD lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub_visits.domain import assignments, calendars, hand_overs
from hub_visits.models import Assignment
from hub_visits.store import hand_overs as store


@dataclass(frozen=True, kw_only=True)
class AssignmentView:
    """An assignment with its obligations."""

    row: Assignment
    obligations: list[assignments.Owed]
    warnings: Sequence[str] = ()  # own_trust: the PD lead's own school belongs to the same trust
    lead_until: date | None = None  # see `hand_overs.lead_until`
    reassigned_n: int = 0  # planned visits that were moved to it
    without_lead_n: int = 0  # planned visits that have no PD lead after its end


def view_of(session: Session, row: Assignment, owed: list[assignments.Owed]) -> AssignmentView:
    """Return the view of one assignment, without the consequences of a change."""
    [until] = leads_until(session, [row])
    return AssignmentView(row=row, obligations=owed, lead_until=until)


def leads_until(session: Session, rows: Sequence[Assignment]) -> list[date | None]:
    """Return the last day of each assignment's PD lead; None: until the end of the academic year."""
    states = store.assignment_states(session, [row.id for row in rows])
    return [
        None
        if states[row.id].is_followed
        else hand_overs.lead_until(
            last_day=calendars.last_day_of(row.academic_year),
            ended_on=None if row.end_reason is None else row.ends_on,
            role_ends_on=states[row.id].role_ends_on,
        )
        for row in rows
    ]
