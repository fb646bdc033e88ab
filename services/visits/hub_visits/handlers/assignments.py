"""Giving schools a PD lead, and what that makes them owed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import day_in_england
from hub_kernel.successions import is_open
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import AssignPDLead
from hub_visits.domain import assignments, calendars
from hub_visits.domain.refusals import Conflict, Refused, Unknown
from hub_visits.handlers.derivation import settle
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

    A closed school may be named: its successor, which stands for it, is given the PD lead.

    Raises:
        Refused: `unknown_school`, `unknown_pd_lead`, `pd_lead_ended`, `own_school`, `school_closed` or
            `unknown_half_term` (no calendar covers the school yet).
        Conflict: `already_assigned`.
    """
    calendar_store.share_derived(session)
    school_store.lock_family(session, command.urn)  # one decision about a school at a time
    day = max(command.starts_on, day_in_england(now))
    school = open_school(session, command.urn, day=day)
    warnings = _check_pd_lead(session, command, school, day)
    academic_year = academic_year_of(command.starts_on)
    urns = school_store.urns_of(session, school.urn, day)
    if store.active_assignment(session, urns, command.programme, academic_year):
        detail = f"This school has a PD lead for this programme in {academic_year}."
        raise Conflict("already_assigned", detail, "/urn")
    urn = school_store.successions(session, urns).standing(command.urn, command.starts_on)
    half_terms = calendar_store.calendars_of(session, academic_year, urns).half_terms(urn)
    if not half_terms:
        detail = f"No calendar of {academic_year} covers this school yet."
        raise Refused("unknown_half_term", detail, "/starts_on")
    assignment = _new_assignment(command, urn, now=now, by=by)
    session.add(assignment)
    owed = settle(session, assignment, half_terms, now=now, by=by)
    return AssignmentView(row=assignment, obligations=owed, warnings=warnings)


def _new_assignment(command: AssignPDLead, urn: str, *, now: datetime, by: str) -> Assignment:
    academic_year = academic_year_of(command.starts_on)
    return Assignment(
        id=new_id(),
        urn=urn,
        pd_lead_id=command.pd_lead_id,
        programme=command.programme,
        academic_year=academic_year,
        starts_on=command.starts_on,
        ends_on=calendars.last_day_of(academic_year),
        kinds=list(dict.fromkeys(command.kinds)),
        **made(now, by) | {"revision": 0},  # announcing what is owed makes it 1
    )


def _check_pd_lead(session: Session, command: AssignPDLead, school: School, day: date) -> list[str]:
    """Raise unless a PD lead may support a school, and return the warnings to show."""
    posts = school_store.posts_of(session, command.pd_lead_id)
    assignments.check_pd_lead(posts, on=command.starts_on)
    workplaces = school_store.workplaces_of(session, command.pd_lead_id)
    urns = assignments.own_urns(posts, workplaces, on=command.starts_on)
    successions = school_store.successions(session, urns)
    trust_then = {post.urn: post.trust_uid for post in posts}
    own = []
    for urn in urns:
        standing = successions.standing(urn, day)
        known = school_store.known_school(session, standing)
        trust_uid = known.trust_uid if known else trust_then.get(urn)
        own.append(assignments.OwnSchool(urn=standing, trust_uid=trust_uid))
    return assignments.check_own_school(own, urn=school.urn, trust_uid=school.trust_uid)


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


def open_school(session: Session, urn: str, *, day: date) -> School:
    """Return the school that stands for a URN on a day, where it may be supported.

    Raises:
        Refused: `unknown_school`, or `school_closed` when no successor stands for a closed school.
    """
    standing = school_store.successions(session, {urn}).standing(urn, day)
    school = school_store.known_school(session, standing)
    if school is None:
        hint = "" if standing == urn else f" {standing}, which carries on {urn},"
        detail = f"Enrolment has announced no school of the URN{hint} yet."
        raise Refused("unknown_school", detail, "/urn")
    if school.is_closed and not is_open(status="closed", open_date=None, close_date=school.last_day, day=day):
        raise Refused("school_closed", "This school has closed, and no school carries it on.", "/urn")
    return school
