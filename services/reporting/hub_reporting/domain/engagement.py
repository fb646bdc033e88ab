"""Engagement of schools at three levels: signed up, attended, completed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from hub_contracts.vocabulary import AttendanceMark
from hub_reporting.domain.composition import Composition, State
from hub_reporting.domain.measures import Check, Ratio, nested, part_of_whole
from hub_reporting.domain.schools import Register
from hub_reporting.domain.work_groups import Attendance, Place

# Marks that count as attended; left early and apologies do not. Enrolment uses another set when it decides on
# completion: docs/measures.md explains the difference.
PRESENT: Final = (AttendanceMark.PRESENT, AttendanceMark.LATE)


class Level(StrEnum):
    """Levels of engagement, each of which includes the one before."""

    SIGNED_UP = "signed_up"
    ATTENDED = "attended"
    COMPLETED = "completed"


class Kind(StrEnum):
    """Kinds of activities that a school attends."""

    WORK_GROUP = "work_group"
    VISIT = "visit"
    DEPARTMENT_PD = "department_pd"
    PD_DAY = "pd_day"
    CONFERENCE = "conference"


LEVELS: Final = tuple(Level)
KINDS: Final = tuple(Kind)
NO_LEVEL: Final = "none"


class SignUp(NamedTuple):
    """A place given to a school's teacher, or a PD lead assigned to the school."""

    urn: str
    on: date


class Activity(NamedTuple):
    """One kind of activity that a school attended `times` times in the period, first on the day `on`."""

    urn: str
    kind: str  # a Kind
    on: date
    times: int


class FinishedPlace(NamedTuple):
    """One place on a finished Work Group."""

    urn: str
    attended: int  # sessions that the participant attended
    held: int  # sessions of the group
    on: date  # the last session
    completed: bool | None = None  # the hub's decision; None until it closes the group


def sign_ups(places: Iterable[Place], until: date) -> list[SignUp]:
    """Return the schools of places given by a day, withdrawn later or not."""
    return [SignUp(place.urn, place.enrolled_on) for place in places if place.enrolled_on <= until]


def session_activities(attendances: Iterable[Attendance]) -> list[Activity]:
    """Return the schools with a mark present or late in the period."""
    return [
        Activity(one.urn, Kind.WORK_GROUP, one.first_attended_on, one.times_attended)
        for one in attendances
        if one.first_attended_on is not None
    ]


def finished_places(
    groups: Iterable[Composition], places: Iterable[Place], attendances: Iterable[Attendance], until: date
) -> list[FinishedPlace]:
    """Return places on finished groups with the number of sessions attended.

    A withdrawn place is omitted while the hub has not closed its group.
    """
    attended = {one.enrolment_id: one.present for one in attendances}
    finished = {c.group.work_group_id: c.group for c in groups if c.state == State.FINISHED}
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
    """Return the hub's decision on a place; until then, whether three quarters of sessions were attended."""
    if place.completed is not None:
        return place.completed
    return place.held > 0 and 4 * place.attended >= 3 * place.held


@dataclass
class Engaged:
    """First day in the period on which a school reached each level."""

    signed_up: date | None = None
    attended: date | None = None
    completed: date | None = None
    times: dict[str, int] = field(default_factory=dict)  # kind of activity → number in the period

    @property
    def level(self) -> str:
        """The highest level reached, or `none`."""
        return next((level for level in reversed(LEVELS) if self.at(level) is not None), NO_LEVEL)

    def at(self, level: str) -> date | None:
        """Return the first day at a level."""
        day: date | None = getattr(self, level)
        return day


@dataclass(frozen=True)
class Engagement:
    """The schools of the denominator, each with its levels."""

    schools: Mapping[str, Engaged]

    def level(self, level: str) -> Ratio:
        """Return the schools that reached a level, of all schools."""
        return Ratio(sum(s.at(level) is not None for s in self.schools.values()), len(self.schools))

    def by(self, days: Sequence[date], level: str) -> list[int]:
        """Return the number of schools that had reached a level by each day."""
        reached = [on for s in self.schools.values() if (on := s.at(level)) is not None]
        return [sum(on <= day for on in reached) for day in days]

    def attended_by_kind(self, kind: str) -> int:
        """Return the number of schools that attended one kind of activity."""
        return sum(kind in s.times for s in self.schools.values())

    def checks(self) -> list[Check]:
        """Check that each level has at most as many schools as the level below it."""
        numbers = {level: self.level(level) for level in LEVELS}
        return [
            nested("levels_nested", *((level, numbers[level].n) for level in reversed(LEVELS))),
            part_of_whole(numbers[Level.ATTENDED], "schools engaged"),
        ]


def engagement(
    denominator: Iterable[str],
    register: Register,
    *,
    sign_ups: Iterable[SignUp],
    activities: Iterable[Activity],
    finished_places: Iterable[FinishedPlace],
) -> Engagement:
    """Return the levels of each school of the denominator; a closed school counts for its successor."""
    schools = {urn: Engaged() for urn in denominator}

    def school(urn: str) -> Engaged | None:
        standing = register.open_urn(urn)
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
