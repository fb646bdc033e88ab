"""Work Groups against their programme's rule: usually 10 to 20 teachers from at least six schools.

Ids are text here: they are only told apart, and there are thousands of them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final, NamedTuple

from hub_kernel.england import day_in_england
from hub_reporting.domain.measures import Ratio, median
from hub_reporting.domain.schools import Register

# How a group stands to its rule, in the order of lists; a recruiting group is not judged yet.
VERDICTS: Final = ("outside", "within", "recruiting", "cancelled")


class Group(NamedTuple):
    """One Work Group, with what had been announced of it by the day of the report."""

    work_group_id: str
    title: str
    ncp_code: str | None
    academic_year: str
    strand: str
    min_teachers: int
    max_teachers: int
    min_schools: int
    opens_at: datetime
    said: str | None  # confirmed or below_minimum, whichever was announced last by the day
    overridden: bool
    ending: str | None  # cancelled or closed, by the day of the report
    sessions: int  # scheduled
    held: int
    last_held_on: date | None

    def known_at(self, day: date) -> bool:
        """Whether it had opened by a day, or had been announced, held or ended by then."""
        return day_in_england(self.opens_at) <= day or bool(self.said or self.ending or self.held)


class Attendance(NamedTuple):
    """What the registers of the period's years say of one place."""

    enrolment_id: str
    urn: str
    marks: int  # registers that name it
    present: int  # of them, present or late
    first_seen_on: date | None  # in the period itself
    times_seen: int  # in the period itself


class Place(NamedTuple):
    """One teacher's place."""

    enrolment_id: str
    work_group_id: str
    teacher_id: str
    urn: str
    enrolled_on: date
    withdrawn_on: date | None  # the first day without it
    completed: bool | None = None  # as the hub decided; None while it has not closed the group

    def held_at(self, day: date) -> bool:
        """Whether the teacher held the place on a day."""
        return self.enrolled_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True)
class Composition:
    """A group with who is on it."""

    group: Group
    teachers: int
    schools: int
    attendance: Ratio  # present or late, of all marks in the group's registers

    @property
    def cancelled(self) -> bool:
        """Whether the group does not take place: it is counted as cancelled and as nothing else."""
        return self.group.ending == "cancelled"

    @property
    def recruiting(self) -> bool:
        """Whether it has neither been confirmed nor met: it is not judged against the rule yet."""
        return self.state == "recruiting"

    @property
    def verdict(self) -> str:
        """One of VERDICTS."""
        if self.cancelled or self.recruiting:
            return self.state
        return "within" if self.in_range else "outside"

    @property
    def teachers_short(self) -> int:
        """Teachers lacking; a cancelled group lacks nobody."""
        return 0 if self.cancelled else max(0, self.group.min_teachers - self.teachers)

    @property
    def teachers_over(self) -> int:
        """Teachers too many."""
        return max(0, self.teachers - self.group.max_teachers)

    @property
    def schools_short(self) -> int:
        """Schools lacking; a cancelled group lacks none."""
        return 0 if self.cancelled else max(0, self.group.min_schools - self.schools)

    @property
    def in_range(self) -> bool:
        """Whether the group is not cancelled and has as many teachers and schools as its rule asks for."""
        return not (self.cancelled or self.teachers_short or self.teachers_over or self.schools_short)

    @property
    def state(self) -> str:
        """recruiting, confirmed, at_risk, running, finished or cancelled."""
        if self.group.ending is not None:
            return "cancelled" if self.cancelled else "finished"
        if self.group.held and self.group.held >= self.group.sessions:
            return "finished"
        if self.group.said == "below_minimum" and not self.in_range:
            return "at_risk"
        if self.group.held:
            return "running"
        return "recruiting" if self.group.said is None else "confirmed"

    @property
    def shortfall(self) -> str:
        """What is wrong, in words; empty when nothing is."""
        short = [
            _count(number, noun)
            for number, noun in ((self.teachers_short, "teacher"), (self.schools_short, "school"))
            if number
        ]
        said = [f"{', '.join(short)} short"] if short else []
        if self.teachers_over:
            said.append(f"{_count(self.teachers_over, 'teacher')} too many")
        return "; ".join(said)


@dataclass(frozen=True)
class Compositions:
    """All groups of a period, in the order of VERDICTS."""

    groups: tuple[Composition, ...]

    @cached_property
    def judged(self) -> tuple[Composition, ...]:
        """Groups that were confirmed or have met, and were not cancelled: what every figure counts."""
        return tuple(c for c in self.groups if not (c.cancelled or c.recruiting))

    @property
    def outside(self) -> tuple[Composition, ...]:
        """Judged groups outside their rule."""
        return tuple(c for c in self.judged if not c.in_range)

    @property
    def cancelled(self) -> int:
        """Number of groups that were cancelled."""
        return sum(c.cancelled for c in self.groups)

    @property
    def recruiting(self) -> int:
        """Number of groups that are not judged yet."""
        return sum(c.recruiting for c in self.groups)

    @property
    def in_range(self) -> Ratio:
        """Groups within their rule, of all that are judged."""
        return Ratio(sum(c.in_range for c in self.judged), len(self.judged))

    @property
    def median_teachers(self) -> float | None:
        """Median number of teachers of the judged groups."""
        return median(c.teachers for c in self.judged)

    @property
    def median_schools(self) -> float | None:
        """Median number of schools of the judged groups."""
        return median(c.schools for c in self.judged)


def compose(
    groups: Collection[Group],
    places: Iterable[Place],
    attendances: Iterable[Attendance],
    register: Register,
    day: date,
) -> Compositions:
    """Count each group's teachers and schools on a day; a school and its successor are one school.

    A group that opens later, and of which nothing had happened by the day, is left out.
    """
    registers = {one.enrolment_id: one for one in attendances}
    counted = {group.work_group_id: _Count() for group in groups}
    for place in places:
        if (count := counted.get(place.work_group_id)) is not None:
            count.take(place, registers.get(place.enrolment_id), register, day)
    made = (
        Composition(group, len(count.teachers), len(count.schools), Ratio(count.present, count.marks))
        for group, count in ((group, counted[group.work_group_id]) for group in groups)
        if group.known_at(day) or count.places
    )
    return Compositions(
        tuple(
            sorted(made, key=lambda c: (VERDICTS.index(c.verdict), c.group.title, str(c.group.work_group_id)))
        )
    )


@dataclass
class _Count:
    """One group while it is counted."""

    teachers: set[str] = field(default_factory=set)
    schools: set[str] = field(default_factory=set)
    places: int = 0  # given by the day, given up again or not
    present: int = 0
    marks: int = 0

    def take(self, place: Place, attendance: Attendance | None, register: Register, day: date) -> None:
        """Count one place, and what the registers say of it."""
        self.places += place.enrolled_on <= day
        if place.held_at(day):
            self.teachers.add(place.teacher_id)
            self.schools.add(register.kept(place.urn))
        if attendance is not None:
            self.present += attendance.present
            self.marks += attendance.marks


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
