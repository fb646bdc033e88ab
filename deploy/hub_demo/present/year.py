"""The present academic year, and the groups that recruit in it for the next one."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub_demo.calendars import set_calendars
from hub_demo.cast import Cast
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups import programmes
from hub_demo.last_year import LastYear
from hub_demo.pd_days import pd_days
from hub_demo.people.acquaintances import Acquaintances
from hub_demo.people.connections import connect, connect_in_year, days_of_meeting
from hub_demo.people.staffroom import Staffroom
from hub_demo.present.forming import Surroundings
from hub_demo.present.groups import plan_groups
from hub_demo.present.outlines import announced_on, programmes_of
from hub_demo.register.files import links_csv, register_csv
from hub_demo.register.hub import InventedHub
from hub_demo.register.imports import LINKS_FOLLOW, import_file
from hub_demo.register.later import Register, academy_opens
from hub_demo.register.schools import School
from hub_demo.support import assignments, visits

NEW_SCHOOLS: Final = 10  # with their first contact in the year


@dataclass(frozen=True)
class Planner:
    """Plans the year, based on the one before it."""

    year: SchoolYear
    last: LastYear
    hub: InventedHub
    cast: Cast
    staffroom: Staffroom
    seed: str

    def plan(self) -> Iterator[Command]:
        """Yield all commands of the year."""
        r = random.Random(f"{self.seed}/{self.year}")
        register = self._register()
        around = self._surroundings(register)
        for year in (self.year, self.year.after):
            at = moment(announced_on(year), 10)
            yield from (programmes.create(one, year, at) for one in programmes_of(year).values())
            yield from plan_groups(year, around, self.seed)
        yield from self._begins(register)
        yield from connect_in_year(self._unknown(r), days_of_meeting(self.year), self.staffroom, r)
        here = [one for one in self.last.stayed if one.person.urn in around.able]
        yield from pd_days(self.year, here, r, self.prefix)
        yield from self._support(r)

    @property
    def prefix(self) -> str:
        """Prefix that distinguishes the year's keys from last year's."""
        return f"{self.year.first}/"

    def _register(self) -> Register:
        """Return a register in which a school that has attended, with no other part, becomes an academy."""
        cast = self.cast
        parts = {*cast.supported, *cast.leading, *cast.core, *cast.pd_leading, *self.hub.successors}
        known, last, hub = {*cast.engaged} - parts, self.last.register, self.hub
        return academy_opens(last.schools, last.links, hub.trusts, known, self.year.starts_on)

    def _surroundings(self, register: Register) -> Surroundings:
        closed = {*self.hub.successors, self.hub.closing, self.last.register.old.urn, register.old.urn}
        gone = closed | {*self.cast.never_came}
        people = Acquaintances(self.last.maths_leads, self.last.stayed, self.staffroom, self.last.moved)
        able = [urn for urn in people.schools() if urn not in gone]
        leads = list(dict.fromkeys(group.leads[0] for group in self.last.groups))
        engaged = [urn for urn in able if urn in {*self.cast.engaged, *self.hub.successors.values()}]
        converting, day = register.old, self.year.starts_on
        return Surroundings(self.cast.schools, engaged, able, leads, converting, day, people)

    def _begins(self, register: Register) -> Iterator[Command]:
        """Yield the commands of the first day: the register, the calendars, and the new academy."""
        first, day = self.year.opening_days[0], self.year.starts_on
        at, content = moment(first, 6), register_csv(register.schools, self.year)
        yield import_file("next-september", at, content, day, 1)
        yield import_file("links-next-september", at + LINKS_FOLLOW, links_csv(register.links), day, 0)
        yield from set_calendars(self.year, self.cast, self.prefix)
        after = ("import/next-september", "import/links-next-september")
        yield connect(register.new, day, "other", moment(first, 9), after=after)

    def _unknown(self, r: random.Random) -> list[School]:
        """Return the schools whose first contact is in the year."""
        known = {*self.cast.connected, *self.hub.successors.values(), self.last.register.new.urn}
        schools = self.last.register.schools
        others = [one for one in schools if one.is_open and one.is_state_funded and one.urn not in known]
        return r.sample(sorted(others, key=lambda school: school.urn), NEW_SCHOOLS)

    def _support(self, r: random.Random) -> Iterator[Command]:
        """Yield the assignments: supported schools keep their PD leads."""
        year, cast, none = self.year, self.cast, assignments.Changes()
        day = year.half_term(1).starts_on
        at = moment(day, 8)
        supported = [one.again(self.prefix, at, day) for one in self.last.supported]
        yield from (assignments.assign(one) for one in supported)
        for owed in assignments.obligations(year, cast, supported, none, r):
            yield from visits.commands_of(owed, year, r)
        yield from visits.visit_on_the_last_day(supported[0], year, r)
