"""Rules about a teacher's place on a Work Group: enrolment, withdrawal and its undoing."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hub_contracts.vocabulary import WithdrawalCause
from hub_enrolment.domain.schools import SchoolState, check_eligible, check_open
from hub_enrolment.domain.work_groups import OVER, WorkGroupStatus
from hub_kernel.england import spoken_instant
from hub_kernel.refusals import Conflict, Refused


class EnrolmentStatus(StrEnum):
    """The status of a place."""

    PENDING = "pending"
    ACTIVE = "active"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


# Places that count for the composition of a group, also of one that has closed.
HELD: Final = (EnrolmentStatus.ACTIVE, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)
RECRUITING: Final = frozenset(
    {
        WorkGroupStatus.RECRUITING,
        WorkGroupStatus.CONFIRMED,
        WorkGroupStatus.AT_RISK,
        WorkGroupStatus.RUNNING,
    }
)


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """The places and waiting list of a group, read while it is locked."""

    status: str
    capacity: int  # the number of places, see `capacities.places_n`
    taken: int  # places held
    offered: int = 0  # places reserved by open offers
    waiting: int = 0  # teachers who wait for an offer
    with_override: int = 0  # the group's own capacity, where a hub lead may fill more than `capacity`

    @property
    def free(self) -> int:
        """Places that are neither held nor offered."""
        return max(self.capacity - self.taken - self.offered, 0)


@dataclass(frozen=True, kw_only=True)
class Places(Occupancy):
    """The facts of a group that a decision about one teacher's place needs."""

    opens_at: datetime
    closes_at: datetime  # a request at this instant is already late
    max_per_school: int | None
    taken_by_school: int  # places held by the teacher's school and its predecessors
    held_by_teacher: bool
    school_seen: bool  # the school has, or had, a place on this group


@dataclass(frozen=True)
class Grant:
    """A place can be given, with the consequences."""

    school_joins: bool  # it is the first place of the school on the group
    over_cap: bool  # it exceeds the cap for one school or the programme's maximum, by an override


def enrol(
    places: Places,
    school: SchoolState,
    *,
    at: datetime,
    on: date,
    override: bool = False,
    offered: bool = False,
) -> Grant:
    """Return the place that a request gets; raise unless the rules allow one.

    Args:
        places: the group, locked.
        school: the school for which the place counts.
        at: when the request was made.
        on: the date in England of the decision.
        override: a hub lead allows more than the cap for one school and the programme's maximum.
        offered: the teacher has an open offer, which reserves a place.

    Raises:
        Refused, Conflict: see `check_request` and `grant`.
    """
    check_request(places, school, at=at, on=on)
    return grant(places, override=override, offered=offered)


def check_request(places: Places, school: SchoolState, *, at: datetime, on: date) -> None:
    """Raise unless the group is recruiting, recruitment is open and the school is eligible and open.

    Raises:
        Conflict: `work_group_not_recruiting`.
        Refused: `recruitment_not_open`, `recruitment_closed`, `school_not_eligible`, `school_not_open`.
    """
    check_recruiting(places.status)
    check_window(places.opens_at, places.closes_at, at=at)
    check_eligible(school, pointer="/teacher_id")
    check_open(school, on, pointer="/teacher_id")


def check_recruiting(status: str) -> None:
    """Raise unless the group is recruiting.

    Raises:
        Conflict: `work_group_not_recruiting`.
    """
    if status not in RECRUITING:
        detail = f"The Work Group is {status}, so it is not accepting enrolments."
        raise Conflict("work_group_not_recruiting", detail)


def check_window(opens_at: datetime, closes_at: datetime, *, at: datetime) -> None:
    """Raise unless a request is made while recruitment is open; at `closes_at` it is late.

    Raises:
        Refused: `recruitment_not_open`, `recruitment_closed`.
    """
    if at < opens_at:
        raise Refused("recruitment_not_open", f"Recruitment opens on {spoken_instant(opens_at)}.")
    if at >= closes_at:
        raise Refused("recruitment_closed", f"Recruitment closed on {spoken_instant(closes_at)}.")


def grant(
    places: Places, *, override: bool = False, offered: bool = False, pointer: str = "/teacher_id"
) -> Grant:
    """Return the place that a valid request gets; the waiting list comes first.

    Args:
        places: the group, locked.
        override: a hub lead allows more than the cap for one school and the programme's maximum.
        offered: the teacher has an open offer, which reserves a place.
        pointer: the JSON pointer to the teacher in the request.

    Raises:
        Conflict: `already_enrolled`, `school_cap_reached`, `waiting_list_first`, `work_group_full`.
    """
    if places.held_by_teacher:
        raise Conflict("already_enrolled", "This teacher has a place on the Work Group already.", pointer)
    over_cap = places.max_per_school is not None and places.taken_by_school >= places.max_per_school
    if over_cap and not override:
        detail = (
            f"The school has {places.taken_by_school} places, as many as the programme allows for one school."
        )
        raise Conflict("school_cap_reached", detail, pointer)
    if not offered and (places.waiting or places.offered):
        detail = "Other teachers are waiting for a place; add this teacher to the waiting list."
        raise Conflict("waiting_list_first", detail)
    reserved = places.taken + places.offered - offered
    full = reserved >= places.capacity
    if full and not (override and reserved < places.with_override):
        raise _full(places)
    return Grant(school_joins=not places.school_seen, over_cap=over_cap or full)


def _full(places: Places) -> Conflict:
    detail = f"All {places.capacity} places are taken; add the teacher to the waiting list."
    if places.with_override:
        detail = f"{detail} A hub lead can allow more places, with a reason."
    return Conflict("work_group_full", detail)


def check_withdrawal(status: str) -> None:
    """Raise unless an enrolment is active.

    Raises:
        Conflict: `not_active`.
    """
    if status != EnrolmentStatus.ACTIVE:
        raise Conflict(
            "not_active", f"The enrolment is {status}; only an active one can be withdrawn or transferred."
        )


def undo_withdrawal(places: Places, status: str, reason: str | None, *, override: bool = False) -> Grant:
    """Return the restored place of a withdrawn enrolment; raise unless the withdrawal can be undone.

    Recruitment times and the school's eligibility were checked when the teacher was enrolled.

    Args:
        places: the group, locked.
        status: the status of the enrolment.
        reason: the reason of the withdrawal.
        override: a hub lead allows more than a full group or the cap for one school.

    Raises:
        Conflict: `not_withdrawn`, `work_group_over`, `already_enrolled`; without `override` also
            `school_cap_reached`, `work_group_full`.
    """
    if status != EnrolmentStatus.WITHDRAWN or reason in set(WithdrawalCause):
        raise Conflict("not_withdrawn", f"The enrolment is {status}; there is no withdrawal to undo.")
    if places.status in OVER:
        detail = f"The Work Group is {places.status}, so its places can no longer change."
        raise Conflict("work_group_over", detail)
        # An offer reserves its place; a teacher who waits while a place is free cannot be given that place.
    settled = replace(places, taken=places.taken + places.offered, offered=0, waiting=0)
    try:
        return grant(settled, pointer="")
    except Conflict as exc:
        if exc.code == "already_enrolled" or not override:
            raise
    return Grant(school_joins=not places.school_seen, over_cap=True)
