"""Giving schools a PD lead, and what that makes them owed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.visits import Obligation, PDLeadAssigned
from hub_kernel.academic_years import academic_year_of
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import AssignPDLead
from hub_visits.domain import assignments, calendars
from hub_visits.domain.refusals import Conflict, Refused, Unknown
from hub_visits.models import Assignment, School
from hub_visits.store import assignments as store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class AssignmentView:
    """An assignment with what it owes."""

    row: Assignment
    obligations: list[assignments.Owed]
    warnings: list[str]  # own_trust: the PD lead's own school belongs to the same trust


def assign_pd_lead(session: Session, command: AssignPDLead, *, now: datetime, by: str) -> AssignmentView:
    """Give a school a PD lead until the end of the academic year.

    Raises:
        Refused: `unknown_school`, `unknown_pd_lead`, `pd_lead_ended`, `own_school`, `school_closed` or
            `unknown_half_term` (no calendar covers the school yet).
        Conflict: `already_assigned`.
    """
    school = open_school(session, command.urn, lock=True)  # one decision about a school at a time
    posts = school_store.posts_of(session, command.pd_lead_id)
    warnings = assignments.check_pd_lead(
        posts, urn=school.urn, trust_uid=school.trust_uid, on=command.starts_on
    )
    academic_year = academic_year_of(command.starts_on)
    if store.active_assignment(session, school.urn, command.programme, academic_year):
        detail = f"This school has a PD lead for this programme in {academic_year}."
        raise Conflict("already_assigned", detail, "/urn")
    assignment = Assignment(
        id=new_id(),
        urn=school.urn,
        pd_lead_id=command.pd_lead_id,
        programme=command.programme,
        academic_year=academic_year,
        starts_on=command.starts_on,
        ends_on=calendars.last_day_of(academic_year),
        kinds=list(dict.fromkeys(command.kinds)),
        **made(now, by) | {"revision": 0},  # announcing what is owed makes it 1
    )
    session.add(assignment)
    calendar_store.lock_calendars(session, academic_year)
    owed = settle(session, assignment, school, now=now, by=by)
    return AssignmentView(row=assignment, obligations=owed, warnings=warnings)


def settle(
    session: Session, assignment: Assignment, school: School, *, now: datetime, by: str
) -> list[assignments.Owed]:
    """Work out what an assignment owes under the school's calendar, and announce it when that is new.

    Raises:
        Refused: `unknown_half_term` when no calendar covers the school.
    """
    half_terms = calendar_store.school_half_terms(session, school, assignment.academic_year)
    if not half_terms:
        detail = f"No calendar of {assignment.academic_year} covers this school yet."
        raise Refused("unknown_half_term", detail, "/starts_on")
    owed = assignments.obligations(half_terms, assignment.kinds, starts_on=assignment.starts_on)
    if assignment.revision and owed == store.obligations_of(session, assignment.id):
        return owed
    assignment.touch(now=now, by=by)
    session.flush()
    store.put_obligations(session, assignment, owed)
    outbox.record(session, _announcement(assignment, owed), occurred_at=now, by=by)
    return owed


def find_assignment(session: Session, assignment_id: UUID) -> AssignmentView:
    """An assignment with what it owes.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = store.find_assignment(session, assignment_id)
    if row is None:
        raise Unknown("unknown_assignment", "There is no such assignment.")
    return AssignmentView(row=row, obligations=store.obligations_of(session, row.id), warnings=[])


def pd_lead_of(session: Session, assignment_id: UUID) -> UUID | None:
    """Whose assignment it is; None when there is no such assignment."""
    row = store.find_assignment(session, assignment_id)
    return None if row is None else row.pd_lead_id


def open_school(session: Session, urn: str, *, lock: bool = False) -> School:
    """A school that may be supported.

    Raises:
        Refused: `unknown_school` or `school_closed`.
    """
    school = school_store.known_school(session, urn, lock=lock)
    if school is None:
        raise Refused("unknown_school", "Enrolment has announced no school of this URN yet.", "/urn")
    if school.status == "closed" or school.closed_revision > school.facts_revision:
        hint = f"; {school.successor_urn} carries on" if school.successor_urn else ""
        raise Refused("school_closed", f"This school has closed{hint}.", "/urn")
    return school


def _announcement(assignment: Assignment, owed: list[assignments.Owed]) -> PDLeadAssigned:
    return PDLeadAssigned(
        assignment_id=assignment.id,
        urn=assignment.urn,
        pd_lead_id=assignment.pd_lead_id,
        programme=assignment.programme,
        starts_on=assignment.starts_on,
        obligations=[
            Obligation(
                half_term=each.half_term, kind=each.kind, starts_on=each.starts_on, ends_on=each.ends_on
            )
            for each in owed
        ],
    )
