"""Rules about a work group: who may lead it, whether it is large and wide enough, what state it is in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_enrolment.domain.programmes import AcademicYear, Limits
from hub_enrolment.domain.teachers import Appointment
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions

STATUSES: Final = (
    "draft",
    "recruiting",
    "confirmed",
    "at_risk",
    "running",
    "evaluating",
    "closed",
    "cancelled",
)
MODES: Final = ("in_person", "online", "school_hosted")

# Who may lead a group: an administrator and a PD lead are leaders of another kind.
LEADING_ROLES: Final = frozenset(
    {"hub_lead", "deputy", "amhl", "tfm_lead", "mastery_specialist", "work_group_lead", "cohort_lead"}
)
OVER: Final = frozenset({"closed", "cancelled"})


@dataclass(frozen=True)
class Composition:
    """How many hold a place, from how many schools."""

    teachers_n: int
    schools_n: int


@dataclass(frozen=True)
class Shortfall:
    """What a group lacks to its minimum."""

    teachers_short: int
    schools_short: int


@dataclass(frozen=True, kw_only=True)
class SchoolOnGroup:
    """One school's part of a group; the schools that it carries on are counted with it."""

    urn: str
    places_n: int
    roles: frozenset[str]  # of its participants: on the group and at the school


def composition(urns: Iterable[str], successions: Successions, day: date) -> Composition:
    """Count the places and the schools behind them, as of a day.

    Args:
        urns: one for each place, as it was when the place was given.
        successions: those that concern these schools; a school and its successor are one school.
        day: the day in question.
    """
    listed = list(urns)
    return Composition(len(listed), len({successions.standing(urn, day) for urn in listed}))


def shortfall(counted: Composition, limits: Limits) -> Shortfall | None:
    """What is missing; None when nothing is."""
    teachers = max(limits.min_teachers - counted.teachers_n, 0)
    schools = max(limits.min_schools - counted.schools_n, 0)
    return Shortfall(teachers, schools) if teachers or schools else None


def check_leads(
    leads: Mapping[UUID, Iterable[Appointment]], lead_ids: list[UUID], year: AcademicYear
) -> None:
    """Let leads pass who hold a leading role at some time in the group's year.

    Raises:
        Refused: `lead_named_twice`, `not_a_leader`.
    """
    if len(set(lead_ids)) < len(lead_ids):
        raise Refused("lead_named_twice", "Each lead is named once.", "/lead_ids")
    for index, lead_id in enumerate(lead_ids):
        if not any(
            held.role in LEADING_ROLES and held.overlaps(year.starts_on, year.ends_on)
            for held in leads.get(lead_id, ())
        ):
            detail = f"This person holds no role in {year} that leads work groups."
            raise Refused("not_a_leader", detail, f"/lead_ids/{index}")


def check_recruitment(opens_at: datetime, closes_at: datetime) -> None:
    """Let a time for recruiting pass that is one.

    Raises:
        Refused: `closes_before_opens`.
    """
    if closes_at <= opens_at:
        raise Refused("closes_before_opens", "Recruitment closes after it opens.", "/closes_at")


def open_up(status: str) -> None:
    """Let a draft be opened for recruitment.

    Raises:
        Conflict: `not_draft`.
    """
    if status != "draft":
        raise Conflict("not_draft", f"The group is {status}; only a draft is opened.")


# Long: what it is told of the group are several things.
def confirm(
    status: str,
    counted: Composition,
    limits: Limits,
    *,
    override_reason: str | None,
    schools: Iterable[SchoolOnGroup] = (),
    required_roles: Collection[str] = (),
    offered: int = 0,
    confirmed: bool = True,
) -> bool:
    """Decide whether a group may be confirmed; True when only by the override, whose reason is kept.

    Args:
        status: the group's. One that runs although it was not confirmed is confirmed later.
        counted: its teachers and their schools.
        limits: its programme's.
        override_reason: why a hub lead confirms it outside the limits.
        schools: those of its teachers.
        required_roles: its programme's.
        offered: places that are kept for teachers who have not answered yet; the maximum counts them.
        confirmed: it was confirmed before.

    Raises:
        Conflict: `already_confirmed`, `not_recruiting`.
        Refused: `too_few_teachers`, `too_many_teachers`, `too_few_schools`, `too_many_of_a_school`,
            `required_role_missing`; all that hold are listed, each school with what it lacks.
    """
    has_met = status in {"running", "evaluating"}
    if status == "confirmed" or (status == "running" and confirmed):
        raise Conflict("already_confirmed", "The group has been confirmed.")
    if status not in {"recruiting", "at_risk"} and not (has_met and not confirmed):
        raise Conflict("not_recruiting", f"A group that is {status} cannot be confirmed.")
    broken = [
        *broken_limits(counted, limits, offered=offered),
        *broken_by_school(schools, limits, required_roles),
    ]
    if not broken:
        return False
    if override_reason is not None:
        return True
    code, detail = broken[0]
    raise Refused(code, detail, errors=[("", sentence) for _, sentence in broken])


def status_after_change(status: str, missing: Shortfall | None) -> str:
    """A confirmed group that falls below its minimum is at risk; one at risk that reaches it is confirmed."""
    if status == "confirmed" and missing is not None:
        return "at_risk"
    if status == "at_risk" and missing is None:
        return "confirmed"
    return status


def moves_on(status: str) -> bool:
    """Whether a group takes another status by a session that is held; one that was not confirmed, too."""
    return status in {"recruiting", "confirmed", "at_risk", "running"}


def status_after_session(status: str, *, to_come: int, confirmed: bool = True) -> str:
    """A group runs from its first session held, and is evaluated after its last one.

    A group that was not confirmed runs, too, since it has met; it may still recruit and get more sessions, so
    that it is not evaluated by itself.

    Args:
        status: the group's.
        to_come: sessions in its diary that have not been held yet.
        confirmed: it was confirmed.
    """
    if not moves_on(status):
        return status
    return "running" if to_come or not confirmed else "evaluating"


def status_after_scheduling(status: str) -> str:
    """A group whose last session seemed to have been held runs on when another one is put down."""
    return "running" if status == "evaluating" else status


def check_change(status: str, *, capacity: int, kept: int) -> None:
    """Let a change pass of a group that is not over, with room for everybody who has been promised a place.

    `kept`: places held, and those offered to somebody who has not answered yet.

    Raises:
        Conflict: `work_group_over`, `capacity_below_taken`.
    """
    if status in OVER:
        raise Conflict("work_group_over", f"A group that is {status} is not changed.")
    if capacity < kept:
        detail = f"{kept} places are held or offered; the capacity cannot be less."
        raise Conflict("capacity_below_taken", detail, "/capacity")


def broken_limits(counted: Composition, limits: Limits, *, offered: int = 0) -> Iterable[tuple[str, str]]:
    """Yield a code and a sentence for each limit that a group does not conform to; see `confirm`."""
    teachers, schools = counted.teachers_n, counted.schools_n
    if teachers < limits.min_teachers:
        yield "too_few_teachers", f"{teachers} teachers; at least {limits.min_teachers} make a work group."
    if teachers + offered > limits.max_teachers:
        offers = f" and {offered} open offers" if offered else ""
        yield (
            "too_many_teachers",
            f"{teachers} teachers{offers}; a work group has at most {limits.max_teachers}.",
        )
    if schools < limits.min_schools:
        yield "too_few_schools", f"{schools} schools; teachers come from at least {limits.min_schools}."


def broken_by_school(
    schools: Iterable[SchoolOnGroup], limits: Limits, required_roles: Collection[str]
) -> Iterable[tuple[str, str]]:
    """Yield a code and a sentence for what each school has too many of, or lacks."""
    cap = limits.max_per_school
    for school in schools:
        if cap is not None and school.places_n > cap:
            detail = f"School {school.urn} holds {school.places_n} places; at most {cap} are for one school."
            yield "too_many_of_a_school", detail
        lacking = [role for role in required_roles if role not in school.roles]
        if lacking:
            yield "required_role_missing", f"School {school.urn} sends nobody as {', '.join(lacking)}."
