"""Loads the demonstration year into a hub that is running, and says what came out."""

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from joserfc.jwk import OKPKey
from rich.progress import Progress

from local.demonstration.commands import Command
from local.demonstration.connection import AWAY, Connection
from local.demonstration.figures import Figures, read_figures
from local.demonstration.play import Player
from local.demonstration.settling import settle
from local.demonstration.tokens import lead_tokens
from local.demonstration.year import PHASES, SEED, Year, phase_of, plan_year

SETTLING: Final = "Until every event and letter has arrived"


def load(
    addresses: Mapping[str, str],
    token: str,
    progress: Progress | None = None,
    *,
    key: OKPKey | None = None,
    until: date | None = None,
    days: Collection[date] | None = None,
) -> Figures:
    """Live the year, or a part of it, through the public HTTP interfaces, and read the figures.

    A year that has been lived before is not sent again, so that a second start is quick.

    Raises:
        CannotStart: a command was refused, or what was sent does not arrive.
    """
    sent = send(addresses, token, progress, key=key, until=until, days=days)
    since = time.monotonic()
    figures = wait_for_figures(addresses, token)
    return figures.timed(sent.commands, {**sent.seconds, SETTLING: time.monotonic() - since})


@dataclass(frozen=True)
class Sent:
    """What was sent, and how long each phase of the year took."""

    commands: int
    seconds: Mapping[str, float]


def send(
    addresses: Mapping[str, str],
    token: str,
    progress: Progress | None = None,
    *,
    key: OKPKey | None = None,
    until: date | None = None,
    days: Collection[date] | None = None,
) -> Sent:
    """Send the year's commands, without waiting for what follows from them.

    Args:
        addresses: service → base URL.
        token: of a hub administrator who is a hub lead; of the same subject in every run, as Idempotency-Keys
            are kept for each sender.
        progress: where to show how far it is.
        key: the hub's private key, with which Work Group leads are given tokens of their own; without it the
            administrator does their work.
        until: nothing after this day.
        days: nothing but these days, and what they build upon.

    Raises:
        CannotStart: a command was refused, or its service did not answer for too long.
    """
    year = plan_year()
    whole = until is None and days is None
    lived = whole and has_been_lived(addresses, token, year)
    commands = () if lived else part_of(year, until, days)
    player = Player(addresses, token, SEED, lead_tokens(key) if key is not None else None)
    watch = Watch(progress, len(commands))
    with contextlib.closing(player):
        for phase, group in groupby(commands, key=lambda command: phase_of(command.at)):
            together = list(group)
            with watch.phase(phase.name, len(together)) as told:
                player.play(together, told)
    watch.show(SETTLING)
    return Sent(len(commands), watch.seconds)


def wait_for_figures(addresses: Mapping[str, str], token: str) -> Figures:
    """Wait until everything that was sent has arrived, and read the figures.

    Raises:
        CannotStart: nothing moves any more, and yet something has not arrived.
    """
    return read_figures(addresses, token, settle(addresses, token), plan_year().school_year)


def has_been_lived(addresses: Mapping[str, str], token: str, year: Year) -> bool:
    """Whether the whole year has been sent before.

    Seen in the hub itself, so that it holds for whatever database is used: the last group is closed when all
    else has been answered, but for an erasure.
    """
    title = year.groups[-1].title
    with contextlib.closing(Connection(addresses["enrolment"], token)) as enrolment:
        try:
            groups = enrolment.get("/enrolment/v1/work-groups?limit=200").body["items"]
            return any(group["title"] == title and group["status"] == "closed" for group in groups)
        except (*AWAY, KeyError, TypeError):
            return False  # the load will find out what is wrong, and say it


def part_of(year: Year, until: date | None, days: Collection[date] | None) -> Sequence[Command]:
    """The commands of a part of the year with all that they build upon, in order.

    That is what they name, what came before them in their lanes, and the register and calendars.
    """
    by_key = {command.key: command for command in year.commands}
    lanes: dict[tuple[str, str], list[str]] = {}
    before: dict[str, set[str]] = {}
    for command in year.commands:
        lane = lanes.setdefault((command.service, command.lane), [])
        before[command.key] = {*command.needs(), *lane[-1:]}
        lane.append(command.key)
    chosen: set[str] = set()
    waiting = [
        command.key
        for command in year.commands
        if phase_of(command.at) == PHASES[0]
        or ((until is None or command.at.date() <= until) and (days is None or command.at.date() in days))
    ]
    while waiting:
        key = waiting.pop()
        if key not in chosen:
            chosen.add(key)
            waiting.extend(before[key])
    return [command for key, command in by_key.items() if key in chosen]


class Watch:
    """Measures how long phases take, and moves the bar."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.seconds: dict[str, float] = {}
        self._done = 0
        self._progress = progress
        self._task = progress.add_task("", total=total) if progress is not None and total else None

    @contextlib.contextmanager
    def phase(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """One phase of so many commands; gives what hears how many of them are left."""
        since = time.monotonic()
        self.show(name)
        yield lambda left: self.show(name, size - left)
        self._done += size
        self.seconds[name] = time.monotonic() - since

    def show(self, name: str, done: int = 0) -> None:
        """Say what is being done, and how much of it has been."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=name, completed=self._done + done)
