"""`hubctl audit`: export of the audits of all services."""

import contextlib
import csv
import heapq
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import sqlalchemy as sa
import typer
from sqlalchemy.orm import Session

from hub_kernel.england import end_of_day, start_of_day
from hub_platform.audit import OUTCOMES, Wanted, selected
from hub_platform.csv_writer import BYTE_ORDER_MARK, cell_of
from hubctl.databases import opened
from hubctl.options import Services
from hubctl.output import NOTHING, plain, progress, sentences
from hubctl.places import Hub, WrongUse, find_hub
from hubctl.shown import say

AT_A_TIME: Final = 1000  # rows per fetch
COLUMNS: Final = (
    *("service", "id", "at", "account", "roles", "method", "route", "subjects", "outcome", "status", "code"),
    *("address", "correlation_id"),
)
SNAPSHOT: Final = sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

Row = Mapping[str, Any]  # of the audit's table, whose columns have different types

app = typer.Typer(
    name="audit", help="The audit: account, action, time and address of each request.", no_args_is_help=True
)


# Long: an argument for each option.
@app.command("export")
@sentences
def export(
    service: Services = None,
    since: Annotated[
        str, typer.Option("--from", help="First day, or an instant with its offset (inclusive).")
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Last day (inclusive), or an instant (exclusive).")] = "",
    account: Annotated[
        str, typer.Option(help="Only this account: a token's subject, or the name of a service.")
    ] = "",
    subject: Annotated[
        str, typer.Option(help="Only entries about this id, such as a teacher's or a URN.")
    ] = "",
    route: Annotated[str, typer.Option(help="Only routes that contain this text.")] = "",
    outcome: Annotated[str, typer.Option(help=f"One of {', '.join(OUTCOMES)}.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, readable by its owner only.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line, instead of CSV.")
    ] = False,
) -> None:
    """Export the audits of all services in order of time, as CSV; exit code 1 without an entry.

    One snapshot of each database is read: later entries are not included.
    """
    if outcome and outcome not in OUTCOMES:
        raise WrongUse(f"There is no outcome {outcome!r}; there are {', '.join(OUTCOMES)}.")
    wanted = Wanted(
        since=_instant(since),
        until=_instant(until, ends=True),
        account=account or None,
        subject=subject or None,
        route=route or None,
        outcome=outcome or None,
    )
    hub = find_hub()
    opening = _standard_output() if output is None else _private_file(output)
    with (
        _reading(hub, hub.chosen(service or []), wanted) as (total, rows),
        opening as file,
        progress("The audit", total) as bar,
    ):
        _write(file, _counted(rows, total, bar), as_json=as_json)
    if output is not None:
        say(f"{total:,} entries were written to {output}.")
    if not total:
        raise typer.Exit(NOTHING)


@contextmanager
def _reading(hub: Hub, services: Sequence[str], wanted: Wanted) -> Iterator[tuple[int, Iterator[Row]]]:
    """Yield the number of rows of all services, and the rows in order of time."""
    with ExitStack() as stack:
        sessions = {service: stack.enter_context(opened(hub, service)) for service in services}
        total = 0
        for session in sessions.values():
            session.execute(SNAPSHOT)
            total += session.scalar(sa.select(sa.func.count()).select_from(selected(wanted).subquery())) or 0
        streams = [_rows(session, service, wanted) for service, session in sessions.items()]
        yield total, heapq.merge(*streams, key=lambda row: (row["at"], row["service"], row["id"]))


def _rows(session: Session, service: str, wanted: Wanted) -> Iterator[Row]:
    found = session.execute(selected(wanted), execution_options={"yield_per": AT_A_TIME})
    for row in found.mappings():
        yield {"service": service, **row}


def _counted(rows: Iterator[Row], total: int, bar: Callable[[int, int], None]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        if number % AT_A_TIME == 0 or number == total:
            bar(number, total)
        yield row


def _write(file: TextIO, rows: Iterator[Row], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            shown = plain({name: row[name] for name in COLUMNS})
            file.write(json.dumps(shown, ensure_ascii=False) + "\n")
    else:
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([cell_of(_cell(name, row)) for name in COLUMNS] for row in rows)
    file.flush()


def _cell(name: str, row: Row) -> object:
    """Return a value for a spreadsheet: lists are joined, ids follow their names."""
    value = row[name]
    if name == "roles":
        return " ".join(value)
    if name == "subjects":
        return " ".join(f"{key}:{id_}" for key, ids in value.items() for id_ in ids)
    return plain(value)


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Yield standard output in UTF-8, without conversion of line ends."""
    file = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield file
    finally:
        file.detach()


@contextmanager
def _private_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that appears complete or not at all.

    Raises:
        WrongUse: it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                yield file
            part.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
    except OSError as exc:
        raise WrongUse(f"{path} cannot be written: {exc.strerror}.") from exc


def _instant(text: str, *, ends: bool = False) -> datetime | None:
    """Parse an instant, or a day in England's time: its start, or its end with `ends`.

    Raises:
        WrongUse: it is neither.
    """
    if not text:
        return None
    with contextlib.suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(text)
        if len(text) == len("2026-11-30"):
            return end_of_day(at.date()) if ends else start_of_day(at.date())
        if at.tzinfo is not None:
            return at
    raise WrongUse(f"{text!r} is neither a day like 2026-11-30 nor an instant like 2026-11-30T09:00:00Z.")
