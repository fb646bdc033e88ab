"""Engagement: which schools signed up, which were seen, which finished what they began."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from hub_reporting.domain.composition import Attendance, Composition, Place
from hub_reporting.domain.measures import Check, Ratio, nested, part_of_whole
from hub_reporting.domain.schools import Register

# Marks of a register that say the teacher was taught that day; who left early or sent apologies was not.
# Enrolment counts who was in the room when it decides on completion: docs/measures.md says why they differ.
PRESENT: Final = ("present", "late")
LEVELS: Final = ("signed_up", "attended", "completed")
KINDS: Final = ("work_group", "visit", "department_pd", "pd_day", "conference")  # how a school is seen


class SignUp(NamedTuple):
    """A school took a place on a work group, or was given a PD lead."""

    urn: str
    on: date


class Activity(NamedTuple):
    """A school was seen, `times` times in the period, for the first time `on` that day."""

    urn: str
    kind: str  # of KINDS
    on: date
    times: int


class FinishedPlace(NamedTuple):
    """One place on a work group that is finished."""

    urn: str
    attended: int  # sessions
    held: int
    on: date  # the last session
    completed: bool | None = None  # as the hub decided; None while it has not closed the group


def sign_ups(places: Iterable[Place], until: date) -> list[SignUp]:
    """Who took a place by a day, given up later or not."""
    return [SignUp(place.urn, place.enrolled_on) for place in places if place.enrolled_on <= until]


def seen_at_sessions(attendances: Iterable[Attendance]) -> list[Activity]:
    """Who was present or late at a session in the period."""
    return [
        Activity(one.urn, "work_group", one.first_seen_on, one.times_seen)
        for one in attendances
        if one.first_seen_on is not None
    ]


def finished_places(
    groups: Iterable[Composition], places: Iterable[Place], attendances: Iterable[Attendance], until: date
) -> list[FinishedPlace]:
    """Places on finished groups with the sessions that their holders came to.

    Without those that were given up in a group that the hub has not closed.
    """
    attended = {one.enrolment_id: one.present for one in attendances}
    finished = {c.group.work_group_id: c.group for c in groups if c.state == "finished"}
    return [
        FinishedPlace(
            place.urn,
            attended.get(place.enrolment_id, 0),
            group.held,
            group.last_held_on or until,
            place.completed,
        )
        for place in places
        if (group := finished.get(place.work_group_id)) is not None
        and (place.completed is not None or place.held_at(until))
    ]


def completes(place: FinishedPlace) -> bool:
    """What the hub decided; before it decides, three quarters of the sessions are a completed programme."""
    if place.completed is not None:
        return place.completed
    return place.held > 0 and 4 * place.attended >= 3 * place.held


@dataclass
class Engaged:
    """When a school reached each level for the first time in the period."""

    signed_up: date | None = None
    attended: date | None = None
    completed: date | None = None
    times: dict[str, int] = field(default_factory=dict)  # kind of activity → how often

    @property
    def level(self) -> str:
        """The highest level reached, or `none`."""
        return next((level for level in reversed(LEVELS) if self.at(level) is not None), "none")

    def at(self, level: str) -> date | None:
        """The first day of a level."""
        day: date | None = getattr(self, level)
        return day


@dataclass(frozen=True)
class Engagement:
    """Every school of the denominator with what it did."""

    schools: Mapping[str, Engaged]

    def level(self, level: str) -> Ratio:
        """How many schools reached a level, of all."""
        return Ratio(sum(s.at(level) is not None for s in self.schools.values()), len(self.schools))

    def by(self, days: Sequence[date], level: str) -> list[int]:
        """How many schools had reached a level by each of some days."""
        reached = [on for s in self.schools.values() if (on := s.at(level)) is not None]
        return [sum(on <= day for on in reached) for day in days]

    def seen_by_kind(self, kind: str) -> int:
        """How many schools were seen in one way."""
        return sum(kind in s.times for s in self.schools.values())

    def checks(self) -> list[Check]:
        """Who finished was seen, who was seen had signed up."""
        numbers = {level: self.level(level) for level in LEVELS}
        return [
            nested("levels_nested", *((level, numbers[level].n) for level in reversed(LEVELS))),
            part_of_whole(numbers["attended"], "schools engaged"),
        ]


def engagement(
    denominator: Iterable[str],
    register: Register,
    *,
    sign_ups: Iterable[SignUp],
    activities: Iterable[Activity],
    finished_places: Iterable[FinishedPlace],
) -> Engagement:
    """Give each school of the denominator its levels; what a closed school did counts for its successor."""
    schools = {urn: Engaged() for urn in denominator}

    def school(urn: str) -> Engaged | None:
        standing = register.standing(urn)
        return None if standing is None else schools.get(standing)

    for sign_up in sign_ups:
        if (one := school(sign_up.urn)) is not None:
            one.signed_up = _earlier(one.signed_up, sign_up.on)
    for activity in activities:
        if (one := school(activity.urn)) is not None:
            one.attended = _earlier(one.attended, activity.on)
            one.signed_up = _earlier(one.signed_up, activity.on)
            one.times[activity.kind] = one.times.get(activity.kind, 0) + activity.times
    for place in filter(completes, finished_places):
        one = school(place.urn)
        if one is not None and one.attended is not None:
            one.completed = _earlier(one.completed, max(place.on, one.attended))
    return Engagement(schools)


def _earlier(known: date | None, other: date) -> date:
    return other if known is None else min(known, other)
