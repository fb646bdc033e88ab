"""Rules about a place that moves: to another Work Group, or to another of the teacher's schools."""

from hub_enrolment.domain.enrolments import Grant, Places, check_recruiting, check_withdrawal, grant
from hub_enrolment.domain.schools import SchoolState, check_eligible
from hub_enrolment.domain.work_groups import OVER
from hub_kernel.refusals import Conflict, Refused


def transfer(places: Places, status: str, *, same_group: bool, same_programme: bool) -> Grant:
    """Return the place that a transfer gives on another group; raise unless the rules allow it.

    Recruitment times and the school's eligibility were checked when the teacher was enrolled.

    Args:
        places: the target group, locked.
        status: the status of the enrolment.
        same_group: the target group is the present one.
        same_programme: both groups follow one programme.

    Raises:
        Refused: `same_work_group`, `other_programme`; Conflict: `not_active`, `work_group_not_recruiting`;
            see also `grant`.
    """
    check_withdrawal(status)
    if same_group:
        raise Refused("same_work_group", "The place is on this Work Group already.", "/work_group_id")
    if not same_programme:
        detail = "A place can only be transferred to a Work Group of the same programme."
        raise Refused("other_programme", detail, "/work_group_id")
    check_recruiting(places.status)
    return grant(places, pointer="/work_group_id")


def check_other_school(places: Places, school: SchoolState, *, counted: bool) -> None:
    """Raise unless an existing place may count for another school: it is eligible and has room under its cap.

    Args:
        places: the group, locked; `taken_by_school` is of the other school.
        school: the other school.
        counted: the place counts for one of that school's predecessors already.

    Raises:
        Refused: `school_not_eligible`; Conflict: `school_cap_reached`.
    """
    if places.status in OVER:
        return
    check_eligible(school)
    held = places.taken_by_school - counted
    if places.max_per_school is not None and held >= places.max_per_school:
        detail = (
            f"The school {school.urn} has {held} places, as many as the programme allows for one school."
            " Leave the place out, or withdraw it."
        )
        raise Conflict("school_cap_reached", detail, "/also_places")
