"""Rules about the end of a leadership role, and what people are told of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.domain.work_groups import LEADING_ROLES


@dataclass(frozen=True, kw_only=True)
class Warned:
    """Something that a person should look at after a change."""

    reason: str  # stable, for programs
    detail: str  # a sentence for people


def end(held: Appointment, ends_on: date, *, others: Iterable[Appointment], groups_n: int) -> None:
    """Let the last day of a role pass; an end that is set already may be brought forward only.

    A group does not lose the role that its lead leads it by, unless the lead goes on in another such role:
    a person must first find the group another lead, or end the role after the group's year.

    Args:
        held: the role as it is.
        ends_on: its last day, which may lie ahead.
        others: the other roles of the same person.
        groups_n: work groups led by the person that are neither over nor of a year that ends by then.

    Raises:
        Refused: `ends_before_start`; Conflict: `already_ended`, `still_leads_groups`.
    """
    if ends_on < held.starts_on:
        raise Refused("ends_before_start", "A role ends on its first day or later.", "/ends_on")
    if held.ends_on is not None and ends_on >= held.ends_on:
        raise Conflict("already_ended", f"The role ends on {held.ends_on:%d %B %Y} already.", "/ends_on")
    if not groups_n or held.role not in LEADING_ROLES:
        return
    if not any(one.role in LEADING_ROLES and _goes_on(one, ends_on) for one in others):
        detail = f"This person leads {groups_n} work groups that go on after that day."
        raise Conflict("still_leads_groups", detail, "/ends_on")


def last_day_of(ends: Collection[date | None]) -> date | None:
    """Return the last day on which a person holds one of some roles; None: one of them has no last day."""
    known = [day for day in ends if day is not None]
    return max(known) if len(known) == len(ends) else None


def still_assigned(assignments_n: int, visits_n: int, *, last_day: date) -> Warned | None:
    """Return what people are told of assignments that a person has after their last day as a PD lead."""
    if not assignments_n:
        return None
    assignments = f"{assignments_n} assignment{'' if assignments_n == 1 else 's'}"
    visits = f"{visits_n} visit{'' if visits_n == 1 else 's'}"
    return Warned(
        reason="still_assigned",
        detail=f"After {last_day.day} {last_day:%B %Y} this person still has {assignments} to schools, with"
        f" {visits} planned. Hand each assignment over to another PD lead, or end it.",
    )


def assignments_unknown() -> Warned:
    """Return what people are told when the assignments of a person could not be looked up."""
    return Warned(
        reason="assignments_unknown",
        detail="The last day is saved. What is still assigned to this person could not be looked up: see"
        " GET /visits/v1/assignments?without_lead=true a little later.",
    )


def _goes_on(other: Appointment, after: date) -> bool:
    """Whether another role is held on the day after, too."""
    return other.starts_on <= after and (other.ends_on is None or other.ends_on > after)
