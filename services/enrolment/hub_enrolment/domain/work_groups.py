"""Rules about a Work Group: its leads, its limits of teachers and schools, its status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_contracts.vocabulary import LeaderRole
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.teachers import Appointment
from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions


class WorkGroupStatus(StrEnum):
    """Stored statuses, in the order of a group's life."""

    DRAFT = "draft"
    RECRUITING = "recruiting"
    CONFIRMED = "confirmed"
    AT_RISK = "at_risk"  # confirmed, and below its minimum since
    RUNNING = "running"
    EVALUATING = "evaluating"  # its last session has been held
    CLOSED = "closed"
    CANCELLED = "cancelled"


# Roles that may lead a group; administrators and PD leads do not.
LEADING_ROLES: Final = frozenset(LeaderRole) - {LeaderRole.PD_LEAD, LeaderRole.ADMINISTRATOR}
OVER: Final = frozenset({WorkGroupStatus.CLOSED, WorkGroupStatus.CANCELLED})


@dataclass(frozen=True)
class Composition:
    """The number of teachers with a place, and of their schools."""

    teachers_n: int
    schools_n: int


@dataclass(frozen=True)
class Shortfall:
    """The teachers and schools missing to the minimum."""

    teachers_short: int
    schools_short: int


@dataclass(frozen=True, kw_only=True)
class SchoolOnGroup:
    """One school's places on a group, those of its predecessors included."""

    urn: str
    places_n: int
    roles: frozenset[str]  # of its participants, on the group and at the school


def composition(urns: Iterable[str], successions: Successions, day: date) -> Composition:
    """Count places and their schools as of a day.

    Args:
        urns: the URN of each place when it was given.
        successions: those of these schools; a school and its successor count as one.
        day: the day as of which successions count.
    """
    listed = list(urns)
    return Composition(len(listed), len({successions.standing(urn, day) for urn in listed}))


def shortfall(counted: Composition, limits: Limits) -> Shortfall | None:
    """Return the teachers and schools missing to the minimum; None when none are."""
    teachers = max(limits.min_teachers - counted.teachers_n, 0)
    schools = max(limits.min_schools - counted.schools_n, 0)
    return Shortfall(teachers, schools) if teachers or schools else None


def check_leads(
    leads: Mapping[UUID, Iterable[Appointment]], lead_ids: list[UUID], year: AcademicYear
) -> None:
    """Raise unless each lead has a leading role at some time in the group's academic year.

    Raises:
        Refused: `lead_named_twice`, `not_a_leader`.
    """
    if len(set(lead_ids)) < len(lead_ids):
        raise Refused("lead_named_twice", "This lead is named twice; name each once.", "/lead_ids")
    for index, lead_id in enumerate(lead_ids):
        if not any(
            held.role in LEADING_ROLES and held.overlaps(year.starts_on, year.ends_on)
            for held in leads.get(lead_id, ())
        ):
            detail = f"This person has no role in {year} that may lead a Work Group; appoint them first."
            raise Refused("not_a_leader", detail, f"/lead_ids/{index}")


def check_recruitment(opens_at: datetime, closes_at: datetime) -> None:
    """Raise unless recruitment closes after it opens.

    Raises:
        Refused: `closes_before_opens`.
    """
    if closes_at <= opens_at:
        raise Refused("closes_before_opens", "Recruitment must close after it opens.", "/closes_at")


def open_up(status: str) -> None:
    """Raise unless the group is a draft.

    Raises:
        Conflict: `not_draft`.
    """
    if status != WorkGroupStatus.DRAFT:
        raise Conflict("not_draft", f"The Work Group is {status}; only a draft can be opened.")


def status_after_change(status: str, missing: Shortfall | None) -> str:
    """Return the status after places changed: below its minimum a confirmed group is at risk."""
    if status == WorkGroupStatus.CONFIRMED and missing is not None:
        return WorkGroupStatus.AT_RISK
    if status == WorkGroupStatus.AT_RISK and missing is None:
        return WorkGroupStatus.CONFIRMED
    return status


def moves_on(status: str) -> bool:
    """Return whether the first or last register may change the status; also of a group never confirmed."""
    return status in {
        WorkGroupStatus.RECRUITING,
        WorkGroupStatus.CONFIRMED,
        WorkGroupStatus.AT_RISK,
        WorkGroupStatus.RUNNING,
    }


def status_after_session(status: str, *, to_come: int, confirmed: bool = True) -> str:
    """Return the status after a register: running from the first session on, evaluating after the last one.

    A group that was never confirmed runs, too, but is not evaluating after its last session: it may still
    recruit and get more sessions.

    Args:
        status: the status before.
        to_come: sessions in its diary that have not been held yet.
        confirmed: the group was confirmed.
    """
    if not moves_on(status):
        return status
    return WorkGroupStatus.RUNNING if to_come or not confirmed else WorkGroupStatus.EVALUATING


def status_after_scheduling(status: str) -> str:
    """Return the status after a new session: an evaluating group runs again."""
    return WorkGroupStatus.RUNNING if status == WorkGroupStatus.EVALUATING else status


def check_change(status: str, *, capacity: int, kept: int) -> None:
    """Raise unless a group is not over and its capacity covers the places held and offered.

    `kept`: places held and open offers.

    Raises:
        Conflict: `work_group_over`, `capacity_below_taken`.
    """
    if status in OVER:
        raise Conflict("work_group_over", f"The Work Group is {status}, so it can no longer be changed.")
    if capacity < kept:
        detail = f"{kept} places are taken or offered, so the capacity cannot be lower."
        raise Conflict("capacity_below_taken", detail, "/capacity")
