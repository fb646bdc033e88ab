"""Rules about correcting a programme that has Work Groups."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.confirmations import Terms, broken_by_school, broken_limits
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, SchoolOnGroup, WorkGroupStatus
from hub_kernel.refusals import Conflict

CONFIRMED: Final = frozenset(
    {WorkGroupStatus.CONFIRMED, WorkGroupStatus.AT_RISK, WorkGroupStatus.RUNNING, WorkGroupStatus.EVALUATING}
)
FIXED_BY_GROUPS: Final = ("academic_year", "strand")
DECIDES_COMPLETION: Final = ("min_attendance_percent", "tasks_required")
NO_LIMITS: Final = Limits()  # has no cap for one school
POINTERS: Final = {
    "too_few_teachers": "/min_teachers",
    "too_many_teachers": "/max_teachers",
    "too_few_schools": "/min_schools",
    "too_many_of_a_school": "/max_per_school",
}


@dataclass(frozen=True, kw_only=True)
class GroupOnProgramme:
    """The facts of a programme's group on which a correction depends."""

    title: str
    status: str
    capacity: int
    counted: Composition
    schools: Sequence[SchoolOnGroup]
    without_prerequisite: Collection[str] = ()  # URNs of schools without the new prerequisite


def check_change(
    changed: Collection[str], groups: Iterable[GroupOnProgramme], before: Terms, after: Terms
) -> None:
    """Raise if a correction contradicts a group of the programme.

    A limit that a confirmed group exceeded before, by an override, is not checked again.
    `changed`: the names of the facts that differ.

    Raises:
        Conflict: `programme_has_groups`, `completion_decided`, `confirmed_group_contradicts`.
    """
    listed = list(groups)
    for name in FIXED_BY_GROUPS:
        if name in changed and listed:
            detail = "This programme has Work Groups; create another programme for another year or strand."
            raise Conflict("programme_has_groups", detail, f"/{name}")
    closed = [group.title for group in listed if group.status == WorkGroupStatus.CLOSED]
    for name in DECIDES_COMPLETION:
        if name in changed and closed:
            detail = f"“{closed[0]}” has closed, and its completions were decided by the present rule."
            raise Conflict("completion_decided", detail, f"/{name}")
    errors = [
        (pointer, f"“{group.title}”: {sentence}")
        for group in listed
        if group.status in CONFIRMED
        for pointer, sentence in _contradictions(group, before, after)
    ]
    if errors:
        detail = f"A confirmed Work Group does not meet the new terms. {errors[0][1]}"
        raise Conflict("confirmed_group_contradicts", detail, errors=errors)


def _contradictions(group: GroupOnProgramme, before: Terms, after: Terms) -> list[tuple[str, str]]:
    """Return a JSON pointer and a sentence for each new term that the group fails and met before."""
    known = {code for code, _ in broken_limits(group.counted, before.limits)}
    found = [
        (POINTERS[code], detail)
        for code, detail in broken_limits(group.counted, after.limits)
        if code not in known
    ]
    most = after.limits.max_teachers
    if before.limits.max_teachers >= group.capacity > most:
        found.append(
            ("/max_teachers", f"Its capacity is {group.capacity}; change that to {most} or fewer first.")
        )
    new_roles = [role for role in after.required_roles if role not in before.required_roles]
    caps = [Terms(limits=one.limits) for one in (before, after)]
    roles = Terms(limits=NO_LIMITS, required_roles=new_roles)
    for school in group.schools:
        if not list(broken_by_school([school], caps[0])):
            found += [(POINTERS[code], detail) for code, detail in broken_by_school([school], caps[1])]
        found += [("/required_roles", detail) for _, detail in broken_by_school([school], roles)]
    for urn in group.without_prerequisite:
        found.append(("/prerequisite_strand", f"School {urn} has not taken part in the required strand."))
    return found
