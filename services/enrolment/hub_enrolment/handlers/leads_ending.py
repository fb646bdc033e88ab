"""Ask visits for the assignments of a PD lead whose role ends, after the end is saved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from hub_enrolment.domain import leaders
from hub_enrolment.gateways import Assignments, AssignmentsUnknown, StillAssigned
from hub_enrolment.models import LeaderRole
from hub_enrolment.store import leaders as store
from hub_enrolment.store import teachers as teacher_store

PD_LEAD: Final = "pd_lead"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A person with their last day as a PD lead."""

    records: Collection[UUID]  # the remaining record, and those merged into it
    last_day: date


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The assignments after the last day; None if visits did not answer."""

    still_assigned: Sequence[StillAssigned] | None
    warnings: Sequence[leaders.Warned]


def ending_of(session: Session, leader: LeaderRole) -> Ending | None:
    """Return the person to ask visits about when a role ends.

    None: the role is no PD lead's, or the person goes on as a PD lead in another role without a last day.
    """
    if leader.role != PD_LEAD:
        return None
    others = [one.ends_on for one in store.others_of(session, leader) if one.role == PD_LEAD]
    last_day = leaders.last_day_of([leader.ends_on, *others])
    if last_day is None:
        return None
    return Ending(records=teacher_store.record_ids(session, leader.teacher_id), last_day=last_day)


def unknown() -> Outlook:
    """Build the warning for the case that visits did not answer."""
    return Outlook(still_assigned=None, warnings=[leaders.assignments_unknown()])


def look_up(ending: Ending, assignments: Assignments) -> Outlook:
    """Ask visits for a person's assignments after their last day as a PD lead."""
    try:
        found = assignments.after(ending.records, ending.last_day)
    except AssignmentsUnknown as exc:
        log.warning("assignments_unknown", error=str(exc))
        return unknown()
    visits_n = sum(one.planned_visits_n for one in found)
    warning = leaders.still_assigned(len(found), visits_n, last_day=ending.last_day)
    return Outlook(still_assigned=found, warnings=[warning] if warning else [])
