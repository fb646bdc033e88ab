"""Reads files in a child process, and turns its failures into refusals."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from hub_enrolment.domain.findings import FileRefused, Finding, Note
from hub_enrolment.files.packed import bodies
from hub_enrolment.files.tables import Table
from hub_platform import child
from hub_platform.child import MEGABYTE, Bounds, ChildFailed
from hub_platform.json_values import JsonObject
from hub_platform.queueing import Queue
from hub_platform.telemetry import process_failures

PROGRAM: Final = child.module("hub_enrolment.files.program")
LIST: Final = Bounds(seconds=20, output_bytes=16 * MEGABYTE)
REGISTER: Final = Bounds(seconds=120, output_bytes=48 * MEGABYTE)
TOO_LARGE: Final = {"output_too_large", "timed_out"}

# Each child uses up to 128 MB of the container's 256, so they run one at a time; printing shares the queue.
heavy: Final = Queue(at_once=1, waiting=12, of_one_subject=4, patience=20.0)
# A register's file is read as a stream, in 30 MB.
register: Final = Queue(at_once=1, waiting=2, of_one_subject=2, patience=20.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RegisterFile:
    """A register file as a table, with the checksum of its bytes."""

    table: Table
    sha256: str


def read_list(raw: bytes, *, subject: str) -> Table:
    """Return a list of participants as a table.

    Raises:
        FileRefused: as `files.lists.read_list`; `file_too_large`, `file_not_readable`.
        hub_platform.problems.Problem: 503 `busy`.
    """
    with heavy.turn(subject):
        return _table("list", [raw], LIST)


def read_register(chunks: Iterable[bytes], *, subject: str) -> RegisterFile:
    """Return a register file as a table of its used columns; it is never held decompressed as a whole.

    It takes its turn once it is received, so that a slow sender delays no one.

    Raises:
        FileRefused: as `files.csv_text.open_table`; `file_too_large`, `file_not_readable`.
        hub_platform.problems.Problem: 503 `busy`, or what `chunks` raises.
    """
    digest = hashlib.sha256()

    def counted() -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    with bodies.whole(counted(), subject) as whole, register.turn(subject):
        return RegisterFile(_table("register", whole, REGISTER), digest.hexdigest())


def _table(kind: str, chunks: Iterable[bytes], bounds: Bounds) -> Table:
    try:
        output = child.run([*PROGRAM, kind], chunks, bounds)
    except ChildFailed as exc:
        process_failures.labels(kind, exc.reason).inc()
        log.warning("file_not_read", kind=kind, reason=exc.reason)
        raise _refusal(exc) from exc
    trailer = _trailer(output)
    if "problems" in trailer:
        raise FileRefused([Finding(**one) for one in trailer["problems"]], trailer["problems_n"])
    notes = tuple(Note(**note) for note in trailer["notes"])
    return Table(tuple(trailer["header"]), _rows(output), trailer["header_row"], notes)


def _trailer(output: io.BytesIO) -> JsonObject:
    """Return the JSON object after the rows and cut it off the output."""
    with output.getbuffer() as view:
        end = len(view) - 1
        while view[end]:
            end -= 1
        trailer: JsonObject = json.loads(bytes(view[end + 1 :]))
    output.truncate(end)
    output.seek(0)
    return trailer


def _rows(output: io.BytesIO) -> Iterator[Sequence[str]]:
    yield from csv.reader(io.TextIOWrapper(output, "utf-8", newline=""))


def _refusal(exc: ChildFailed) -> FileRefused:
    if exc.reason in TOO_LARGE:
        detail = (
            "reading the file takes too long or too much memory; split it, or leave out what is not needed"
        )
        return FileRefused([Finding(1, "", "", "file_too_large", detail)])
    detail = "the file cannot be read; save it again, or save the sheet as CSV, and send that"
    return FileRefused([Finding(1, "", "", "file_not_readable", detail)])
