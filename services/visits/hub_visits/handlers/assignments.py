"""Assigning PD leads to schools."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_visits.commands import AssignPDLead
from hub_visits.domain import assignments
from hub_visits.models import Assignment
from hub_visits.steps.assignments import NewAssignment, add_assignment, check_pd_lead, open_school
from hub_visits.steps.derivation import update_obligations
from hub_visits.steps.reassigning import reassign
from hub_visits.store import assignments as store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import schools as school_store
from hub_visits.store.assignment_views import AssignmentView, view_of


# Long: each check in the order in which it is made.
def assign_pd_lead(session: Session, command: AssignPDLead, *, now: datetime, by: str) -> AssignmentView:
    """Assign a PD lead to a school until the end of the academic year.

    The URN of a closed school stands for its successor. If the school's last assignment of that programme and
    year was ended without a successor, the new one follows it and takes over the visits planned from its
    first day on.

    Raises:
        Refused: `unknown_school`, `unknown_pd_lead`, `pd_lead_ended`, `own_school`, `school_closed` or
            `unknown_half_term` (no calendar covers the school yet).
        Conflict: `already_assigned`.
    """
    calendar_store.share_derivation(session)
    school_store.lock_family(session, command.urn)  # serialises decisions about one school
    day = max(command.starts_on, day_in_england(now))
    school = open_school(session, command.urn, day=day)
    warnings = check_pd_lead(session, command.pd_lead_id, school, starts_on=command.starts_on, day=day)
    academic_year = academic_year_of(command.starts_on)
    urns = school_store.urns_of(session, school.urn, day)
    before = _check_free(session, command, urns, academic_year)
    urn = school_store.successions(session, urns).standing(command.urn, command.starts_on)
    known = calendar_store.calendars_of(session, academic_year, urns)
    half_terms = known.half_terms(urn)
    if not half_terms:
        detail = f"No calendar of {academic_year} covers this school. Set one first."
        raise Refused("unknown_half_term", detail, "/starts_on")
    new = NewAssignment(
        urn=urn,
        pd_lead_id=command.pd_lead_id,
        programme=command.programme,
        starts_on=command.starts_on,
        kinds=list(dict.fromkeys(command.kinds)),
        follows=before,
    )
    assignment = add_assignment(session, new, now=now, by=by)
    owed = update_obligations(session, assignment, half_terms, now=now, by=by)
    reassigned = 0
    if before is not None:
        update_obligations(session, before, known.half_terms(before.urn), now=now, by=by)
        reassigned = reassign(session, before, assignment, now=now, by=by)
    view = view_of(session, assignment, owed)
    return replace(view, warnings=warnings, reassigned_n=reassigned)


def _check_free(
    session: Session, command: AssignPDLead, urns: Collection[str], academic_year: str
) -> Assignment | None:
    """Raise if the school has an assignment; return the ended one that the new one follows, if any."""
    others = store.assignments_of(session, urns, command.programme, academic_year)
    assignments.check_free(
        (each.ends_on for each in others), starts_on=command.starts_on, academic_year=academic_year
    )
    return others[-1] if others else None
