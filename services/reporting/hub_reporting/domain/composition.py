"""The composition of Work Groups, compared with their programme's rule.

The usual rule is 10 to 20 teachers from at least six schools.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final

from hub_reporting.domain.measures import Ratio, median
from hub_reporting.domain.schools import Register
from hub_reporting.domain.work_groups import Announcement, Attendance, Ending, Group, Place


class Verdict(StrEnum):
    """Result of the comparison with the rule, in the order of lists."""

    OUTSIDE = "outside"
    WITHIN = "within"
    RECRUITING = "recruiting"  # not compared yet
    CANCELLED = "cancelled"


ORDER: Final = tuple(Verdict)  # of lists


class State(StrEnum):
    """Progress of a Work Group."""

    RECRUITING = "recruiting"
    CONFIRMED = "confirmed"
    AT_RISK = "at_risk"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Composition:
    """A Work Group with its numbers of teachers and schools on a day."""

    group: Group
    teachers: int
    schools: int
    attendance: Ratio  # marks present or late, of all marks in the group's registers

    @property
    def cancelled(self) -> bool:
        """Whether the group was cancelled; it is then counted as cancelled only."""
        return self.group.ending == Ending.CANCELLED

    @property
    def recruiting(self) -> bool:
        """Whether the group is still recruiting, and so not compared with the rule yet."""
        return self.state == State.RECRUITING

    @property
    def verdict(self) -> Verdict:
        """The result of the comparison with the rule."""
        if self.cancelled:
            return Verdict.CANCELLED
        if self.recruiting:
            return Verdict.RECRUITING
        return Verdict.WITHIN if self.in_range else Verdict.OUTSIDE

    @property
    def teachers_short(self) -> int:
        """Number of teachers below the minimum; 0 for a cancelled group."""
        return 0 if self.cancelled else max(0, self.group.min_teachers - self.teachers)

    @property
    def teachers_over(self) -> int:
        """Number of teachers above the maximum."""
        return max(0, self.teachers - self.group.max_teachers)

    @property
    def schools_short(self) -> int:
        """Number of schools below the minimum; 0 for a cancelled group."""
        return 0 if self.cancelled else max(0, self.group.min_schools - self.schools)

    @property
    def in_range(self) -> bool:
        """Whether a group that takes place has as many teachers and schools as its rule asks for."""
        return not (self.cancelled or self.teachers_short or self.teachers_over or self.schools_short)

    @property
    def state(self) -> State:
        """Progress of the group on the day."""
        if self.group.ending is not None:
            return State.CANCELLED if self.cancelled else State.FINISHED
        if self.group.held and self.group.held >= self.group.sessions:
            return State.FINISHED
        if self.group.announced == Announcement.BELOW_MINIMUM and not self.in_range:
            return State.AT_RISK
        if self.group.held:
            return State.RUNNING
        return State.RECRUITING if self.group.announced is None else State.CONFIRMED

    @property
    def shortfall(self) -> str:
        """Difference from the rule in words, such as "2 teachers short"; empty where there is none."""
        short = [
            _count(number, noun)
            for number, noun in ((self.teachers_short, "teacher"), (self.schools_short, "school"))
            if number
        ]
        parts = [f"{', '.join(short)} short"] if short else []
        if self.teachers_over:
            parts.append(f"{_count(self.teachers_over, 'teacher')} too many")
        return "; ".join(parts)


@dataclass(frozen=True)
class Compositions:
    """Work Groups of a period, in the order of their verdicts."""

    groups: tuple[Composition, ...]

    @cached_property
    def compared(self) -> tuple[Composition, ...]:
        """Groups that were confirmed or have met, and were not cancelled: the denominator of figures."""
        return tuple(c for c in self.groups if not (c.cancelled or c.recruiting))

    def only(self, work_group_ids: Collection[str]) -> "Compositions":
        """Return those of some Work Groups."""
        return Compositions(tuple(c for c in self.groups if c.group.work_group_id in work_group_ids))

    @property
    def outside(self) -> tuple[Composition, ...]:
        """Compared groups outside their rule."""
        return tuple(c for c in self.compared if not c.in_range)

    @property
    def cancelled(self) -> int:
        """Number of cancelled groups."""
        return sum(c.cancelled for c in self.groups)

    @property
    def recruiting(self) -> int:
        """Number of groups still recruiting."""
        return sum(c.recruiting for c in self.groups)

    @property
    def in_range(self) -> Ratio:
        """Compared groups within their rule, of all compared groups."""
        return Ratio(sum(c.in_range for c in self.compared), len(self.compared))

    @property
    def median_teachers(self) -> float | None:
        """Median number of teachers of the compared groups."""
        return median(c.teachers for c in self.compared)

    @property
    def median_schools(self) -> float | None:
        """Median number of schools of the compared groups."""
        return median(c.schools for c in self.compared)


def compose(
    groups: Collection[Group],
    places: Iterable[Place],
    attendances: Iterable[Attendance],
    register: Register,
    day: date,
) -> Compositions:
    """Count each group's teachers and schools on a day; a school and its successor are one school.

    A group that opens later and has no fact recorded by the day is omitted.
    """
    by_place = {one.enrolment_id: one for one in attendances}
    counted = {group.work_group_id: _Count() for group in groups}
    for place in places:
        if (count := counted.get(place.work_group_id)) is not None:
            count.add(place, by_place.get(place.enrolment_id), register, day)
    compositions = (
        Composition(group, len(count.teachers), len(count.schools), Ratio(count.present, count.marks))
        for group, count in ((group, counted[group.work_group_id]) for group in groups)
        if group.known_at(day) or count.places
    )
    return Compositions(
        tuple(
            sorted(
                compositions,
                key=lambda c: (ORDER.index(c.verdict), c.group.title, str(c.group.work_group_id)),
            )
        )
    )


@dataclass
class _Count:
    """Running totals of one group."""

    teachers: set[str] = field(default_factory=set)
    schools: set[str] = field(default_factory=set)
    places: int = 0  # given by the day, withdrawn or not
    present: int = 0
    marks: int = 0

    def add(self, place: Place, attendance: Attendance | None, register: Register, day: date) -> None:
        """Add one place and its marks."""
        self.places += place.enrolled_on <= day
        if place.held_at(day):
            self.teachers.add(place.teacher_id)
            self.schools.add(register.current_urn(place.urn))
        if attendance is not None:
            self.present += attendance.present
            self.marks += attendance.marks


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
