"""Rules about a teacher's place on a work group."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.schools import SchoolState, check_eligible, check_open

ROLES: Final = ("lead_participant", "participant")
STATUSES: Final = ("pending", "active", "completed", "withdrawn", "transferred")
REASONS: Final = ("left_school", "workload", "illness", "not_relevant", "other")
RECRUITING: Final = frozenset({"recruiting", "confirmed", "at_risk", "running"})


@dataclass(frozen=True, kw_only=True)
class Places:
    """What a decision about a place needs to know of the group, read while the group is locked."""

    status: str
    capacity: int
    opens_at: datetime
    closes_at: datetime  # a request at this instant is already late
    max_per_school: int | None
    taken: int  # places held
    taken_by_school: int  # of them by the teacher's school
    held_by_teacher: bool
    school_seen: bool  # the school has, or had, a place on this group


def enrol(places: Places, school: SchoolState, *, at: datetime, on: date) -> bool:
    """Decide whether a teacher gets a place; True when the school joins the group with it.

    Args:
        places: the group as it is, locked.
        school: where the teacher teaches.
        at: when the request is made.
        on: the same instant's date where the hub is.

    Raises:
        Conflict: `work_group_not_recruiting`, `already_enrolled`, `school_cap_reached`, `work_group_full`.
        Refused: `recruitment_not_open`, `recruitment_closed`, `school_not_eligible`, `school_not_open`.
    """
    if places.status not in RECRUITING:
        detail = f"The work group is {places.status}; it takes nobody in."
        raise Conflict("work_group_not_recruiting", detail)
    if at < places.opens_at:
        raise Refused(
            "recruitment_not_open", f"Recruitment opens on {places.opens_at:%d %B %Y at %H:%M} UTC."
        )
    if at >= places.closes_at:
        raise Refused(
            "recruitment_closed", f"Recruitment closed on {places.closes_at:%d %B %Y at %H:%M} UTC."
        )
    check_eligible(school, pointer="/teacher_id")
    check_open(school, on, pointer="/teacher_id")
    if places.held_by_teacher:
        raise Conflict("already_enrolled", "This teacher holds a place on the work group.", "/teacher_id")
    if places.max_per_school is not None and places.taken_by_school >= places.max_per_school:
        detail = f"The school holds {places.taken_by_school} places; more are not allowed on this programme."
        raise Conflict("school_cap_reached", detail, "/teacher_id")
    if places.taken >= places.capacity:
        raise Conflict("work_group_full", f"All {places.capacity} places are taken.")
    return not places.school_seen


def check_withdrawal(status: str) -> None:
    """Let somebody go who holds a place.

    Raises:
        Conflict: `not_active`.
    """
    if status != "active":
        raise Conflict("not_active", f"The enrolment is {status}; only an active one can be withdrawn.")
