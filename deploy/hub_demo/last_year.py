"""The academic year before the present one, in full: the hub's published figures come out of it."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub_demo.calendars import set_calendars
from hub_demo.cast import Cast
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.description import describe_hub
from hub_demo.groups import endings, forming, programmes, recruitment, ways
from hub_demo.groups.between import Between
from hub_demo.groups.meetings import IN_STEP, LAST_GROUP, Diary
from hub_demo.groups.papers import PRINTS, papers
from hub_demo.groups.series import by_series
from hub_demo.pd_days import pd_days
from hub_demo.people import leaders
from hub_demo.people.connections import (
    connect_in_september,
    connect_in_year,
    connect_successors,
    days_of_meeting,
    successors_enrol_after,
)
from hub_demo.people.participants import Participant, Recruiter
from hub_demo.people.records import records
from hub_demo.people.staffroom import Person, Staffroom, register
from hub_demo.register.hub import InventedHub
from hub_demo.register.imports import imports_of
from hub_demo.register.later import Register
from hub_demo.setbacks.cancelled import FullGroup, unwanted
from hub_demo.setbacks.mistake import is_possible, withdrawn_by_mistake
from hub_demo.setbacks.own_dates import OwnDates
from hub_demo.setbacks.supported import Stories
from hub_demo.support import assignments, visits

# Groups in which something else happens, or whose papers are printed.
SPECIAL: Final = (*ways.SPECIAL, IN_STEP, LAST_GROUP, *range(0, LAST_GROUP, PRINTS))


@dataclass(frozen=True)
class LastYear:
    """What is sent in the year, and who is known to the hub at its end."""

    commands: list[Command]
    groups: tuple[forming.Group, ...]
    maths_leads: dict[str, Person]  # by URN
    stayed: list[Participant]  # who held their places to the end
    moved: frozenset[str]  # keys of people who have changed their school
    supported: list[assignments.Support]  # as they are at its end
    register: Register  # as it is at its end


def plan_last_year(
    year: SchoolYear, hub: InventedHub, cast: Cast, staffroom: Staffroom, seed: str
) -> LastYear:
    """Make the plan of the year."""
    groups = forming.form_groups(year, cast, hub.successors, staffroom, seed)
    return Planner(year, hub, cast, groups, staffroom, seed).plan()


@dataclass(frozen=True)
class Planner:
    """Plans the year from what was invented for it."""

    year: SchoolYear
    hub: InventedHub
    cast: Cast
    groups: list[forming.Group]
    staffroom: Staffroom
    seed: str

    def plan(self) -> LastYear:
        """All of it."""
        year, cast, staffroom = self.year, self.cast, self.staffroom
        commands = [*imports_of(year, self.hub), *set_calendars(year, cast), describe_hub(year, cast)]
        r = random.Random(f"{self.seed}/year")
        known, connected = connect_in_september(year, cast, staffroom, r)
        commands += connected
        met = (cast.schools[urn] for urn in sorted(cast.connected_in_year))
        commands += connect_in_year(met, days_of_meeting(year), staffroom, r)
        commands += connect_successors(year, self.hub)

        visiting, appointed = self._leaders()
        commands += appointed
        created = moment(year.opening_days[1], 11)
        commands += (programmes.create(one, year, created) for one in programmes.PROGRAMMES)
        stayed, about_groups = self._groups(Recruiter(staffroom, known, r))
        commands += about_groups
        supported = assignments.supports(cast, visiting, year)
        stories = Stories(year, self.hub, supported, r)
        own_dates = OwnDates.among(year, supported, but=stories.concerned, trust=cast.long_holiday)
        changes = stories.changes().with_outcomes(own_dates.outcomes)
        commands += (assignments.assign(one) for one in supported)
        for owed in assignments.everything_owed(year, cast, supported, changes, r):
            commands += visits.commands_of(owed, year, r)
        commands += visits.visit_in_the_holidays(supported[0], year, r)
        commands += stories.plan()
        commands += own_dates.plan()
        commands += self._cancelled(r)
        return LastYear(
            commands=commands,
            groups=tuple(self.groups),
            maths_leads=known,
            stayed=stayed,
            moved=_moved(commands),
            supported=stories.at_the_end(),
            register=stories.april,
        )

    def _cancelled(self, r: random.Random) -> Iterator[Command]:
        """Two groups that do not take place."""
        like = next(group for group in self.groups if group.starts_in_spring)
        yield from unwanted(like)
        able = [urn for urn in self.cast.engaged if urn not in self.hub.successors]
        yield from FullGroup(self.year, like, self.cast.schools, able, self.staffroom, r).plan()

    def _leaders(self) -> tuple[list[Person], list[Command]]:
        """The PD leads, and the commands that register all leaders and give them their roles."""
        first, second, _ = self.year.opening_days
        core = leaders.core_team(self.cast, self.staffroom)
        group_leads = leaders.leads_of(group.leads for group in self.groups)
        visiting = leaders.pd_leads(self.cast, self.staffroom)
        others = [*group_leads, *((person, "pd_lead") for person in visiting)]
        registered, appointed = moment(second, 9), moment(second, 10)
        return visiting, [
            *(
                register(person, registered + timedelta(seconds=5 * n))
                for n, (person, _) in enumerate([*core, *others])
            ),
            *leaders.appoint(core, appointed, from_day=first, core=True),
            *leaders.appoint(others, appointed, from_day=first, core=False),
        ]

    def _groups(self, recruiter: Recruiter) -> tuple[list[Participant], list[Command]]:
        """Who takes part in a Work Group to its end, and all commands about groups."""
        r, year, hub, cast = recruiter.random, self.year, self.hub, self.cast
        diary = Diary(year, r, frozenset(cast.never_came))
        between = Between(year, random.Random(f"{self.seed}/between"), frozenset(hub.successors))
        school_days, opened = year.school_days(), successors_enrol_after(year)
        everybody: list[Participant] = []
        left: set[str] = set()
        mistaken = False
        commands: list[Command] = []
        entrance = ways.Entrance(year, cast, self.groups, recruiter)
        for group in self.groups:
            participants = recruiter.recruit(group)
            commands += entrance.opening(group)
            later = recruitment.days_of(group.season, school_days, opened)
            windows = dict.fromkeys(hub.successors.values(), later)
            usual = entrance.days(group)
            enrolling = recruitment.enrol(group, participants, recruiter.new, windows, usual, r)
            commands += entrance.entering(group, participants, enrolling)
            commands.append(recruitment.confirm(group))
            met = list(between.enrich(group, participants, diary.meet(group, participants)))
            left |= {key for one in met if one.path.endswith("/withdrawal") for key in one.needs()}
            if not mistaken and is_possible(group, SPECIAL, met):
                mistaken, met = True, list(withdrawn_by_mistake(group, participants, met))
            commands += by_series(group, met) if group.number == IN_STEP else met
            closure = endings.close(group, year)
            commands += [closure, *papers(group, met, closure)]
            everybody += participants
        commands += self._others(everybody, left)
        return [one for one in everybody if one.key not in left], commands

    def _others(self, everybody: Sequence[Participant], left: set[str]) -> Iterator[Command]:
        """PD days, and what happens to the records of people: all of it is about autumn's participants."""
        spring = {group.label for group in self.groups if group.starts_in_spring}
        not_free = {*self.cast.never_came, *self.hub.successors}
        free = [one for one in everybody if one.group_label not in spring and one.person.urn not in not_free]
        yield from pd_days(self.year, free, random.Random(f"{self.seed}/pd days"))
        leaver = next(one.person for one in free if one.key in left)
        yield from records(self.year, [one for one in free if one.key not in left], leaver)


def _moved(commands: Iterable[Command]) -> frozenset[str]:
    """Keys of the people who change their school."""
    return frozenset(key for one in commands if one.path.endswith("/moves") for key in one.needs())
