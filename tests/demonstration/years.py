"""Last year by itself, as most tests read it."""

from dataclasses import dataclass

from hub_demo.cast import Cast
from hub_demo.commands import Command
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import Group
from hub_demo.plan import Plan
from hub_demo.register.hub import InventedHub


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
