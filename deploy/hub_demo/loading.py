"""Loading the demonstration into a running hub, and reading the figures afterwards."""

import contextlib
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

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


def load(
    addresses: Mapping[str, str],
    token: str,
    progress: Progress | None = None,
    *,
    today: date,
    key: OKPKey | None = None,
    until: date | None = None,
    days: Collection[date] | None = None,
) -> Figures:
    """Send the plan of a day, or a part of it, to the public HTTP interfaces, and read the figures.

    A plan that was loaded before, also on another day, is not sent again, so that a second start is quick.

    Raises:
        CannotStart: a command was refused, or an event or e-mail does not arrive.
    """
    sent = send(addresses, token, progress, today=today, key=key, until=until, days=days)
    since = time.monotonic()
    figures = wait_for_figures(addresses, token, sent.last)
    return figures.timed(sent.commands, {**sent.seconds, SETTLING: time.monotonic() - since})


@dataclass(frozen=True)
class Sent:
    """The number of sent commands, and the duration of each phase."""

    last: SchoolYear  # the last year of the plan that the hub holds
    commands: int
    seconds: Mapping[str, float]


# Long: the docstring describes nine arguments.
def send(
    addresses: Mapping[str, str],
    token: str,
    progress: Progress | None = None,
    *,
    today: date,
    key: OKPKey | None = None,
    until: date | None = None,
    days: Collection[date] | None = None,
    wait: bool = True,
) -> Sent:
    """Send the plan's commands, and set the hub's clock.

    Args:
        addresses: service → base URL.
        token: with the roles hub_admin and hub_lead; of the same subject in every run, as Idempotency-Keys
            belong to a sender.
        progress: the progress bar.
        today: the day for which the plan is made.
        key: the hub's private key, which signs tokens of Work Group leads; without it the administrator
            sends their commands.
        until: send no command after this day.
        days: send only these days and the commands that they need.
        wait: whether timers and e-mails must have settled before the next day begins.

    Raises:
        CannotStart: a command was refused, or its service did not answer in time.
    """
    plan = plan_for(today)
    last = loaded(addresses, token, plan) if until is None and days is None else None
    if last is not None:
        return Sent(last, 0, {})
    refuse_other_year(addresses, token, plan.last)
    commands = part_of(plan, until, days)
    watch = Watch(progress, len(commands))
    of_lead = None if key is None else lead_tokens(key)
    with (
        contextlib.closing(Player(addresses, token, plan.seed, of_lead)) as player,
        contextlib.closing(Teller(addresses, token)) as teller,
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


def wait_for_figures(addresses: Mapping[str, str], token: str, last: SchoolYear) -> Figures:
    """Wait until all events and e-mails have arrived, and read the figures of last year.

    Raises:
        CannotStart: some have not arrived, and the counts have stopped changing.
    """
    return read_figures(addresses, token, settle(addresses, token), last)


def loaded(addresses: Mapping[str, str], token: str, plan: Plan) -> SchoolYear | None:
    """Return the last year of the plan, for any day, that was completely sent before; None without one.

    The hub itself is asked, so that the answer is right for any database. Every plan ends with a draft of a
    group that is to recruit in the present year; plans of earlier releases ended with the last year.
    """
    with contextlib.closing(Connection(addresses["enrolment"], token)) as enrolment:
        try:
            groups = enrolment.get("/enrolment/v1/work-groups?limit=200").body["items"]
            opens = [one["opens_at"] for one in groups if one["title"] == IN_PREPARATION]
            if opens:
                return SchoolYear.of(datetime.fromisoformat(opens[0]).date()).before
            return _loaded_by_an_earlier_release(groups, plan.last_year.groups[-1].title)
        except (*AWAY, KeyError, TypeError):
            return None  # the first command will fail with the reason


def _loaded_by_an_earlier_release(groups: Sequence[Mapping[str, Any]], last_title: str) -> SchoolYear | None:
    """Return the only year of a hub whose last group was closed."""
    years = {str(one["academic_year"]) for one in groups}
    closed = any(one["title"] == last_title and one["status"] == "closed" for one in groups)
    return SchoolYear(int(years.pop()[:4])) if closed and len(years) == 1 else None


def refuse_other_year(addresses: Mapping[str, str], token: str, last: SchoolYear) -> None:
    """Raise if a plan of another academic year was begun and not finished.

    Raises:
        CannotStart: there is such a plan.
    """
    with contextlib.closing(Connection(addresses["visits"], token)) as visits:
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


def part_of(plan: Plan, until: date | None, days: Collection[date] | None) -> Sequence[Command]:
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
        if plan.phase_of(command.at) == plan.phases[0]
        or ((until is None or command.at.date() <= until) and (days is None or command.at.date() in days))
    ]
    while waiting:
        key = waiting.pop()
        if key not in chosen:
            chosen.add(key)
            waiting.extend(before[key])
    return [command for key, command in by_key.items() if key in chosen]
