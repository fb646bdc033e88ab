"""The complete academic year before the present one, which leads to the hub's published figures."""

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
from hub_demo.groups import endings, forming, programmes, recruitment
from hub_demo.groups.between import Between
from hub_demo.groups.documents import PRINTS, documents
from hub_demo.groups.enrolling import SPECIAL as ENROLLED_SPECIALLY
from hub_demo.groups.enrolling import Enrolling
from hub_demo.groups.meetings import IN_STEP, LAST_GROUP, Diary
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

# Groups with other events, or whose documents are printed.
SPECIAL: Final = (*ENROLLED_SPECIALLY, IN_STEP, LAST_GROUP, *range(0, LAST_GROUP, PRINTS))


@dataclass(frozen=True)
class LastYear:
    """The commands of the year, and the people and schools at its end."""

    commands: list[Command]
    groups: tuple[forming.Group, ...]
    maths_leads: dict[str, Person]  # by URN
    stayed: list[Participant]  # participants who kept their places to the end
    moved: frozenset[str]  # keys of people who changed their school
    supported: list[assignments.Support]  # at its end
    register: Register  # at its end


def plan_last_year(
    year: SchoolYear, hub: InventedHub, cast: Cast, staffroom: Staffroom, seed: str
) -> LastYear:
    """Return the commands of the year before the present one, and the state of the hub at its end."""
    groups = forming.form_groups(year, cast, hub.successors, staffroom, seed)
    return Planner(year, hub, cast, groups, staffroom, seed).plan()


@dataclass(frozen=True)
class Planner:
    """Plans the year of an invented hub."""

    year: SchoolYear
    hub: InventedHub
    cast: Cast
    groups: list[forming.Group]
    staffroom: Staffroom
    seed: str

    def plan(self) -> LastYear:
        """Return the whole year."""
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
        for owed in assignments.obligations(year, cast, supported, changes, r):
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
        """Yield the commands of two cancelled groups."""
        like = next(group for group in self.groups if group.starts_in_spring)
        yield from unwanted(like)
        able = [urn for urn in self.cast.engaged if urn not in self.hub.successors]
        yield from FullGroup(self.year, like, self.cast.schools, able, self.staffroom, r).plan()

    def _leaders(self) -> tuple[list[Person], list[Command]]:
        """Return the PD leads, and the commands that register all leaders and appoint them."""
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
        """Return the participants who stay to the end of their Work Group, and all commands about groups."""
        r, year, hub, cast = recruiter.random, self.year, self.hub, self.cast
        diary = Diary(year, r, frozenset(cast.never_came))
        between = Between(year, random.Random(f"{self.seed}/between"), frozenset(hub.successors))
        school_days, opened = year.school_days(), successors_enrol_after(year)
        stayed: list[Participant] = []
        left: set[str] = set()
        mistaken = False
        commands: list[Command] = []
        enrolling = Enrolling(year, cast, self.groups, recruiter)
        for group in self.groups:
            participants = recruiter.recruit(group)
            commands += enrolling.opening(group)
            later = recruitment.days_of(group.season, school_days, opened)
            days = recruitment.EnrolmentDays(
                enrolling.days(group), dict.fromkeys(hub.successors.values(), later)
            )
            commands_to_enrol = recruitment.enrol(group, participants, recruiter.new, days, r)
            commands += enrolling.entering(group, participants, commands_to_enrol)
            commands.append(recruitment.confirm(group))
            met = list(between.enrich(group, participants, diary.meet(group, participants)))
            left |= {key for one in met if one.path.endswith("/withdrawal") for key in one.needs()}
            if not mistaken and is_possible(group, SPECIAL, met):
                mistaken, met = True, list(withdrawn_by_mistake(group, participants, met))
            commands += by_series(group, met) if group.number == IN_STEP else met
            closure = endings.close(group, year)
            commands += [closure, *documents(group, met, closure)]
            stayed += participants
        commands += self._others(stayed, left)
        return [one for one in stayed if one.key not in left], commands

    def _others(self, stayed: Sequence[Participant], left: set[str]) -> Iterator[Command]:
        """Yield PD days and changes of people's records, all for participants of autumn groups."""
        spring = {group.label for group in self.groups if group.starts_in_spring}
        not_free = {*self.cast.never_came, *self.hub.successors}
        free = [one for one in stayed if one.group_label not in spring and one.person.urn not in not_free]
        yield from pd_days(self.year, free, random.Random(f"{self.seed}/pd days"))
        leaver = next(one.person for one in free if one.key in left)
        yield from records(self.year, [one for one in free if one.key not in left], leaver)


def _moved(commands: Iterable[Command]) -> frozenset[str]:
    """Return the keys of the people who change their school."""
    return frozenset(key for one in commands if one.path.endswith("/moves") for key in one.needs())
