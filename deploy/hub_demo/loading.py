"""Loading the demonstration into a running hub, and reading the figures afterwards."""

import contextlib
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from itertools import groupby
from typing import Final, TypedDict

from joserfc.jwk import OKPKey
from rich.progress import Progress

from hub_demo.commands import Command
from hub_demo.connection import AWAY, Connection
from hub_demo.dates.school_years import SchoolYear
from hub_demo.figures import Figures, read_figures
from hub_demo.plan import IN_PREPARATION, Plan, plan_for
from hub_demo.play import Player
from hub_demo.settling import settle
from hub_demo.telling import Teller
from hub_demo.tokens import lead_tokens
from hub_demo.watch import Watch
from hub_local.failures import CannotStart

SETTLING: Final = "Waiting for every event and e-mail"
TELLING: Final = "The hub's clock, timers and e-mails, day by day"


@dataclass(frozen=True)
class Target:
    """The services of a hub, and the credentials with which commands are sent."""

    addresses: Mapping[str, str]  # service → base URL
    # With the roles hub_admin and hub_lead; of the same subject in every run, because Idempotency-Keys belong
    # to a sender.
    token: str
    # The hub's private key, which signs tokens of Work Group leads; without it the administrator sends their
    # commands.
    key: OKPKey | None = None


@dataclass(frozen=True)
class Part:
    """A part of the plan; without limits all of it."""

    until: date | None = None  # the last day whose commands are sent
    days: Collection[date] | None = None  # send only these days and the commands that they need

    @property
    def is_whole(self) -> bool:
        """Whether it has no limits."""
        return self.until is None and self.days is None

    def has(self, day: date) -> bool:
        """Return whether the commands of a day belong to it."""
        return (self.until is None or day <= self.until) and (self.days is None or day in self.days)


WHOLE: Final = Part()


def load(hub: Target, today: date, part: Part = WHOLE, *, progress: Progress | None = None) -> Figures:
    """Send the plan of a day, or a part of it, to the public HTTP interfaces, and read the figures.

    A plan that was loaded before, also on another day, is not sent again, so that a second start is quick.

    Raises:
        CannotStart: a command was refused, or an event or e-mail does not arrive.
    """
    sent = send(hub, today, part, progress=progress)
    since = time.monotonic()
    figures = wait_for_figures(hub, sent.last)
    return figures.timed(sent.commands, {**sent.seconds, SETTLING: time.monotonic() - since})


@dataclass(frozen=True)
class Sent:
    """The number of sent commands, and the duration of each phase."""

    last: SchoolYear  # the last year of the plan that the hub holds
    commands: int
    seconds: Mapping[str, float]


def send(
    hub: Target, today: date, part: Part = WHOLE, *, progress: Progress | None = None, wait: bool = True
) -> Sent:
    """Send the plan's commands, and set the hub's clock.

    Args:
        hub: the hub to which they are sent.
        today: the day for which the plan is made.
        part: the part of the plan that is sent.
        progress: the progress bar.
        wait: whether timers and e-mails must have settled before the next day begins.

    Raises:
        CannotStart: a command was refused, or its service did not answer in time.
    """
    plan = plan_for(today)
    last = loaded(hub, plan) if part.is_whole else None
    if last is not None:
        return Sent(last, 0, {})
    refuse_other_year(hub, plan.last)
    commands = part_of(plan, part)
    watch = Watch(progress, len(commands))
    of_lead = None if hub.key is None else lead_tokens(hub.key)
    with (
        contextlib.closing(Player(hub.addresses, hub.token, plan.seed, of_lead)) as player,
        contextlib.closing(Teller(hub.addresses, hub.token)) as teller,
    ):
        for at, together in by_moments(commands, plan.hub_days(commands)):
            for phase, group in groupby(together, key=lambda command: plan.phase_of(command.at)):
                some = list(group)
                with watch.phase(phase.name, len(some)) as told:
                    player.play(some, told)
            with watch.phase(TELLING):
                teller.settle(at) if wait else teller.tell(at)
    watch.show(SETTLING)
    return Sent(plan.last, len(commands), watch.seconds)


def by_moments(
    commands: Sequence[Command], moments: Iterable[datetime]
) -> Iterator[tuple[datetime, list[Command]]]:
    """Yield each instant to which the hub's clock is set, with the commands before it, in order."""
    left = deque(commands)
    for at in moments:
        together = []
        while left and left[0].at <= at:
            together.append(left.popleft())
        yield at, together


def wait_for_figures(hub: Target, last: SchoolYear) -> Figures:
    """Wait until all events and e-mails have arrived, and read the figures of last year.

    Raises:
        CannotStart: some have not arrived, and the counts have stopped changing.
    """
    state = settle(hub.addresses, hub.token)
    return read_figures(hub.addresses, hub.token, state, last)


class ListedGroup(TypedDict):
    """A Work Group in enrolment's list, as far as it is read here."""

    title: str
    status: str
    academic_year: str
    opens_at: str  # ISO 8601


def loaded(hub: Target, plan: Plan) -> SchoolYear | None:
    """Return the last year of the plan, for any day, that was completely sent before; None without one.

    The hub itself is asked, so that the answer is right for any database. Every plan ends with a draft of a
    group that is to recruit in the present year; plans of earlier releases ended with the last year.
    """
    with contextlib.closing(Connection(hub.addresses["enrolment"], hub.token)) as enrolment:
        try:
            groups: Sequence[ListedGroup] = enrolment.get("/enrolment/v1/work-groups?limit=200").body["items"]
            opens = [one["opens_at"] for one in groups if one["title"] == IN_PREPARATION]
            if opens:
                return SchoolYear.of(datetime.fromisoformat(opens[0]).date()).before
            return _loaded_by_an_earlier_release(groups, plan.last_year.groups[-1].title)
        except (*AWAY, KeyError, TypeError):
            return None  # the first command will fail with the reason


def _loaded_by_an_earlier_release(groups: Sequence[ListedGroup], last_title: str) -> SchoolYear | None:
    """Return the only year of a hub whose last group was closed."""
    years = {str(one["academic_year"]) for one in groups}
    closed = any(one["title"] == last_title and one["status"] == "closed" for one in groups)
    return SchoolYear(int(years.pop()[:4])) if closed and len(years) == 1 else None


def refuse_other_year(hub: Target, last: SchoolYear) -> None:
    """Raise if a plan of another academic year was begun and not finished.

    Raises:
        CannotStart: there is such a plan.
    """
    with contextlib.closing(Connection(hub.addresses["visits"], hub.token)) as visits:
        try:
            found = {
                year: visits.get(f"/visits/v1/calendars/hub?academic_year={year}").status == HTTPStatus.OK
                for year in (last.before, last, last.after)
            }
        except AWAY:
            return
    if found[last.before] or (found[last.after] and not found[last]):
        other = last.before if found[last.before] else last.after
        raise CannotStart(
            f"A demonstration whose last year is {other} was begun in this hub and not finished. Start it "
            f"for a day of {other.after}, such as {other.after.ends_on}, or delete the hub's data."
        )


def part_of(plan: Plan, part: Part) -> Sequence[Command]:
    """Return the commands of a part of the plan and those that they need, in order.

    They need the commands that they name, earlier ones of their lanes, the register and the calendars.
    """
    by_key = {command.key: command for command in plan.commands}
    lanes: dict[tuple[str, str], list[str]] = {}
    before: dict[str, set[str]] = {}
    for command in plan.commands:
        lane = lanes.setdefault((command.service, command.lane), [])
        before[command.key] = {*command.needs(), *lane[-1:]}
        lane.append(command.key)
    chosen: set[str] = set()
    waiting = [
        command.key
        for command in plan.commands
        if plan.phase_of(command.at) == plan.phases[0] or part.has(command.at.date())
    ]
    while waiting:
        key = waiting.pop()
        if key not in chosen:
            chosen.add(key)
            waiting.extend(before[key])
    return [command for key, command in by_key.items() if key in chosen]
