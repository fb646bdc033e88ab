"""Rules about confirming a Work Group: its size, and the schools on it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, SchoolOnGroup, WorkGroupStatus
from hub_kernel.refusals import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The requirements of a programme for the confirmation of its groups."""

    limits: Limits
    required_roles: Collection[str] = ()  # of each school


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """The facts of a group on which its confirmation depends."""

    status: str
    counted: Composition
    schools: Collection[SchoolOnGroup] = ()
    offered: int = 0  # open offers, which count towards the maximum
    confirmed: bool = True  # it was confirmed before; of a group that has met


def confirm(group: Candidate, terms: Terms, *, override_reason: str | None) -> bool:
    """Return whether a confirmation needs the override of a hub lead; raise unless it is allowed.

    A running group that was never confirmed can be confirmed.

    Args:
        group: its facts, read while it is locked.
        terms: those of its programme.
        override_reason: the reason of a hub lead who confirms it outside the limits; None without one.

    Raises:
        Conflict: `already_confirmed`, `not_recruiting`.
        Refused: `too_few_teachers`, `too_many_teachers`, `too_few_schools`, `too_many_of_a_school`,
            `required_role_missing`; every failed limit is listed, for each school.
    """
    _check_status(group.status, confirmed=group.confirmed)
    broken = [
        *broken_limits(group.counted, terms.limits, offered=group.offered),
        *broken_by_school(group.schools, terms),
    ]
    if not broken:
        return False
    if override_reason is not None:
        return True
    code, detail = broken[0]
    raise Refused(code, detail, errors=[("", sentence) for _, sentence in broken])


def _check_status(status: str, *, confirmed: bool) -> None:
    if status == WorkGroupStatus.CONFIRMED or (status == WorkGroupStatus.RUNNING and confirmed):
        raise Conflict("already_confirmed", "The Work Group has been confirmed already.")
    if status in {WorkGroupStatus.RECRUITING, WorkGroupStatus.AT_RISK}:
        return
    has_met = status in {WorkGroupStatus.RUNNING, WorkGroupStatus.EVALUATING}
    if not has_met or confirmed:
        raise Conflict("not_recruiting", f"The Work Group is {status}, so it cannot be confirmed.")


def broken_limits(counted: Composition, limits: Limits, *, offered: int = 0) -> Iterable[tuple[str, str]]:
    """Yield a code and a sentence for each limit that a group fails; see `confirm`."""
    teachers, schools = counted.teachers_n, counted.schools_n
    if teachers < limits.min_teachers:
        yield (
            "too_few_teachers",
            f"{teachers} teachers; the programme requires at least {limits.min_teachers}.",
        )
    if teachers + offered > limits.max_teachers:
        offers = f" and {offered} open offers" if offered else ""
        yield (
            "too_many_teachers",
            f"{teachers} teachers{offers}; the programme allows at most {limits.max_teachers}.",
        )
    if schools < limits.min_schools:
        yield "too_few_schools", f"{schools} schools; the programme requires at least {limits.min_schools}."


def broken_by_school(schools: Iterable[SchoolOnGroup], terms: Terms) -> Iterable[tuple[str, str]]:
    """Yield a code and a sentence for each school above its cap, or without a required role."""
    cap = terms.limits.max_per_school
    for school in schools:
        if cap is not None and school.places_n > cap:
            detail = f"School {school.urn} has {school.places_n} places; the programme allows {cap} a school."
            yield "too_many_of_a_school", detail
        lacking = [role for role in terms.required_roles if role not in school.roles]
        if lacking:
            yield (
                "required_role_missing",
                f"School {school.urn} has no participant in the role {', '.join(lacking)}.",
            )
