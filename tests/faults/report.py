"""docs/reliability.md: what is promised, how it was measured, what came of it. Generated, never edited."""

import ast
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults import random_faults
from tests.faults.cases.all import ALL
from tests.faults.judging import Outcome
from tests.faults.summing import by_case
from tests.faults.systems.catalogue import SYSTEMS
from tests.faults.systems.setting import SUBJECTS
from tests.notifications import mail_cases

from local.places import ROOT

if TYPE_CHECKING:
    from tests.faults.suite import Suite

FILE: Path = ROOT / "docs" / "reliability.md"
CASES = (*ALL, random_faults.CASE)
PACKAGES = (
    "nameko", "kombu", "amqp", "eventlet", "SQLAlchemy", "psycopg2-binary", "faststream", "aio-pika",
    "asyncpg",
)  # fmt: skip
HEAD = """\
# What survives what

*Written by `make faults`, and below "Mail servers" from the tests' table of cases; do not edit it.*

## The promise

An accepted command's events reach every subscriber, take effect once, in order within a subject, and
survive anything short of losing the disks.

## How it is measured

`{command}` starts a RabbitMQ and a PostgreSQL of its own and two services as real processes, a publisher
and a consumer, once on our post office (`hub_messaging`) and once on each of two others. The publisher
carries out {events} commands about {subjects} subjects, drawn from a seed, each in one transaction with its
event; the consumer writes down one row each time that an event takes effect. Meanwhile the fault happens.
Ours goes through every case with each of the seeds below: its figures are added up, its seconds are those of
the slowest run. Each of its services connects as a broker user with no more than its own permissions.
Programs that die are started again, as a process supervisor would. In the end the two databases are
compared:

- **lost**: accepted events that took no effect;
- **repeated**: effects beyond the first of the same event;
- **out of order**: effects that came after one of a later revision of the same subject;
- **redelivered**: messages that RabbitMQ handed out a second time (it forgets that count when it is
  restarted);
- **seconds**: from the end of the fault until the last effect.

Ours must show 0, 0 and 0 in every line, never stand still for a minute with something left to do, and never
end unless it is killed; otherwise `make faults` fails. Messages that can never be understood must lie in the
inbox, parked, and be exactly as many as were sent; forged ones must be parked as such. Of the others nothing
is asked: their figures are written down as they came.

What the suite leaves out: a RabbitMQ that is killed within half a second of the declaration of `hub.log`,
and one that is killed again and again while queues are deleted. RabbitMQ 3.10.8 was seen to lose a stream
then, whoever had declared it; after a case that stops the broker the next one begins with a new one.
"""
OTHERS = """\
## The others

They are written as their documentation shows, at the settings that keep most; neither has an outbox or inbox.
"""


def render(suite: "Suite") -> str:
    """The whole page."""
    outcomes = by_case(suite.outcomes)
    parts = [
        HEAD.format(command="make faults", events=f"{suite.events:,}", subjects=SUBJECTS),
        _others(),
        _summary(outcomes),
        _cases(outcomes),
        _circumstances(suite),
        mail_cases.section(),
    ]
    return "\n".join(parts)


def words_of(seeds: Sequence[int]) -> str:
    """`seed 7`, or `seeds 7 and 8`."""
    listed = " and ".join(str(seed) for seed in seeds)
    return f"seed {listed}" if len(seeds) == 1 else f"seeds {listed}"


def _others() -> str:
    lines = [OTHERS]
    for system in SYSTEMS.values():
        if not system.is_ours:
            # Read, not imported: what it imports is installed for the comparison only.
            source = (ROOT / system.module.replace(".", "/") / "__init__.py").read_text()
            words = (ast.get_docstring(ast.parse(source)) or "").strip()
            lines.append(f"- **{system.words}.** {' '.join(words.split())}")
    return "\n".join(lines) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # of a peer, when ours ran alone
        return "not installed"


def _summary(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "## In short",
        "",
        "| of the cases below | all | none lost | none repeated | in order | all that, in time, none died |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for system in SYSTEMS.values():
        own = [o for o in outcomes if o.system == system.name]
        figures = (
            len(own),
            sum(o.counted.lost == o.forbidden for o in own),
            sum(o.counted.duplicates == 0 for o in own),
            sum(o.counted.disorder == 0 for o in own),
            sum(o.is_clean for o in own),
        )
        lines.append(f"| {system.words} | {' | '.join(str(figure) for figure in figures)} |")
    return "\n".join(lines) + "\n"


def _cases(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "## Case by case",
        "",
        "| case | system | lost | repeated | out of order | redelivered | seconds | remarks |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for case in CASES:
        for system in SYSTEMS:  # whichever ended first
            lines += [_row(case.name, o) for o in outcomes if (o.case, o.system) == (case.name, system)]
    lines += ["", "What happens in each:", ""]
    lines += [f"- **{case.name}.** {case.what}" for case in CASES]
    return "\n".join(lines) + "\n"


def _row(name: str, outcome: Outcome) -> str:
    counted = outcome.counted
    lost = counted.lost - outcome.forbidden
    seconds = f"{outcome.seconds:.1f}" if outcome.drained else "–"
    remarks = " ".join("; ".join(outcome.broken or outcome.remarks()).split())
    figures = (lost, counted.duplicates, counted.disorder, outcome.redelivered, seconds, remarks)
    cells = (name, SYSTEMS[outcome.system].words, *figures)
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _circumstances(suite: "Suite") -> str:
    minutes = f"{suite.minutes:.0f} minutes in all"
    again = " ".join(f"--seed {seed}" for seed in suite.seeds)
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    python = platform.python_version()
    servers = ", ".join(f"{name} {number}" for name, number in suite.versions.items())
    return "\n".join(
        [
            "## Circumstances",
            "",
            f"- {words_of(suite.seeds).capitalize()}, {suite.events:,} events in each case; {minutes}.",
            f"- {suite.lanes} cases at a time, each with its own servers.",
            f"- {os.cpu_count()} cores ({platform.machine()}), Python {python}, {servers}.",
            f"- {packages}.",
            f"- The same again: `make faults ARGS='{again}'`.",
            "",
        ]
    )
