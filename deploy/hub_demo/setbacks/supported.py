"""Two changes of supported schools: a PD lead stops in February, and a school becomes an academy in April.

Each school of the PD lead who stops is handed over to another one, who takes over the planned visit.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, SchoolYear
from hub_demo.people.connections import connect
from hub_demo.people.leaders import end_role
from hub_demo.people.staffroom import Person
from hub_demo.register.files import links_csv, register_csv
from hub_demo.register.hub import InventedHub
from hub_demo.register.imports import LINKS_FOLLOW, import_file
from hub_demo.register.later import Register, academy_opens
from hub_demo.support.assignments import Changes, Support, hand_over
from hub_demo.support.diary import cancel_visit, log_body, log_visit, plan_visit

STOPS: Final = 1  # index of the PD lead, from 0
AT_ONCE: Final = 2  # schools with another PD lead in the next half term; the others get one a half term later


@dataclass(frozen=True)
class Stories:
    """Both changes, for one year and its supported schools."""

    year: SchoolYear
    hub: InventedHub
    supported: Sequence[Support]
    random: random.Random

    @cached_property
    def stops(self) -> Person:
        """The PD lead who stops at the end of the third half term."""
        return list(dict.fromkeys(one.pd_lead for one in self.supported))[STOPS]

    @cached_property
    def left(self) -> list[Support]:
        """Assignments of that PD lead."""
        return [one for one in self.supported if one.pd_lead == self.stops]

    @cached_property
    def april(self) -> Register:
        """Register in which one of the other schools has become an academy."""
        among = [one.school.urn for one in self.supported if one.pd_lead != self.stops]
        day = date(self.year.first + 1, 4, 1)
        return academy_opens(self.hub.january, self.hub.links_january, self.hub.trusts, among, day)

    @cached_property
    def converting(self) -> Support:
        """Assignment of the school that becomes an academy."""
        return next(one for one in self.supported if one.school == self.april.old)

    @cached_property
    def academy(self) -> Support:
        """The same assignment, continued by the academy."""
        fifth = self.year.half_term(5)
        return replace(
            self.converting,
            school=self.april.new,
            assigned_at=moment(fifth.starts_on, 10),
            starts_on=fifth.starts_on,
            assigned_as=self.converting.school.urn,
        )

    @cached_property
    def handed_over(self) -> dict[tuple[str, int], Support]:
        """New assignments: (URN, first half term) → assignment."""
        others = [one for one in dict.fromkeys(s.pd_lead for s in self.supported) if one != self.stops]
        found = {}
        for n, one in enumerate(self.left):
            half_term = self.year.half_term(4 if n < AT_ONCE else 5)
            found[one.school.urn, half_term.n] = replace(
                one,
                pd_lead=others[n % 2],
                assigned_at=moment(half_term.starts_on, 9),
                starts_on=half_term.starts_on,
                prefix="second/",
            )
        return found

    @property
    def concerned(self) -> frozenset[str]:
        """URNs (of September) of the schools in both changes."""
        return frozenset({one.school.urn for one in self.left} | {self.april.old.urn})

    def changes(self) -> Changes:
        """Return the hand-overs and the fixed outcomes."""
        urns = [one.school.urn for one in self.left]
        certain = {(urn, 4): "on_time" if n < AT_ONCE else "missed" for n, urn in enumerate(urns)}
        certain[self.april.old.urn, 5] = "on_time"
        return Changes(self.handed_over | {(self.april.old.urn, 6): self.academy}, certain)

    def at_the_end(self) -> list[Support]:
        """Return the assignments of supported schools in July."""
        changes = self.changes()
        return [changes.support(one, 6) for one in self.supported]

    def plan(self) -> Iterator[Command]:
        """Yield all commands of both changes."""
        yield from self._pd_lead_stops()
        yield from self._academy_opens()

    def _pd_lead_stops(self) -> Iterator[Command]:
        """Yield the commands of the PD lead who stops with planned visits.

        The next PD lead makes the visits of schools that are handed over at once. All but the last of the
        others are cancelled.
        """
        third, fourth = self.year.half_term(3), self.year.half_term(4)
        yield end_role(self.stops, "pd_lead", third.ends_on, moment(third.day(5, MONDAY), 11))
        for n, one in enumerate(self.left):
            at, day = moment(third.day(5, THURSDAY), 10, n), fourth.day(2, TUESDAY)
            name = f"{one.school.urn}/left-behind"
            planned = plan_visit(one, name, moment(day, 10, 15 * (n % 4)), "support", at)
            yield planned
            if n < AT_ONCE:
                body = log_body("primary", day, random.Random(name))
                log = log_visit(planned, body, moment(day, 16, n))
                yield replace(log, lane=self.handed_over[one.school.urn, fourth.n].key)
            elif one is not self.left[-1]:
                yield cancel_visit(planned, "pd_lead_absence", moment(fourth.day(1, WEDNESDAY), 9, n))
        before = {one.school.urn: one for one in self.left}
        for (urn, _), after in self.handed_over.items():
            yield hand_over(before[urn], after, "left")

    def _academy_opens(self) -> Iterator[Command]:
        """Yield a visit that is planned under the old URN and takes place at the academy."""
        register, fifth = self.april, self.year.half_term(5)
        at, after = moment(fifth.starts_on, 6), ("import/april", "import/links-april")
        content = register_csv(register.schools, self.year)
        yield import_file("april", at, content, fifth.starts_on, 1)
        yield import_file("links-april", at + LINKS_FOLLOW, links_csv(register.links), fifth.starts_on, 0)
        connected = moment(fifth.starts_on, 9)
        yield connect(register.new, register.day, "other", connected, after=after)
        day, before = fifth.day(2, WEDNESDAY), self.year.half_term(4).school_days()[-1]
        name = f"{register.old.urn}/{fifth.id}/visit"
        planned = plan_visit(self.converting, name, moment(day, 10), "support", moment(before, 11))
        yield planned
        yield log_visit(planned, log_body("primary", day, self.random), moment(day, 16))
