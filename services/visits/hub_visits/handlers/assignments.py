"""Giving schools a PD lead, and what that makes them owed."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_kernel.successions import is_open
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import AssignPDLead
from hub_visits.domain import assignments, calendars
from hub_visits.handlers.derivation import settle
from hub_visits.handlers.leads import AssignmentView, view_of
from hub_visits.handlers.reassigning import reassign
from hub_visits.models import Assignment, School
from hub_visits.store import assignments as store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import schools as school_store


# Long: what is refused, in the order in which it is found out.
def assign_pd_lead(session: Session, command: AssignPDLead, *, now: datetime, by: str) -> AssignmentView:
    """Give a school a PD lead until the end of the academic year.

    A closed school may be named: its successor, which stands for it, is given the PD lead. Where the school's
    last assignment of that programme and year was ended without a successor, the new one follows it: it takes
    over the visits that are planned from its first day on.

    Raises:
        Refused: `unknown_school`, `unknown_pd_lead`, `pd_lead_ended`, `own_school`, `school_closed` or
            `unknown_half_term` (no calendar covers the school yet).
        Conflict: `already_assigned`.
    """
    calendar_store.share_derived(session)
    school_store.lock_family(session, command.urn)  # one decision about a school at a time
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
        detail = f"No calendar of {academic_year} covers this school yet."
        raise Refused("unknown_half_term", detail, "/starts_on")
    assignment = new_assignment(
        urn,
        command.pd_lead_id,
        command.programme,
        command.starts_on,
        list(dict.fromkeys(command.kinds)),
        before,
        now=now,
        by=by,
    )
    session.add(assignment)
    owed = settle(session, assignment, half_terms, now=now, by=by)
    reassigned = 0
    if before is not None:
        settle(session, before, known.half_terms(before.urn), now=now, by=by)
        reassigned = reassign(session, before, assignment, now=now, by=by)
    return view_of(session, assignment, owed, warnings=warnings, reassigned_n=reassigned)


def _check_free(
    session: Session, command: AssignPDLead, urns: Collection[str], academic_year: str
) -> Assignment | None:
    """Raise unless the school of some URNs has room for the assignment; gives the one that it follows."""
    others = store.assignments_of(session, urns, command.programme, academic_year)
    assignments.check_free(
        (each.ends_on for each in others), starts_on=command.starts_on, academic_year=academic_year
    )
    return others[-1] if others else None  # it was ended without a successor


# Long: one argument for each fact of an assignment.
def new_assignment(
    urn: str,
    pd_lead_id: UUID,
    programme: str,
    starts_on: date,
    kinds: list[str],
    before: Assignment | None,
    *,
    now: datetime,
    by: str,
) -> Assignment:
    """Make an assignment that runs to the end of the academic year; `before` is the one that it follows."""
    assignment_id = new_id()
    academic_year = academic_year_of(starts_on)
    return Assignment(
        id=assignment_id,
        urn=urn,
        pd_lead_id=pd_lead_id,
        programme=programme,
        academic_year=academic_year,
        starts_on=starts_on,
        ends_on=calendars.last_day_of(academic_year),
        kinds=kinds,
        follows=None if before is None else before.id,
        chain_id=assignment_id if before is None else before.chain_id,
        **made(now, by) | {"revision": 0},  # announcing what is owed makes it 1
    )


def check_pd_lead(
    session: Session, pd_lead_id: UUID, school: School, *, starts_on: date, day: date
) -> list[str]:
    """Raise unless a person may support a school as its PD lead, and return the warnings to show.

    `day` says which school stands for another: the first day, or today when that is later.

    Raises:
        Refused: `unknown_pd_lead`, `pd_lead_ended` or `own_school`.
    """
    posts = school_store.posts_of(session, pd_lead_id)
    assignments.check_pd_lead(posts, on=starts_on)
    workplaces = school_store.workplaces_of(session, pd_lead_id)
    urns = assignments.own_urns(posts, workplaces, on=starts_on)
    successions = school_store.successions(session, urns)
    trust_then = {post.urn: post.trust_uid for post in posts}
    own = []
    for urn in urns:
        standing = successions.standing(urn, day)
        known = school_store.known_school(session, standing)
        trust_uid = known.trust_uid if known else trust_then.get(urn)
        own.append(assignments.OwnSchool(urn=standing, trust_uid=trust_uid))
    return assignments.check_own_school(own, urn=school.urn, trust_uid=school.trust_uid)


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
