"""Rules about a teacher's place on a work group."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.schools import SchoolState, check_eligible, check_open

ROLES: Final = ("lead_participant", "participant")
LEAD: Final = "lead_participant"
STATUSES: Final = ("pending", "active", "completed", "not_completed", "withdrawn", "transferred")
# Held to the end, or still: these make the composition of a group, also of one that has closed.
HELD: Final = ("active", "completed", "not_completed")
REASONS: Final = ("left_school", "workload", "illness", "not_relevant", "other")
# Why the hub itself took a place back; nobody chose these.
CAUSES: Final = ("transferred", "group_cancelled")
RECRUITING: Final = frozenset({"recruiting", "confirmed", "at_risk", "running"})
ENDED: Final = frozenset({"closed", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class Room:
    """How full a group is, read while it is locked."""

    status: str
    capacity: int  # places that it has, see `capacities.places_n`
    taken: int  # places held
    offered: int = 0  # places kept for somebody of the waiting list who has not answered yet
    waiting: int = 0  # how many wait for an offer
    with_override: int = 0  # its own capacity, where that is larger: more places take a hub lead's reason

    @property
    def free(self) -> int:
        """Places that nobody holds and nobody has been offered."""
        return max(self.capacity - self.taken - self.offered, 0)


@dataclass(frozen=True, kw_only=True)
class Places(Room):
    """What a decision about a place needs to know of the group besides."""

    opens_at: datetime
    closes_at: datetime  # a request at this instant is already late
    max_per_school: int | None
    taken_by_school: int  # of the places held, by the teacher's school and those that it carries on
    held_by_teacher: bool
    school_seen: bool  # the school has, or had, a place on this group


@dataclass(frozen=True)
class Given:
    """A place can be given."""

    school_joins: bool  # the school has had none on the group before
    over_cap: bool  # only by an override of the cap for one school, or of the programme's maximum


def enrol(
    places: Places,
    school: SchoolState,
    *,
    at: datetime,
    on: date,
    override: bool = False,
    offered: bool = False,
) -> Given:
    """Decide whether a teacher gets a place.

    Args:
        places: the group as it is, locked.
        school: where the teacher teaches.
        at: when the request was made.
        on: the date where the hub is on which it is decided.
        override: the cap for one school and the programme's maximum may be passed.
        offered: whoever asks has an open offer, which keeps a place.

    Raises:
        Refused, Conflict: see `check_request` and `give`.
    """
    check_request(places, school, at=at, on=on)
    return give(places, override=override, offered=offered)


def check_request(places: Places, school: SchoolState, *, at: datetime, on: date) -> None:
    """Let a request pass that comes in time, from a school that the hub is for.

    Raises:
        Conflict: `work_group_not_recruiting`.
        Refused: `recruitment_not_open`, `recruitment_closed`, `school_not_eligible`, `school_not_open`.
    """
    check_recruiting(places.status)
    check_window(places.opens_at, places.closes_at, at=at)
    check_eligible(school, pointer="/teacher_id")
    check_open(school, on, pointer="/teacher_id")


def check_recruiting(status: str) -> None:
    """Let a group pass that takes teachers in.

    Raises:
        Conflict: `work_group_not_recruiting`.
    """
    if status not in RECRUITING:
        detail = f"The work group is {status}; it takes nobody in."
        raise Conflict("work_group_not_recruiting", detail)


def check_window(opens_at: datetime, closes_at: datetime, *, at: datetime) -> None:
    """Let a request pass from the opening until just before the close.

    Raises:
        Refused: `recruitment_not_open`, `recruitment_closed`.
    """
    if at < opens_at:
        raise Refused("recruitment_not_open", f"Recruitment opens on {opens_at:%d %B %Y at %H:%M} UTC.")
    if at >= closes_at:
        raise Refused("recruitment_closed", f"Recruitment closed on {closes_at:%d %B %Y at %H:%M} UTC.")


def give(
    places: Places, *, override: bool = False, offered: bool = False, pointer: str = "/teacher_id"
) -> Given:
    """Decide about a request that may be made; nobody overtakes the waiting list.

    Args:
        places: the group as it is, locked.
        override: the cap for one school and the programme's maximum may be passed.
        offered: whoever asks has an open offer, which keeps a place.
        pointer: what in the request names the teacher.

    Raises:
        Conflict: `already_enrolled`, `school_cap_reached`, `waiting_list_first`, `work_group_full`.
    """
    if places.held_by_teacher:
        raise Conflict("already_enrolled", "This teacher holds a place on the work group.", pointer)
    over_cap = places.max_per_school is not None and places.taken_by_school >= places.max_per_school
    if over_cap and not override:
        detail = f"The school holds {places.taken_by_school} places; more are not allowed on this programme."
        raise Conflict("school_cap_reached", detail, pointer)
    if not offered and (places.waiting or places.offered):
        detail = "Others wait for a place; the teacher can join the waiting list."
        raise Conflict("waiting_list_first", detail)
    kept = places.taken + places.offered - offered
    full = kept >= places.capacity
    if full and not (override and kept < places.with_override):
        raise _full(places)
    return Given(school_joins=not places.school_seen, over_cap=over_cap or full)


def _full(places: Places) -> Conflict:
    detail = f"All {places.capacity} places are taken."
    if places.with_override:
        detail = f"{detail} A hub lead can allow more for a reason."
    return Conflict("work_group_full", detail)


def transfer(places: Places, status: str, *, same_group: bool, same_programme: bool) -> Given:
    """Decide whether a place moves to another group of its programme.

    The teacher was recruited in time and the school let in then, so neither is asked again.

    Args:
        places: the group that it would move to, locked.
        status: the place's own.
        same_group: it is there already.
        same_programme: both groups are of one programme.

    Raises:
        Refused: `same_work_group`, `other_programme`; Conflict: `not_active`, `work_group_not_recruiting`;
            see also `give`.
    """
    check_withdrawal(status)
    if same_group:
        raise Refused("same_work_group", "The place is on this work group.", "/work_group_id")
    if not same_programme:
        detail = "A place moves between groups of one programme only."
        raise Refused("other_programme", detail, "/work_group_id")
    check_recruiting(places.status)
    return give(places, pointer="/work_group_id")


def check_other_school(places: Places, school: SchoolState, *, counted: bool) -> None:
    """Raise unless a place that is held may count for another school, by the rules for a place there.

    Args:
        places: the group as it is, locked, with what that school holds on it.
        school: the other school.
        counted: the place counts for it already, under a number for which the school stands.

    Raises:
        Refused: `school_not_eligible`; Conflict: `school_cap_reached`.
    """
    if places.status in ENDED:
        return
    check_eligible(school)
    held = places.taken_by_school - counted
    if places.max_per_school is not None and held >= places.max_per_school:
        detail = (
            f"The school {school.urn} holds {held} places; more are not allowed on this programme."
            " Leave the place out, or withdraw it."
        )
        raise Conflict("school_cap_reached", detail, "/also_places")


def check_withdrawal(status: str) -> None:
    """Let somebody go who holds a place.

    Raises:
        Conflict: `not_active`.
    """
    if status != "active":
        raise Conflict("not_active", f"The enrolment is {status}; only an active one can be given up.")


def undo_withdrawal(places: Places, status: str, reason: str | None, *, override: bool = False) -> Given:
    """Decide whether a withdrawn place is held again, as if it had never been given up.

    The teacher was recruited in time and the school let in then, so neither is asked again.

    Args:
        places: the group as it is, locked.
        status: the place's own.
        reason: why it was withdrawn.
        override: the place is given back past a full group or the cap for one school.

    Raises:
        Conflict: `not_withdrawn`, `work_group_over`, `already_enrolled`; without `override` also
            `school_cap_reached`, `work_group_full`.
    """
    if status != "withdrawn" or reason in CAUSES:
        raise Conflict("not_withdrawn", f"The enrolment is {status}; there is no withdrawal to undo.")
    if places.status in ENDED:
        raise Conflict("work_group_over", f"The Work Group is {places.status}; its places stay as they are.")
    # A place that is offered is taken; teachers who wait beside a free place cannot be given it.
    settled = replace(places, taken=places.taken + places.offered, offered=0, waiting=0)
    try:
        return give(settled, pointer="")
    except Conflict as exc:
        if exc.code == "already_enrolled" or not override:
            raise
    return Given(school_joins=not places.school_seen, over_cap=True)
