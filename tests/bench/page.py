"""Writes docs/performance.md, and what the terminal shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.arithmetic import Figure
from tests.bench.backfill import WHAT as BACKFILL
from tests.bench.commands import CONNECTIONS, KINDS, PROGRAMS, REPLICAS
from tests.bench.latency import LOOK_EVERY, RATE
from tests.bench.register import ROWS
from tests.bench.results import BackfillResult, CommandsResult, HubResult, ImportResult, RowResult
from tests.bench.rows import OURS
from tests.bench.runs import Run

from hub_local.places import ROOT

FILE: Final = ROOT / "docs" / "performance.md"
Table = Sequence[Sequence[str]]

BEGINNING: Final = """# How fast it is

Written by `{command}`: figures and all. Every contender does the same work as ours in the same
minutes, in turn (A B C D, A B C D, …), each run in a process of its own with an empty database and an
empty queue. A figure is the median of the rounds (here {rounds}), with the lowest and the highest behind
it. A ratio compares runs of the same round. Nothing here is asserted in a test: a busy machine would fail
it.

## How it is measured

The broker and the database are private processes on the loopback interface that keep what they confirm
(their settings are below). Every queue is a durable quorum queue with a single active consumer, messages
are persistent, each body is the same CloudEvents JSON. A reader is started while a gate, the queue's
first consumer, holds the queue shut; when the reader has nothing left to do the gate leaves, and the time
runs until the last subject's last event is in the read model. A relay finds its outbox filled by one
commit, and the time runs until the last event is marked as confirmed. What each program does is in
`tests/bench/contenders`; all of them write the same statements. Who is slow is given fewer events, so
that a run takes seconds.

- **ours**: a service as every service here is: `subscribe_batch`, `subscribe` or `OutboxRelay`, started
  by `hub_platform.runner`.
- **by hand**: a loop over py-amqp and psycopg2 with the guarantees of ours and nothing else, in batches
  as large: what can be had without a framework. It checks no schema, retries nothing and measures
  nothing.
- **FastStream**: a subscriber with a pydantic model over asyncpg, prefetch and pool at the best that was
  found, its handlers running at the same time, no log line for each message.
- **plain nameko**: `event_handler` with one commit for each event, `EventDispatcher` to publish.
"""

HUB: Final = """The four services with the first days of the demonstration year. {commands:,} commands in
rounds of {seconds:g} s register teachers at enrolment over HTTP; a command is visible when the freshness
that every report carries, written in the transaction of the read models, has counted its event. It is asked
for over HTTP, again {look:g} ms after each answer.
"""

IMPORT: Final = """An establishments file with as many schools as the national register has, invented, is
sent to the enrolment service as `hubctl import gias` sends it: first to an empty hub, then, with every
event published, once more. While that goes on the service is asked every 50 ms whether it lives. Then the
whole list of schools is read, page after page of the usual 50. No other contender does the same work.
"""


COMMANDS: Final = """The enrolment service and the same two routes written plainly in FastAPI, on the same
tables and indexes, filled alike. {connections} connections that are kept open send one command after
another; two replicas share the connections, and the machine's cores with PostgreSQL, RabbitMQ and the
sender. Ours publishes each command's events meanwhile.
"""


@dataclass(frozen=True)
class Parts:
    """The measured parts; each may be missing."""

    rows: Sequence[RowResult]
    commands: CommandsResult | None = None
    imports: ImportResult | None = None
    hub: HubResult | None = None
    backfill: BackfillResult | None = None


def page(
    measured: Parts,
    facts: Mapping[str, str],
    *,
    command: str,
    rounds: int,
) -> str:
    """The whole page."""
    parts = [BEGINNING.format(command=command, rounds=rounds)]
    for result in measured.rows:
        parts += [f"## {result.row.title}\n", f"{result.row.what}\n", markdown(row_table(result))]
        parts += listed(result.verdicts())
    if measured.commands is not None:
        parts += commands_part(measured.commands)
    if measured.imports is not None:
        parts += [f"## The register of schools imported, {ROWS:,} rows\n", IMPORT]
        parts += [markdown(import_table(measured.imports)), *listed(measured.imports.verdicts())]
    if measured.backfill is not None:
        parts += ["## A new subscriber given all of history\n", BACKFILL]
        parts += [markdown(backfill_table(measured.backfill)), *listed(measured.backfill.verdicts())]
    if measured.hub is not None:
        parts += hub_part(measured.hub)
    parts += ["## On what\n", markdown([("", ""), *facts.items()])]
    return "\n".join(parts)


def commands_part(result: CommandsResult) -> list[str]:
    """The section of HTTP commands."""
    promises = [f"{program.name}: {program.promise}." for program in PROGRAMS]
    parts = ["## HTTP commands\n", COMMANDS.format(connections=CONNECTIONS), *listed(promises)]
    for kind, title in KINDS.items():
        parts += [f"### {title}\n", markdown(commands_table(result, kind))]
    return parts


def hub_part(hub: HubResult) -> list[str]:
    """The sections of the whole hub."""
    return [
        f"## Command accepted to visible in a report, {RATE} commands a second\n",
        HUB.format(commands=hub.commands, seconds=hub.seconds, look=LOOK_EVERY * 1000),
        markdown(latency_table(hub)),
        "## Memory\n",
        "Resident memory of each service's process before that load, in the middle of it and at its end.\n",
        markdown(memory_table(hub)),
        *listed(hub.verdicts()),
    ]


def row_table(result: RowResult) -> Table:
    """Contender by contender."""
    head = ("", "events/s", "processor time an event", "ours is", "what it promises")
    lines = [
        (
            entry.contender.name,
            spread(Figure.of(result.rates(entry.contender.name)), ",.0f"),
            f"{Figure.of([run.cpu for run in result.runs[entry.contender.name]]).middle:,.0f} µs",
            ""
            if entry.contender.name == OURS
            else f"{spread(result.ratio_to(entry.contender.name), '.2f')} ×",
            entry.contender.promise,
        )
        for entry in result.row.entries
    ]
    return [head, *lines]


def commands_table(result: CommandsResult, kind: str) -> Table:
    """Program by program, with one replica and with two."""
    head = ("", "replicas", "commands/s", "p50", "p99", "processor time a command", "ours is")
    lines = [
        (
            program.name,
            f"{replicas}",
            spread(Figure.of(result.rates(kind, program.name, replicas)), ",.0f"),
            *(
                f"{spread(result.milliseconds(kind, program.name, replicas, percent), '.1f')} ms"
                for percent in (50, 99)
            ),
            f"{result.cpu(kind, program.name, replicas).middle:,.0f} µs",
            ""
            if program.name == OURS
            else f"{spread(result.ratio_to(kind, program.name, replicas), '.2f')} ×",
        )
        for replicas in REPLICAS
        for program in PROGRAMS
    ]
    return [head, *lines]


def latency_table(hub: HubResult) -> Table:
    """Percentiles of both halves of the way."""
    head = ("", "p50", "p99")
    lines = [
        (
            words,
            *(f"{spread(hub.milliseconds(percent, part), '.1f')} ms" for percent in (50, 99)),
        )
        for words, part in (
            ("from the 201 to a report", "visible"),
            ("from sending to the 201", "answered"),
            ("from sending to a report", "whole"),
        )
    ]
    return [head, *lines]


def import_table(result: ImportResult) -> Table:
    """Return the table of one import: seconds and memory."""
    lines = [
        (words, f"{spread(result.figure(name), form)} {unit}")
        for words, name, form, unit in (
            ("first import", "first", ".1f", "s"),
            ("processor time of the service", "cpu", ".1f", "s"),
            ("events published", "events", ",.0f", ""),
            ("second import", "again", ".1f", "s"),
            ("processor time of the service, second import", "cpu_again", ".1f", "s"),
            ("resident memory before", "before", ".0f", "MB"),
            ("resident memory at most", "peak", ".0f", "MB"),
            ("longest answer to a health probe meanwhile", "probe", ".2f", "s"),
            ("a page of the list of schools, p99", "page_ms", ".1f", "ms"),
            ("a page of the last tenth of it, p99", "late_page_ms", ".1f", "ms"),
        )
    ]
    return [("", "found"), *lines]


def backfill_table(result: BackfillResult) -> Table:
    """Return the table of one back-fill."""
    lines = [
        (words, f"{spread(result.figure(name), form)}{unit}")
        for words, name, form, unit in (
            ("events of history", "events", ",.0f", ""),
            ("until the queue was bound", "seconds", ".1f", " s"),
            ("events a second", "rate", ",.0f", ""),
            ("events published meanwhile", "live", ",.0f", ""),
            ("longest wait of one of those to be published", "waited", ".2f", " s"),
        )
    ]
    return [("", "found"), *lines]


def memory_table(hub: HubResult) -> Table:
    """Service by service."""
    before, middle, end = hub.moments()
    lines = [(name, *(f"{m[name]:.1f} MB" for m in (before, middle, end))) for name in end]
    return [("", "before", "middle", "end"), *lines]


def spread(figure: Figure, form: str) -> str:
    """A figure with its extremes."""
    return f"{figure.middle:{form}} ({figure.low:{form}} to {figure.high:{form}})"


def run_line(name: str, run: Run) -> str:
    """One run, for the terminal."""
    return f"{name:<26}{run.rate:>9,.0f} events/s{run.cpu:>9,.0f} µs each"


def markdown(table: Table) -> str:
    """A table, with a blank line behind it."""
    head, *lines = table
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows) + "\n"


def listed(sentences: Iterable[str]) -> list[str]:
    """As a list, with a blank line behind it."""
    return ["\n".join(f"- {sentence}" for sentence in sentences) + "\n"]
