"""Loads the demonstration into a hub that is running, and says what came out."""

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

SETTLING: Final = "Until every event and e-mail has arrived"
TELLING: Final = "The hub's time, timers and e-mails, day by day"


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
    """Live the plan of a day, or a part of it, through the public HTTP interfaces, and read the figures.

    What has been loaded before, be it on another day, is not sent again, so that a second start is quick.

    Raises:
        CannotStart: a command was refused, or what was sent does not arrive.
    """
    sent = send(addresses, token, progress, today=today, key=key, until=until, days=days)
    since = time.monotonic()
    figures = wait_for_figures(addresses, token, sent.last)
    return figures.timed(sent.commands, {**sent.seconds, SETTLING: time.monotonic() - since})


@dataclass(frozen=True)
class Sent:
    """What was sent, and how long each phase of the plan took."""

    last: SchoolYear  # the one before the present year of what the hub holds
    commands: int
    seconds: Mapping[str, float]


# Long: what may be asked for is one argument each.
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
    """Send the plan's commands, and tell the time at the hub.

    Args:
        addresses: service → base URL.
        token: of a hub administrator who is a hub lead; of the same subject in every run, as Idempotency-Keys
            are kept for each sender.
        progress: where to show how far it is.
        today: the day for which the plan is made.
        key: the hub's private key, with which Work Group leads are given tokens of their own; without it the
            administrator does their work.
        until: nothing after this day.
        days: nothing but these days, and what they build upon.
        wait: whether timers and the sender of e-mails must have settled before the next day begins.

    Raises:
        CannotStart: a command was refused, or its service did not answer for too long.
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
    """Each moment at which the time is told, with the commands that come before it, in order."""
    left = deque(commands)
    for at in moments:
        together = []
        while left and left[0].at <= at:
            together.append(left.popleft())
        yield at, together


def wait_for_figures(addresses: Mapping[str, str], token: str, last: SchoolYear) -> Figures:
    """Wait until everything that was sent has arrived, and read the figures of last year.

    Raises:
        CannotStart: nothing moves any more, and yet something has not arrived.
    """
    return read_figures(addresses, token, settle(addresses, token), last)


def loaded(addresses: Mapping[str, str], token: str, plan: Plan) -> SchoolYear | None:
    """The last year of a plan, of whatever day, that has been sent as a whole before.

    Seen in the hub itself, so that it holds for whatever database is used: every plan ends with a draft of a
    group that is to recruit in the present year. Those of earlier releases ended with the last year.
    """
    with contextlib.closing(Connection(addresses["enrolment"], token)) as enrolment:
        try:
            groups = enrolment.get("/enrolment/v1/work-groups?limit=200").body["items"]
            opens = [one["opens_at"] for one in groups if one["title"] == IN_PREPARATION]
            if opens:
                return SchoolYear.of(datetime.fromisoformat(opens[0]).date()).before
            return _loaded_by_an_earlier_release(groups, plan.last_year.groups[-1].title)
        except (*AWAY, KeyError, TypeError):
            return None  # the load will find out what is wrong, and say it


def _loaded_by_an_earlier_release(groups: Sequence[Mapping[str, Any]], last_title: str) -> SchoolYear | None:
    """The only year of a hub whose last group has been closed."""
    years = {str(one["academic_year"]) for one in groups}
    closed = any(one["title"] == last_title and one["status"] == "closed" for one in groups)
    return SchoolYear(int(years.pop()[:4])) if closed and len(years) == 1 else None


def refuse_other_year(addresses: Mapping[str, str], token: str, last: SchoolYear) -> None:
    """Notice a plan of another academic year that was begun and not finished.

    Raises:
        CannotStart: there is one.
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
    """The commands of a part of the plan with all that they build upon, in order.

    That is what they name, what came before them in their lanes, and the register and calendars.
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
