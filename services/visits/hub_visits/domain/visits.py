"""Visits of PD leads to schools: planned, then logged or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_contracts.vocabulary import (
    LeaderRole,
    TeacherRole,
    VisitCancellationReason,
    VisitFocus,
    VisitKind,
)
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.support_visits import last_day_to_log
from hub_kernel.working_days import BankHolidays
from hub_visits.domain.calendars import HalfTerm

STATUSES: Final = ("planned", "logged", "cancelled")
KINDS: Final = tuple(VisitKind)
FOCUSES: Final = tuple(VisitFocus)
ROLES_MET: Final = tuple(TeacherRole)

ACTION_OWNERS: Final = (LeaderRole.PD_LEAD, *ROLES_MET)
REASONS_CANCELLED: Final = tuple(VisitCancellationReason)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days of an assignment, first and last day included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class TermPlacement:
    """The half term of a visit, by the calendar that covers its school on the visit's day."""

    half_term: str | None  # None in the holidays
    out_of_term: bool
    late: bool


def check_within(span: Span, day: date, pointer: str) -> None:
    """Raise unless a visit's day is within its assignment.

    Raises:
        Refused: `before_assignment` or `after_assignment`.
    """
    if day < span.starts_on:
        raise Refused("before_assignment", f"The assignment starts on {span.starts_on}.", pointer)
    if day > span.ends_on:
        raise Refused("after_assignment", f"The assignment ends on {span.ends_on}.", pointer)


def check_planned(status: str) -> None:
    """Raise unless a visit is planned: only planned visits can be logged or cancelled.

    Raises:
        Conflict: `already_logged` or `already_cancelled`.
    """
    if status == "logged":
        raise Conflict("already_logged", "This visit has already been logged.")
    if status == "cancelled":
        raise Conflict("already_cancelled", "This visit has already been cancelled.")


def check_department(kind: str, staff_present: int | None, department_size: int | None) -> None:
    """Raise unless the numbers of staff fit the kind of visit: required for department PD, otherwise absent.

    Raises:
        Refused: `department_needed`, `department_not_expected` or `more_staff_than_department`.
    """
    if kind != "department_pd":
        if staff_present is not None or department_size is not None:
            detail = "Give the number of staff only for department PD."
            raise Refused("department_not_expected", detail, "/staff_present")
        return
    if staff_present is None or department_size is None:
        detail = "Give both staff_present and department_size for department PD."
        raise Refused("department_needed", detail, "/staff_present")
    if staff_present > department_size:
        detail = "The number of staff present is larger than the department."
        raise Refused("more_staff_than_department", detail, "/staff_present")


def check_actions(due_on: Sequence[date], *, happened_on: date) -> None:
    """Raise unless every agreed action is due on or after the day of the visit.

    Raises:
        Refused: `action_due_before_visit`, with a pointer to the first such action.
    """
    for index, day in enumerate(due_on):
        if day < happened_on:
            detail = "This action is due before the day of the visit."
            raise Refused("action_due_before_visit", detail, f"/actions/{index}/due_on")


def place_logged(
    half_term: HalfTerm | None,
    *,
    happened_on: date,
    span: Span,
    today: date,
    bank_holidays: BankHolidays,
) -> TermPlacement:
    """Return the placement of a visit that took place on `happened_on` and is logged `today`.

    Raises:
        Refused: `in_future`, `before_assignment` or `after_assignment`.
    """
    if happened_on > today:
        detail = "This day is in the future. Log a visit once it has taken place."
        raise Refused("in_future", detail, "/happened_on")
    check_within(span, happened_on, "/happened_on")
    return place(half_term, logged_on=today, bank_holidays=bank_holidays)


def place(
    half_term: HalfTerm | None, *, logged_on: date | None, bank_holidays: BankHolidays
) -> TermPlacement:
    """Return the placement of a visit whose day is in a half term, or in the holidays (None).

    A visit that is logged later than the tenth working day after its half term still counts, but is late.
    Planned visits (`logged_on` is None) and visits out of term are not late.
    """
    if half_term is None:
        return TermPlacement(half_term=None, out_of_term=True, late=False)
    late = logged_on is not None and logged_on > last_day_to_log(half_term.ends_on, bank_holidays)
    return TermPlacement(half_term=half_term.id, out_of_term=False, late=late)
