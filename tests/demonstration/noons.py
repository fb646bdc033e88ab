"""The hub's records at noon of each day, derived from the plan's commands alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.demonstration import ledger_of_sessions  # noqa: F401 - adds its handlers
from tests.demonstration.books import Group, Session
from tests.demonstration.ledger import Ledger
from tests.demonstration.rounds import Rounds

from hub_demo.dates.england import DAY
from hub_demo.plan import Plan, noon
from hub_kernel.england import day_in_england


@dataclass(frozen=True)
class Noon:
    """The hub at noon of one day."""

    day: date
    ledger: Ledger
    rounds: Rounds

    def groups(self, status: str) -> list[Group]:
        """The groups of a status."""
        return [group for group in self.ledger.groups.values() if group.status == status]

    def recruiting(self) -> list[Group]:
        """The groups that take teachers in."""
        now = noon(self.day)
        return [one for one in self.groups("recruiting") if one.opens_at <= now < one.closes_at]

    def entries(self, status: str) -> int:
        """How many stand on waiting lists in some state."""
        return sum(len(group.standing(status)) for group in self.ledger.groups.values())

    def applications(self, status: str) -> int:
        """How many applications are in some state."""
        groups = self.ledger.groups.values()
        return sum(one.status == status for group in groups for one in group.applications.values())

    def sessions(self, first: date, last: date, *statuses: str) -> list[Session]:
        """The sessions from one day to another, of groups that go on."""
        return [
            one
            for group in self.ledger.groups.values()
            for one in group.sessions.values()
            if first <= day_in_england(one.starts_at) <= last and one.status in statuses
        ]

    def tasks_due_within(self, time: timedelta) -> int:
        """How many tasks are due soon."""
        now = noon(self.day)
        due = [
            group.sessions[session].starts_at
            for group in self.ledger.groups.values()
            for session in group.tasks.values()
        ]
        return sum(now < at <= now + time for at in due)

    def visits_planned_within(self, time: timedelta) -> int:
        """How many visits are in the diary for the next days, or were and are not logged yet."""
        until = noon(self.day) + time
        return sum(one.status == "planned" and one.planned_at <= until for one in self.rounds.visits.values())


def noons(plan: Plan, first: date, last: date) -> Iterator[Noon]:
    """Each day from one to another, after all that happens before noon of the first."""
    schools = {school.urn: school for school in (*plan.hub.september, *plan.last_year.register.schools)}
    scopes = {
        urn: (
            f"school:{urn}",
            f"trust:{school.trust.uid}" if school.trust else "",
            f"la:{school.la_code}",
            "hub",
        )
        for urn, school in schools.items()
    }
    ledger, rounds = Ledger(plan.commands), Rounds(scopes)
    commands, position, day = plan.commands, 0, first
    while day <= last:
        while position < len(commands) and commands[position].at <= noon(day):
            ledger.follow(commands[position])
            rounds.follow(commands[position])
            position += 1
        ledger.pass_time(noon(day))
        yield Noon(day, ledger, rounds)
        day += DAY
