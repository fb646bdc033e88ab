"""docs/reliability.md: what is promised, how it was measured, what came of it. Generated, never edited.

python -m tests.faults.report writes it again from the results of the last runs.
"""

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.faults import random_faults
from tests.faults.cases.all import ALL
from tests.faults.readiness import READY_AGAIN_WITHIN
from tests.faults.records import Line, Record, all_kept
from tests.faults.surroundings import Kind
from tests.faults.systems.catalogue import SYSTEMS, System
from tests.faults.systems.setting import SUBJECTS
from tests.notifications import mail_cases

from hub_local.places import ROOT

FILE: Path = ROOT / "docs" / "reliability.md"
CASES = (*ALL, random_faults.CASE)
FIGURES = ("lost", "repeated", "out of order", "redelivered", "seconds", "ready")
HEAD = """\
# Promises under failure: measurements

*Written by `make faults`, and below "Mail servers" from the tests' table of cases; do not edit it.*

## The promise

An accepted command's events reach every subscriber, take effect once, in order within a subject, and
survive anything short of losing the disks.

## How it is measured

`make faults` starts a RabbitMQ and a PostgreSQL of its own and two services as real processes, a publisher
and a consumer, once with our messaging library (`hub_messaging`) and once with each of two others. The
publisher carries out hundreds of commands about {subjects} subjects, drawn from a seed, each in one
transaction with its event; the consumer inserts one row each time that an event takes effect. Meanwhile the
fault happens. Ours goes through every case with each of the seeds below: its figures are added up, its
seconds are those of the slowest run. Each of its services connects as a broker user with no more than its own
permissions. Programs that die are started again, as a process supervisor would. `make faults
BROKER=container` does the same with what compose deploys: RabbitMQ is a container of the deployed image, and
the programs run on the Python and the packages of the services' images. In the end the two databases are
compared:

- **lost**: accepted events that took no effect;
- **repeated**: effects beyond the first of the same event;
- **out of order**: effects that came after one of a later revision of the same subject;
- **redelivered**: messages that RabbitMQ handed out a second time (it forgets that count when it is
  restarted);
- **seconds**: from the end of the fault until the last effect;
- **ready**: seconds from the end of the fault until each of our services said that it was ready.

Ours must show 0, 0 and 0 in every line, never stand still for a minute with something left to do, say that
it is ready within {ready} s of the end of the fault, under load and with nothing to do, and never end unless
it is killed; otherwise `make faults` fails. A service that was started again has its {ready} s from its first
answer. The cases whose name begins with "cluster" happen on three RabbitMQ nodes of this machine: two of them
must be enough, so ours must also be ready while the third is away. Messages that can never be understood
must lie in the inbox, parked, and be exactly as many as were sent; forged ones must be parked as such. Of the
others nothing is required: their figures are shown as measured.

The suite leaves out: a RabbitMQ that is killed within half a second of the declaration of `hub.log`,
and one that is killed again and again while queues are deleted. RabbitMQ 3.10.8 was seen to lose a stream
then, whichever user had declared it; after a case that stops the broker the next one begins with a new one.
"""
OTHERS = """\
## The others

They are written as their documentation shows, at the settings that keep most; neither has an outbox or inbox.
"""


def render(records: Sequence[Record]) -> str:
    """The whole page."""
    marks = dict(zip((record.kind for record in records), "AB", strict=False)) if len(records) > 1 else {}
    parts = [
        HEAD.format(subjects=SUBJECTS, ready=f"{READY_AGAIN_WITHIN:.0f}"),
        _others(),
        _summary(records, marks),
        _cases(records, marks),
        "## Circumstances\n",
        *(_circumstances(record, marks) for record in records),
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


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _summary(records: Sequence[Record], marks: dict[Kind, str]) -> str:
    lines = ["## In short", ""]
    for record in records:
        if marks:
            versions = f"RabbitMQ {record.versions['RabbitMQ']}, Python {record.versions['Python']}"
            lines += [f"- **{marks[record.kind]}**: {versions}, {record.day}"]
    lines += ["", *_summary_table(records, marks)] if marks else _summary_table(records, marks)
    return "\n".join(lines) + "\n"


def _summary_table(records: Sequence[Record], marks: dict[Kind, str]) -> list[str]:
    lines = [
        "| of the cases below | all | none lost | none repeated | in order | all that, in time, none died |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for system in SYSTEMS.values():
        for record in records:
            own = [line for line in record.lines if line.system == system.name]
            figures = (
                len(own),
                sum(line.lost == 0 for line in own),
                sum(line.repeated == 0 for line in own),
                sum(line.disorder == 0 for line in own),
                sum(line.clean for line in own),
            )
            lines.append(_row((_marked(system.words, record, marks), *figures)))
    return lines


def _marked(words: str, record: Record, marks: dict[Kind, str]) -> str:
    return f"{words} ({marks[record.kind]})" if marks else words


def _cases(records: Sequence[Record], marks: dict[Kind, str]) -> str:
    columns = [_marked(figure, record, marks) for record in records for figure in FIGURES]
    lines = [
        "## Case by case",
        "",
        _row(("case", "system", *columns, "remarks")),
        f"|---|---|{'--:|' * len(columns)}---|",
    ]
    for case in CASES:
        is_new = not any(record.line(case.name, "ours") for record in records)
        for system in SYSTEMS.values():
            found = [record.line(case.name, system.name) for record in records]
            if any(found) or (is_new and (system.is_ours or not case.only_ours)):
                lines.append(_case_row(case.name, system, found, list(marks.values())))
    lines += ["", "What happens in each:", ""]
    lines += [f"- **{case.name}.** {case.what}" for case in CASES]
    return "\n".join(lines) + "\n"


def _case_row(name: str, system: System, found: Sequence[Line | None], marks: Sequence[str]) -> str:
    cells = [cell for line in found for cell in (line.figures if line else ("",) * len(FIGURES))]
    said = [line.remarks if line else "not run yet" for line in found]
    remarks = said[0]
    if len(set(said)) > 1:
        remarks = "; ".join(f"{mark}: {words}" for mark, words in zip(marks, said, strict=True) if words)
    return _row((name, system.words, *cells, remarks))


def _circumstances(record: Record, marks: dict[Kind, str]) -> str:
    again = " ".join(f"--seed {seed}" for seed in record.seeds)
    command = "make faults" if record.kind is Kind.NODE else f"make faults BROKER={record.kind}"
    servers = ", ".join(f"{name} {record.versions[name]}" for name in ("Python", "RabbitMQ", "PostgreSQL"))
    packages = ", ".join(
        f"{name} {number}"
        for name, number in record.versions.items()
        if name not in ("Python", "RabbitMQ", "PostgreSQL")
    )
    seeds = words_of(record.seeds)
    took = f"{record.minutes:.0f} minutes in all, on {record.day}"
    facts = [
        f"{seeds.capitalize()}, {record.events:,} events in each case; {took}.",
        f"{record.lanes} cases at a time, each with its own servers.",
        f"{record.cores} cores ({record.machine}), {servers}.",
        f"{packages}.",
        f"The same again: `{command} ARGS='{again}'`.",
    ]
    head = [f"**{marks[record.kind]}**", ""] if marks else []
    return "\n".join([*head, *(f"- {fact}" for fact in facts), ""])


if __name__ == "__main__":
    FILE.write_text(render(all_kept()))
