"""Checks and creation of assignments, for a first PD lead and for hand-overs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_kernel.academic_years import academic_year_of
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.domain import assignments, calendars
from hub_visits.models import Assignment, School
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class NewAssignment:
    """The facts of an assignment to create."""

    urn: str
    pd_lead_id: UUID
    programme: str
    starts_on: date
    kinds: list[str]
    follows: Assignment | None  # the assignment that it follows, if there is one


def add_assignment(session: Session, new: NewAssignment, *, now: datetime, by: str) -> Assignment:
    """Add an assignment to the end of the academic year; its revision is 0 until it is published."""
    assignment_id = new_id()
    academic_year = academic_year_of(new.starts_on)
    row = Assignment(
        id=assignment_id,
        urn=new.urn,
        pd_lead_id=new.pd_lead_id,
        programme=new.programme,
        academic_year=academic_year,
        starts_on=new.starts_on,
        ends_on=calendars.last_day_of(academic_year),
        kinds=new.kinds,
        follows=None if new.follows is None else new.follows.id,
        chain_id=assignment_id if new.follows is None else new.follows.chain_id,
        **made(now, by) | {"revision": 0},
    )
    session.add(row)
    return row


def check_pd_lead(
    session: Session, pd_lead_id: UUID, school: School, *, starts_on: date, day: date
) -> list[str]:
    """Raise unless a PD lead may support a school; return the warnings for hub staff.

    Successors of the PD lead's own schools are determined as of `day`: the first day, or today if later.

    Raises:
        Refused: `unknown_pd_lead`, `pd_lead_ended` or `own_school`.
    """
    posts = school_store.posts_of(session, pd_lead_id)
    assignments.check_pd_lead(posts, on=starts_on)
    workplaces = school_store.workplaces_of(session, pd_lead_id)
    urns = assignments.own_urns(posts, workplaces, on=starts_on)
    trusts = {post.urn: post.trust_uid for post in posts}
    own = school_store.own_schools(session, urns, trusts, day=day)
    return assignments.check_own_school(own, urn=school.urn, trust_uid=school.trust_uid)


def open_school(session: Session, urn: str, *, day: date) -> School:
    """Return the school of a URN on a day, or the successor that has replaced it by then.

    Raises:
        Refused: `unknown_school`, or `school_closed` if it has closed without a successor.
    """
    school = school_store.get_school(session, urn, day=day)
    assignments.check_school_open(is_closed=school.is_closed, last_day=school.last_day, day=day)
    return school
