"""Rules about the end of a leadership role, and the warnings that follow from it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.domain.work_groups import LEADING_ROLES
from hub_kernel.england import spoken_date
from hub_kernel.refusals import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A consequence of a change that a person should check."""

    reason: str  # stable, for programs
    detail: str  # a sentence for people


def end(held: Appointment, ends_on: date, *, others: Iterable[Appointment], groups_n: int) -> None:
    """Raise unless a role may end on a day; an end that is set already may only be brought forward.

    A lead's role may not end before the year of their groups, unless another leading role continues: the
    groups need another lead first.

    Args:
        held: the role.
        ends_on: its last day, which may be in the future.
        others: the other roles of the same person.
        groups_n: groups that the person leads, not over and of a year that ends after `ends_on`.

    Raises:
        Refused: `ends_before_start`; Conflict: `already_ended`, `still_leads_groups`.
    """
    if ends_on < held.starts_on:
        raise Refused("ends_before_start", "The last day is before the role's first day.", "/ends_on")
    if held.ends_on is not None and ends_on >= held.ends_on:
        raise Conflict(
            "already_ended",
            f"The role ends on {spoken_date(held.ends_on)} already; its end can only be brought forward.",
            "/ends_on",
        )
    if not groups_n or held.role not in LEADING_ROLES:
        return
    if not any(one.role in LEADING_ROLES and _continues(one, ends_on) for one in others):
        detail = f"This person leads {groups_n} Work Groups beyond that day; give each another lead first."
        raise Conflict("still_leads_groups", detail, "/ends_on")


def last_day_of(ends: Collection[date | None]) -> date | None:
    """Return the last day on which a person holds one of some roles; None if one of them has no last day."""
    known = [day for day in ends if day is not None]
    return max(known) if len(known) == len(ends) else None


def still_assigned(assignments_n: int, visits_n: int, *, last_day: date) -> Warned | None:
    """Return the warning about assignments after a person's last day as a PD lead; None without any."""
    if not assignments_n:
        return None
    assignments = f"{assignments_n} assignment{'' if assignments_n == 1 else 's'}"
    visits = f"{visits_n} visit{'' if visits_n == 1 else 's'}"
    return Warned(
        reason="still_assigned",
        detail=f"After {spoken_date(last_day)} this person still has {assignments} to schools, with"
        f" {visits} planned. Hand each assignment over to another PD lead, or end it.",
    )


def assignments_unknown() -> Warned:
    """Return the warning for when visits did not answer about a person's assignments."""
    return Warned(
        reason="assignments_unknown",
        detail="The last day is saved. This person's assignments could not be looked up; check later with"
        " GET /visits/v1/assignments?without_lead=true.",
    )


def _continues(other: Appointment, after: date) -> bool:
    """Return whether another role is held on a day and on the day after it."""
    return other.starts_on <= after and (other.ends_on is None or other.ends_on > after)
