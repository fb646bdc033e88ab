"""The whole demonstration as a list of commands: last academic year, and the present one up to today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from hub_demo.cast import Cast, cast
from hub_demo.commands import Command, Made
from hub_demo.dates.england import DAY, moment
from hub_demo.dates.school_years import MONDAY, SchoolYear
from hub_demo.groups.offers import instants_of_offers
from hub_demo.groups.recruitment import WORK_GROUPS
from hub_demo.last_year import LastYear, plan_last_year
from hub_demo.people.staffroom import Staffroom
from hub_demo.phases import Phase, phases_of
from hub_demo.present import year as present_year
from hub_demo.present.outlines import programmes_of
from hub_demo.register.hub import InventedHub, invent_hub
from hub_kernel.england import day_in_england
from hub_kernel.working_days import is_working_day
from hub_platform.bank_holidays import bank_holidays

SEED: Final = "cambridge 2025/26"  # of the invented hub, the same in every year
CLOSES: Final = 20  # the hour in England after which a day has no more commands
IN_PREPARATION: Final = "Number Talks at Key Stage 2 (in preparation)"  # the group that ends every plan


@dataclass(frozen=True)
class Plan:
    """The plan for a day, and the invented hub from which it was made."""

    today: date
    last: SchoolYear
    hub: InventedHub
    cast: Cast
    last_year: LastYear
    commands: tuple[Command, ...]  # in the order of their times

    @property
    def present(self) -> SchoolYear:
        """The academic year of today."""
        return self.last.after

    @property
    def seed(self) -> str:
        """Seed of ids and keys, different for each academic year."""
        return f"{SEED}, {self.last}"

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Phases of the plan, in order."""
        return phases_of(self.last, self.commands[-1].at)

    def phase_of(self, at: datetime) -> Phase:
        """Return the phase of an instant."""
        return next(phase for phase in reversed(self.phases) if phase.begins <= at)

    def hub_days(self, commands: Sequence[Command] | None = None) -> list[datetime]:
        """Return the instants to which the clock of every service must be set, in order.

        They are the last command of each day, the instants at which a timer is due (the e-mail about an offer
        of a place; the end of the offer, after which the next teacher on the waiting list gets one), and for
        the whole plan today at noon. Without `commands` the whole plan is sent.
        """
        sent = self.commands if commands is None else commands
        last_of_day = {day_in_england(command.at): command.at for command in sent}  # they are in order
        ends = noon(self.today) if len(sent) == len(self.commands) else sent[-1].at
        due = {at for at in instants_of_offers(sent) if at <= ends}
        return sorted({*last_of_day.values(), ends} | due)


def noon(day: date) -> datetime:
    """Return noon of a day in England, before and after which today has commands."""
    return moment(day, 12)


@cache
def plan_for(today: date, seed: str = SEED) -> Plan:
    """Make the plan for a day; the same day and seed give the same plan on every machine.

    Plans for two days of one academic year differ only in the commands between the two days.
    """
    last = SchoolYear.of(today).before
    hub, chosen, last_year, commands = _two_years(last, seed)
    until = noon(today)
    past = [command for command in commands if command.at <= until]
    marker = _in_preparation(last_year, last.after, today)
    return Plan(today, last, hub, chosen, last_year, (*past, marker))


@cache
def _two_years(last: SchoolYear, seed: str) -> tuple[InventedHub, Cast, LastYear, Sequence[Command]]:
    """Plan last year and the whole present year."""
    hub = invent_hub(seed, last)
    chosen = cast(hub, seed)
    staffroom = Staffroom(seed)
    last_year = plan_last_year(last, hub, chosen, staffroom, seed)
    present = present_year.Planner(last.after, last_year, hub, chosen, staffroom, seed)
    commands = [*last_year.commands, *present.plan()]
    commands.sort(key=lambda command: command.at)  # stable: commands of the same instant keep their order
    return hub, chosen, last_year, commands


def _in_preparation(last_year: LastYear, year: SchoolYear, today: date) -> Command:
    """Return the last command of every plan: a draft of a Work Group, created on the last working day.

    A hub that has this group has received the whole plan.
    """
    day = today
    while not is_working_day(day, bank_holidays()):
        day -= DAY
    opens_on = year.half_term(6).day(2, MONDAY)
    programme, lead = programmes_of(year)["problem-solving"], last_year.groups[0].leads[0]
    key = f"group/{year.first}/in-preparation"
    return Command(
        key=key,
        at=min(moment(day, CLOSES), noon(today)),
        service="enrolment",
        method="POST",
        path=WORK_GROUPS,
        body={
            "programme_id": Made(programme.key),
            "title": IN_PREPARATION,
            "lead_ids": [Made(lead.key)],
            "opens_at": moment(opens_on, 12).isoformat(),
            "closes_at": moment(opens_on + 14 * DAY, 17).isoformat(),
            "draft": True,
        },
        lane=key,
        gives="work_group_id",
        announces=0,
    )
