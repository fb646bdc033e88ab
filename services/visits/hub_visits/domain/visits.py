"""Visits: planned, then logged or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_kernel.refusals import Conflict, Refused
from hub_kernel.support_visits import last_day_to_log
from hub_visits.domain.calendars import HalfTerm

STATUSES: Final = ("planned", "logged", "cancelled")
KINDS: Final = ("support", "lesson_planning", "observation", "department_pd", "pd_day")
FOCUSES: Final = (
    "tfm",
    "problem_solving",
    "calculation",
    "lesson_study",
    "reasoning",
    "collaborative_planning",
)
ROLES_MET: Final = ("headteacher", "maths_lead", "class_teacher", "ta", "department", "other")

ACTION_OWNERS: Final = ("pd_lead", *ROLES_MET)
REASONS_CANCELLED: Final = (
    "ofsted",
    "closure",
    "staff_absence",
    "school_request",
    "snow",
    "pd_lead_absence",
    "other",
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days on which an assignment holds, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class Held:
    """What follows from the day of a visit, by the calendar that covers its school on that day."""

    half_term: str | None  # none in the holidays
    out_of_term: bool
    late: bool


def check_within(span: Span, day: date, pointer: str) -> None:
    """Hold a visit's day against its assignment.

    Raises:
        Refused: `before_assignment` or `after_assignment`.
    """
    if day < span.starts_on:
        raise Refused("before_assignment", f"The assignment starts on {span.starts_on}.", pointer)
    if day > span.ends_on:
        raise Refused("after_assignment", f"The assignment ended on {span.ends_on}.", pointer)


def check_planned(status: str) -> None:
    """Only a planned visit can be logged or cancelled.

    Raises:
        Conflict: `already_logged` or `already_cancelled`.
    """
    if status == "logged":
        raise Conflict("already_logged", "This visit has been logged.")
    if status == "cancelled":
        raise Conflict("already_cancelled", "This visit was cancelled.")


def check_department(kind: str, staff_present: int | None, department_size: int | None) -> None:
    """Department PD says how many of the department were there; no other visit does.

    Raises:
        Refused: `department_needed`, `department_not_expected` or `more_staff_than_department`.
    """
    if kind != "department_pd":
        if staff_present is not None or department_size is not None:
            detail = "Only department PD counts the staff who were present."
            raise Refused("department_not_expected", detail, "/staff_present")
        return
    if staff_present is None or department_size is None:
        detail = "Department PD needs staff_present and department_size."
        raise Refused("department_needed", detail, "/staff_present")
    if staff_present > department_size:
        detail = "More staff were present than the department has."
        raise Refused("more_staff_than_department", detail, "/staff_present")


def check_actions(due_on: Sequence[date], *, happened_on: date) -> None:
    """Nothing is agreed for a day before the visit.

    Raises:
        Refused: `action_due_before_visit`, pointing at the first such action.
    """
    for index, day in enumerate(due_on):
        if day < happened_on:
            detail = "An agreed action is due on or after the day of the visit."
            raise Refused("action_due_before_visit", detail, f"/actions/{index}/due_on")


def hold(half_term: HalfTerm | None, *, happened_on: date, span: Span, today: date) -> Held:
    """Place a visit that took place on `happened_on` and is logged `today`, in its school's half term.

    Raises:
        Refused: `in_future`, `before_assignment` or `after_assignment`.
    """
    if happened_on > today:
        raise Refused("in_future", "A visit is logged once it has taken place.", "/happened_on")
    check_within(span, happened_on, "/happened_on")
    return derive(half_term, logged_on=today)


def derive(half_term: HalfTerm | None, *, logged_on: date | None) -> Held:
    """Return what follows for a visit whose day lies in a half term, or in none.

    A visit that was logged later than the tenth working day after its half term counts, and is late. It is
    not late before it is logged (`logged_on` is None), and out of term never.
    """
    if half_term is None:
        return Held(half_term=None, out_of_term=True, late=False)
    late = logged_on is not None and logged_on > last_day_to_log(half_term.ends_on)
    return Held(half_term=half_term.id, out_of_term=False, late=late)
