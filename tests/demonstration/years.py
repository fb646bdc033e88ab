"""Last year by itself, as most tests read it."""

from dataclasses import dataclass

from local.demonstration.cast import Cast
from local.demonstration.commands import Command
from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.groups.forming import Group
from local.demonstration.plan import Plan
from local.demonstration.register.hub import InventedHub


@dataclass(frozen=True)
class Year:
    """Last year's commands without those that are about the present year."""

    school_year: SchoolYear
    hub: InventedHub
    cast: Cast
    groups: tuple[Group, ...]
    commands: tuple[Command, ...]

    @classmethod
    def of(cls, plan: Plan) -> "Year":
        """The last year of a plan."""
        commands = sorted(plan.last_year.commands, key=lambda command: command.at)
        return cls(plan.last, plan.hub, plan.cast, plan.last_year.groups, tuple(commands))
