"""A supported school whose own calendar is set in April, after a visit in its holidays.

The authority's summer term has begun when the PD lead visits; the school's begins a week later. Once the
school's calendar is set, the visit is outside term, and the PD lead makes a second one.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hub_demo.calendars import set_calendar
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import FRIDAY, WEDNESDAY, WEEK, HalfTerm, SchoolYear
from hub_demo.register.schools import Trust
from hub_demo.support.assignments import Support
from hub_demo.support.diary import log_body, log_visit, plan_visit

SUMMER_1: Final = 5
A_DAYS_WORK: Final = timedelta(hours=6)


@dataclass(frozen=True)
class OwnDates:
    """The school and its visits in one year."""

    year: SchoolYear
    support: Support

    @classmethod
    def among(
        cls, year: SchoolYear, supported: Sequence[Support], *, but: Collection[str], trust: Trust
    ) -> "OwnDates":
        """Choose the last primary school without another change.

        Args:
            year: the year.
            supported: every supported school.
            but: URNs of schools with another change.
            trust: the trust with a calendar of its own.
        """
        able = (
            one
            for one in reversed(supported)
            if one.school.kind == "primary" and one.school.trust != trust and one.school.urn not in but
        )
        return cls(year, next(able))

    @property
    def half_term(self) -> HalfTerm:
        """Half term of the authority's schools; the school's begins a week later."""
        return self.year.half_term(SUMMER_1)

    @property
    def outcomes(self) -> Mapping[tuple[str, int], str]:
        """Fixed outcome of the obligation: the second visit is on time."""
        return {(self.support.school.urn, SUMMER_1): "on_time"}

    def half_terms(self) -> tuple[HalfTerm, ...]:
        """Half terms of the school's own calendar."""
        later = self.half_term.starts_on + WEEK
        closed = tuple(day for day in self.half_term.closed if day >= later)
        own = replace(self.half_term, starts_on=later, closed=closed)
        return tuple(own if one.n == SUMMER_1 else one for one in self.year.half_terms)

    def plan(self) -> Iterator[Command]:
        """Yield all commands, in order."""
        urn, summer = self.support.school.urn, self.half_term
        before = self.year.half_term(SUMMER_1 - 1).school_days()[-2]
        yield from self._visit("early", moment(before, 11), moment(summer.day(1, WEDNESDAY), 10))
        friday = summer.day(2, FRIDAY)
        corrected = set_calendar(self.year, f"school:{urn}", self.half_terms(), moment(friday, 11))
        yield replace(corrected, lane=self.support.key, announces=3)
        yield from self._visit("again", moment(friday, 12), moment(summer.day(4, WEDNESDAY), 10))

    def _visit(self, name: str, planned_on: datetime, begins: datetime) -> Iterator[Command]:
        name = f"{self.support.school.urn}/{self.half_term.id}/{name}"
        planned = plan_visit(self.support, name, begins, "support", planned_on)
        yield planned
        body = log_body("primary", begins.date(), random.Random(name))
        yield log_visit(planned, body, begins + A_DAYS_WORK)
