"""The whole year as a list of commands in the order of their dates. The same seed gives the same year."""

import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from local.demonstration.cast import Cast, cast
from local.demonstration.commands import Command
from local.demonstration.dates.england import DAY, moment
from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.groups import endings, forming, programmes, recruitment, ways
from local.demonstration.groups.between import Between
from local.demonstration.groups.meetings import IN_STEP, Diary
from local.demonstration.groups.papers import papers
from local.demonstration.groups.seasons import autumn
from local.demonstration.groups.series import by_series
from local.demonstration.groups.year_end import YearEnd
from local.demonstration.pd_days import pd_days
from local.demonstration.people import leaders
from local.demonstration.people.connections import (
    connect_in_september,
    connect_in_year,
    connect_successors,
    successors_enrol_from,
)
from local.demonstration.people.participants import Participant, Recruiter
from local.demonstration.people.records import records
from local.demonstration.people.staffroom import Person, Staffroom, register
from local.demonstration.register.files import links_csv, register_csv
from local.demonstration.register.hub import InventedHub, Turn, invent_hub
from local.demonstration.support import assignments, visits

SEED: Final = "cambridge 2025/26"
SCHOOL_YEAR: Final = SchoolYear(2025)


@dataclass(frozen=True)
class Phase:
    """A stretch of the year; all of it is done before the next one begins."""

    name: str  # what the hub does then
    begins: datetime


def phases_of(year: SchoolYear) -> tuple[Phase, ...]:
    """The stretches of an academic year."""
    first, end = year.opening_days[0], YearEnd(year)
    half_terms = [moment(half_term.starts_on, 0) for half_term in year.half_terms]
    return (
        Phase(
            "September: the register of schools, the calendars",
            datetime.min.replace(tzinfo=end.closing.tzinfo),
        ),
        Phase("September: schools connect, leaders are appointed", moment(first, 8)),
        Phase("September: Work Groups recruit", moment(year.opening_days[2], 0)),
        Phase("Autumn 1: sessions, registers and visits", moment(autumn(year).confirmed_on + DAY, 0)),
        Phase("Autumn 2: sessions, registers and visits", half_terms[1]),
        Phase("Spring 1: academies open, new groups begin", half_terms[2]),
        Phase("Spring 2: sessions, registers and visits", half_terms[3]),
        Phase("Summer 1: sessions, registers and visits", half_terms[4]),
        Phase("Summer 2: sessions, registers and visits", half_terms[5]),
        Phase("July: Work Groups are evaluated and closed", moment(end.closing.date(), 0)),
        Phase("July: the last Work Group is closed", end.last_closure),
        Phase("July: somebody is forgotten", end.erased),
    )


PHASES: Final = phases_of(SCHOOL_YEAR)


@dataclass(frozen=True)
class Year:
    """The plan, and what it was made from."""

    school_year: SchoolYear
    hub: InventedHub
    cast: Cast
    groups: tuple[forming.Group, ...]
    commands: tuple[Command, ...]

    @property
    def last(self) -> Command:
        """Sent when everything else is done: where it has been, the year has been lived.

        But for an erasure, which takes the answers with it that a second sending would be given.
        """
        return self.commands[-2]


def phase_of(at: datetime) -> Phase:
    """The phase that a moment falls in."""
    return next(phase for phase in reversed(PHASES) if phase.begins <= at)


@cache
def plan_year(seed: str = SEED, school_year: SchoolYear = SCHOOL_YEAR) -> Year:
    """Make the plan of an academic year."""
    hub = invent_hub(seed, school_year)
    chosen = cast(hub, seed)
    staffroom = Staffroom(seed)
    groups = forming.form_groups(school_year, chosen, hub.successors, staffroom, seed)
    planner = Planner(school_year, hub, chosen, groups, staffroom, seed)
    commands = [*planner.registers(), *planner.calendars(), *planner.people_and_groups()]
    commands.sort(key=lambda command: command.at)  # stable: what was planned first stays first
    return Year(school_year, hub, chosen, tuple(groups), tuple(commands))


@dataclass(frozen=True)
class Planner:
    """Plans one academic year from what was invented for it."""

    year: SchoolYear
    hub: InventedHub
    cast: Cast
    groups: list[forming.Group]
    staffroom: Staffroom
    seed: str

    def registers(self) -> Iterator[Command]:
        """The files of the register, in September and in January, and what is looked up in them."""
        hub, noted_on = self.hub, Turn(self.year).noted_on
        registered, january = moment(self.year.opening_days[0], 6), moment(noted_on, 6)
        first, second = register_csv(hub.september, self.year), register_csv(hub.january, self.year)
        imports = (
            ("september", registered, first, len(hub.september)),
            ("links", registered + timedelta(minutes=10), links_csv(hub.links_september), 0),
            ("january", january, second, len(hub.successors)),
            ("links-january", january + timedelta(minutes=10), links_csv(hub.links_january), 0),
        )
        for name, at, content, announces in imports:
            day = self.year.starts_on if at < january else noted_on
            yield Command(
                key=f"import/{name}",
                at=at,
                service="enrolment",
                method="POST",
                path=f"/enrolment/v1/imports/gias?mode=apply&file_date={day.isoformat()}",
                body=content,
                lane="register",
                announces=announces,
            )
        yield Command(
            key="trusts/changed",
            at=january + timedelta(minutes=20),
            service="enrolment",
            method="GET",
            path=f"/enrolment/v1/schools/{hub.changing_trust}/trusts",
            body={},
            lane="register",
            announces=0,
        )

    def calendars(self) -> Iterator[Command]:
        """The half terms of the hub, of Cambridgeshire and of a trust with dates of its own."""
        year, trust = self.year, self.cast.long_holiday.uid
        scopes = {
            "hub": year.half_terms,
            "la:873": year.half_terms,
            f"trust:{trust}": year.half_terms_of_the_trust,
        }
        for scope, half_terms in scopes.items():
            yield Command(
                key=f"calendar/{scope}",
                at=moment(year.opening_days[0], 6, 30),
                service="visits",
                method="PUT",
                path=f"/visits/v1/calendars/{scope}",
                body=year.calendar_body(half_terms),
                lane="calendars",
                match="*",
                look=f"/visits/v1/calendars/{scope}?academic_year={year}",
                announces=0,
            )

    def people_and_groups(self) -> Iterator[Command]:
        """Schools and people, leaders, Work Groups and supported schools."""
        year, chosen, staffroom = self.year, self.cast, self.staffroom
        r = random.Random(f"{self.seed}/year")
        known, connected = connect_in_september(year, chosen, staffroom, r)
        yield from connected
        yield from connect_in_year(year, chosen, staffroom, r)
        yield from connect_successors(year, self.hub)

        visiting = yield from self._leaders()
        appointed = moment(year.opening_days[1], 11)
        yield from (programmes.create(one, year, appointed) for one in programmes.PROGRAMMES)
        yield from self._groups(Recruiter(staffroom, known, r))
        yield from endings.called_off(self.groups)

        supported = assignments.supports(chosen, visiting)
        yield from (assignments.assign(one, year) for one in supported)
        for owed in assignments.everything_owed(year, chosen, supported, r):
            yield from visits.commands_of(owed, year, r)
        yield from visits.visit_in_the_holidays(supported[0], year, r)

    def _leaders(self) -> Generator[Command, None, list[Person]]:
        """Register the leaders and give them their roles; gives the PD leads."""
        first, second, _ = self.year.opening_days
        core = leaders.core_team(self.cast, self.staffroom)
        group_leads = leaders.leads_of(group.leads for group in self.groups)
        visiting = leaders.pd_leads(self.cast, self.staffroom)
        others = [*group_leads, *((person, "pd_lead") for person in visiting)]
        registered, appointed = moment(second, 9), moment(second, 10)
        for n, (person, _) in enumerate([*core, *others]):
            yield register(person, registered + timedelta(seconds=5 * n))
        yield from leaders.appoint(core, appointed, from_day=first, core=True)
        yield from leaders.appoint(others, appointed, from_day=first, core=False)
        return visiting

    def _groups(self, recruiter: Recruiter) -> Iterator[Command]:
        """All that is about groups and those who take part in them."""
        r, year, hub, chosen = recruiter.random, self.year, self.hub, self.cast
        diary = Diary(year, r, frozenset(chosen.never_came))
        between = Between(random.Random(f"{self.seed}/between"), frozenset(hub.successors))
        opening = dict.fromkeys(hub.successors.values(), successors_enrol_from(year))
        free: list[Participant] = []  # for PD days: known since the autumn, and engaged anyway
        left: set[str] = set()
        entrance = ways.Entrance(chosen, self.groups, recruiter)
        for group in self.groups:
            participants = recruiter.recruit(group)
            yield from entrance.opening(group)
            enrolling = recruitment.enrol(group, participants, recruiter.new, opening, r)
            yield from entrance.entering(group, participants, enrolling)
            yield recruitment.confirm(group)
            met = list(between.enrich(group, participants, diary.meet(group, participants)))
            left |= {key for one in met if one.path.endswith("/withdrawal") for key in one.needs()}
            yield from by_series(group, met) if group.number == IN_STEP else met
            closure = endings.close(group, year)
            yield closure
            yield from papers(group, met, closure)
            free += [] if group.starts_in_spring else participants
        free = [one for one in free if one.person.urn not in {*chosen.never_came, *hub.successors}]
        yield from pd_days(year, free, random.Random(f"{self.seed}/pd days"))
        leaver = next(one.person for one in free if one.key in left)
        yield from records(year, [one for one in free if one.key not in left], leaver)
