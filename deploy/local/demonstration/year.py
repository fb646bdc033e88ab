"""The whole year as a list of commands in the order of their dates. The same seed gives the same year."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from local.demonstration import endings, groups, leaders, programmes, recruitment, support, visits, ways
from local.demonstration.between import Between
from local.demonstration.cast import Cast, cast
from local.demonstration.commands import Command
from local.demonstration.connections import connect_in_september, connect_in_year, connect_successors
from local.demonstration.half_terms import HALF_TERMS, LONG_HOLIDAY, calendar_body, moment
from local.demonstration.hub import JANUARY, SEPTEMBER, InventedHub, invent_hub
from local.demonstration.meetings import IN_STEP, Diary
from local.demonstration.papers import papers
from local.demonstration.participants import Participant, Recruiter
from local.demonstration.pd_days import pd_days
from local.demonstration.people import Staffroom, register
from local.demonstration.records import ERASED, records
from local.demonstration.register import links_csv, register_csv
from local.demonstration.series import by_series

SEED: Final = "cambridge 2025/26"
REGISTERED: Final = moment(date(2025, 9, 1), 6)
APPOINTED: Final = moment(date(2025, 9, 2), 9)


@dataclass(frozen=True)
class Phase:
    """A stretch of the year; all of it is done before the next one begins."""

    name: str  # what the hub does then
    begins: datetime


PHASES: Final = (
    Phase(
        "September: the register of schools, the calendars", datetime.min.replace(tzinfo=REGISTERED.tzinfo)
    ),
    Phase("September: schools connect, leaders are appointed", moment(date(2025, 9, 1), 8)),
    Phase("September: Work Groups recruit", moment(date(2025, 9, 3), 0)),
    Phase("Autumn 1: sessions, registers and visits", moment(date(2025, 9, 23), 0)),
    Phase("Autumn 2: sessions, registers and visits", moment(HALF_TERMS[1].starts_on, 0)),
    Phase("Spring 1: academies open, new groups begin", moment(HALF_TERMS[2].starts_on, 0)),
    Phase("Spring 2: sessions, registers and visits", moment(HALF_TERMS[3].starts_on, 0)),
    Phase("Summer 1: sessions, registers and visits", moment(HALF_TERMS[4].starts_on, 0)),
    Phase("Summer 2: sessions, registers and visits", moment(HALF_TERMS[5].starts_on, 0)),
    Phase("July: Work Groups are evaluated and closed", moment(endings.CLOSING.date(), 0)),
    Phase("July: the last Work Group is closed", endings.LAST_CLOSURE),
    Phase("July: somebody is forgotten", ERASED),
)


@dataclass(frozen=True)
class Year:
    """The plan, and what it was made from."""

    hub: InventedHub
    cast: Cast
    groups: tuple[groups.Group, ...]
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
def plan_year(seed: str = SEED) -> Year:
    """Make the plan."""
    hub = invent_hub(seed)
    chosen = cast(hub, seed)
    staffroom = Staffroom(seed)
    formed = groups.form_groups(chosen, hub.successors, staffroom, seed)
    commands = [
        *_registers(hub),
        *_calendars(chosen),
        *_people_and_groups(hub, chosen, formed, staffroom, seed),
    ]
    commands.sort(key=lambda command: command.at)  # stable: what was planned first stays first
    return Year(hub, chosen, tuple(formed), tuple(commands))


def _registers(hub: InventedHub) -> Iterator[Command]:
    january = moment(JANUARY, 6)
    first, second = register_csv(hub.september), register_csv(hub.january)
    imports = (
        ("september", REGISTERED, first, SEPTEMBER, len(hub.september)),
        ("links", REGISTERED + timedelta(minutes=10), links_csv(hub.links_september), SEPTEMBER, 0),
        ("january", january, second, JANUARY, len(hub.successors)),
        ("links-january", january + timedelta(minutes=10), links_csv(hub.links_january), JANUARY, 0),
    )
    for name, at, content, day, announces in imports:
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


def _calendars(chosen: Cast) -> Iterator[Command]:
    scopes = {"hub": HALF_TERMS, "la:873": HALF_TERMS, f"trust:{chosen.long_holiday.uid}": LONG_HOLIDAY}
    for scope, half_terms in scopes.items():
        yield Command(
            key=f"calendar/{scope}",
            at=REGISTERED + timedelta(minutes=30),
            service="visits",
            method="PUT",
            path=f"/visits/v1/calendars/{scope}",
            body=calendar_body(half_terms),
            lane="calendars",
            match="*",
            look=f"/visits/v1/calendars/{scope}?academic_year=2025/26",
            announces=0,
        )


def _people_and_groups(
    hub: InventedHub, chosen: Cast, formed: list[groups.Group], staffroom: Staffroom, seed: str
) -> Iterator[Command]:
    r = random.Random(f"{seed}/year")
    known, connected = connect_in_september(chosen, staffroom, r)
    yield from connected
    yield from connect_in_year(chosen, staffroom, r)
    yield from connect_successors(hub)

    core = leaders.core_team(chosen, staffroom)
    group_leads = leaders.leads_of(group.leads for group in formed)
    visiting = leaders.pd_leads(chosen, staffroom)
    everyone = [*core, *group_leads, *((person, "pd_lead") for person in visiting)]
    yield from (
        register(person, APPOINTED + timedelta(seconds=5 * n)) for n, (person, _) in enumerate(everyone)
    )
    appointed = APPOINTED + timedelta(hours=1)
    yield from leaders.appoint(core, appointed, core=True)
    yield from leaders.appoint(everyone[len(core) :], appointed, core=False)

    yield from (programmes.create(p, APPOINTED + timedelta(hours=2)) for p in programmes.PROGRAMMES)
    yield from _groups(hub, chosen, formed, Recruiter(staffroom, known, r), seed)
    yield from endings.called_off(formed)

    supported = support.supports(chosen, visiting)
    yield from map(support.assign, supported)
    for owed in support.everything_owed(chosen, supported, r):
        yield from visits.commands_of(owed, r)
    yield from visits.visit_in_the_holidays(supported[0], r)


def _groups(
    hub: InventedHub, chosen: Cast, formed: list[groups.Group], recruiter: Recruiter, seed: str
) -> Iterator[Command]:
    """All that is about groups and those who take part in them."""
    r = recruiter.random
    diary = Diary(r, frozenset(chosen.never_came))
    between = Between(random.Random(f"{seed}/between"), frozenset(hub.successors))
    free: list[Participant] = []  # for PD days: known since the autumn, and engaged anyway
    left: set[str] = set()
    entrance = ways.Entrance(chosen, formed, recruiter)
    for group in formed:
        participants = recruiter.recruit(group)
        yield from entrance.opening(group)
        enrolling = recruitment.enrol(group, participants, recruiter.new, set(hub.successors.values()), r)
        yield from entrance.entering(group, participants, enrolling)
        yield recruitment.confirm(group)
        met = list(between.enrich(group, participants, diary.meet(group, participants)))
        left |= {key for one in met if one.path.endswith("/withdrawal") for key in one.needs()}
        yield from by_series(group, met) if group.number == IN_STEP else met
        yield endings.close(group)
        yield from papers(group, met)
        free += [] if group.starts_in_spring else participants
    free = [one for one in free if one.person.urn not in {*chosen.never_came, *hub.successors}]
    yield from pd_days(free, random.Random(f"{seed}/pd days"))
    leaver = next(one.person for one in free if one.key in left)
    yield from records([one for one in free if one.key not in left], leaver)
