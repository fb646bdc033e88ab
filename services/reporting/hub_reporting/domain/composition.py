"""Work groups against their programme's rule: usually 10 to 20 teachers from at least six schools."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from hub_reporting.domain.measures import Ratio, median
from hub_reporting.domain.schools import Register


class Group(NamedTuple):
    """One work group, as it was opened, with the last that was said of its state."""

    work_group_id: UUID
    title: str
    ncp_code: str | None
    academic_year: str
    strand: str
    min_teachers: int
    max_teachers: int
    min_schools: int
    opens_at: datetime
    said: str | None  # confirmed or below_minimum, whichever was said last
    overridden: bool
    sessions: int  # scheduled
    held: int
    last_held_on: date | None
    marks: int  # places in all registers taken
    present: int  # of them, there


class Place(NamedTuple):
    """One teacher's place."""

    work_group_id: UUID
    teacher_id: UUID
    urn: str
    enrolled_on: date
    withdrawn_on: date | None  # the first day without it

    def held_at(self, day: date) -> bool:
        """Whether the teacher held the place on a day."""
        return self.enrolled_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True)
class Composition:
    """A group with who is on it."""

    group: Group
    teachers: int
    schools: int

    @property
    def teachers_short(self) -> int:
        """Teachers lacking."""
        return max(0, self.group.min_teachers - self.teachers)

    @property
    def teachers_over(self) -> int:
        """Teachers too many."""
        return max(0, self.teachers - self.group.max_teachers)

    @property
    def schools_short(self) -> int:
        """Schools lacking."""
        return max(0, self.group.min_schools - self.schools)

    @property
    def in_range(self) -> bool:
        """Whether the group keeps the rule."""
        return not (self.teachers_short or self.teachers_over or self.schools_short)

    @property
    def attendance(self) -> Ratio:
        """Present or late, of all marks in the group's registers."""
        return Ratio(self.group.present, self.group.marks)

    @property
    def state(self) -> str:
        """recruiting, confirmed, at_risk, running or finished."""
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
        said = [
            f"{number} {noun}{'' if number == 1 else 's'} {what}"
            for number, noun, what in (
                (self.teachers_short, "teacher", "short"),
                (self.teachers_over, "teacher", "too many"),
                (self.schools_short, "school", "short"),
            )
            if number
        ]
        return ", ".join(said)


@dataclass(frozen=True)
class Compositions:
    """All groups of a period."""

    groups: tuple[Composition, ...]

    @property
    def in_range(self) -> Ratio:
        """Groups that keep the rule, of all."""
        return Ratio(sum(c.in_range for c in self.groups), len(self.groups))

    @property
    def median_teachers(self) -> float | None:
        """Teachers of the group in the middle."""
        return median(c.teachers for c in self.groups)

    @property
    def median_schools(self) -> float | None:
        """Schools of the group in the middle."""
        return median(c.schools for c in self.groups)


def compose(groups: Iterable[Group], places: Iterable[Place], register: Register, day: date) -> Compositions:
    """Count each group's teachers and schools on a day; a school and its successor are one school."""
    teachers: dict[UUID, set[UUID]] = {}
    schools: dict[UUID, set[str]] = {}
    for place in places:
        if place.held_at(day):
            teachers.setdefault(place.work_group_id, set()).add(place.teacher_id)
            schools.setdefault(place.work_group_id, set()).add(register.kept(place.urn))
    made = (
        Composition(
            group, len(teachers.get(group.work_group_id, ())), len(schools.get(group.work_group_id, ()))
        )
        for group in groups
    )
    return Compositions(
        tuple(sorted(made, key=lambda c: (c.in_range, c.group.title, str(c.group.work_group_id))))
    )
