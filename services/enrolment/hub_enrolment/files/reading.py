"""Reads files in a process of its own: one clear problem comes back from whatever a file does to it."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from hub_enrolment.domain.findings import FileRefused, Finding, Note
from hub_enrolment.files.packed import bodies
from hub_enrolment.files.tables import Table
from hub_platform import child
from hub_platform.child import MEGABYTE, Bounds, ChildFailed
from hub_platform.queueing import Queue
from hub_platform.telemetry import process_failures

PROGRAM: Final = child.module("hub_enrolment.files.program")
LIST: Final = Bounds(seconds=20, output_bytes=16 * MEGABYTE)
REGISTER: Final = Bounds(seconds=120, output_bytes=48 * MEGABYTE)
TOO_LARGE: Final = {"output_too_large", "timed_out"}

# Each holds up to 128 MB of the 256 that the container has, so one at a time; printing shares the queue.
heavy: Final = Queue(at_once=1, waiting=12, of_one_subject=4, patience=20.0)
# A register's file is read as a stream, in 30 MB.
register: Final = Queue(at_once=1, waiting=2, of_one_subject=2, patience=20.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RegisterFile:
    """A file of the national register that has been read."""

    table: Table
    sha256: str


def read_list(raw: bytes, *, subject: str) -> Table:
    """A list of participants as a table.

    Raises:
        FileRefused: as `files.lists.read_list`; `file_too_large`, `file_not_readable`.
        hub_platform.problems.Problem: 503 `busy`.
    """
    with heavy.turn(subject):
        return _table("list", [raw], LIST)


def read_register(chunks: Iterable[bytes], *, subject: str) -> RegisterFile:
    """A file of the register as a table with the cells that are read; it is never held as a whole, unpacked.

    It takes its turn once it has come in: who sends slowly keeps no one waiting.

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
    told = _trailer(output)
    if "problems" in told:
        raise FileRefused([Finding(**one) for one in told["problems"]], told["problems_n"])
    notes = tuple(Note(**note) for note in told["notes"])
    return Table(tuple(told["header"]), _rows(output), told["header_row"], notes)


def _trailer(output: io.BytesIO) -> dict[str, Any]:
    """What stands behind the rows; it is taken off them."""
    with output.getbuffer() as view:
        end = len(view) - 1
        while view[end]:
            end -= 1
        told: dict[str, Any] = json.loads(bytes(view[end + 1 :]))
    output.truncate(end)
    output.seek(0)
    return told


def _rows(output: io.BytesIO) -> Iterator[Sequence[str]]:
    yield from csv.reader(io.TextIOWrapper(output, "utf-8", newline=""))


def _refusal(exc: ChildFailed) -> FileRefused:
    if exc.reason in TOO_LARGE:
        detail = (
            "reading the file takes too long or too much memory; split it, or leave out what is not needed"
        )
        return FileRefused([Finding(1, "", "", "file_too_large", detail)])
    detail = "the file cannot be read; save it anew, or save the sheet as CSV, and send that"
    return FileRefused([Finding(1, "", "", "file_not_readable", detail)])
