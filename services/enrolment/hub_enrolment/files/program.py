"""The child process that reads one file: `python -m hub_enrolment.files.program list|register`.

A harmful file can affect only this process, which has limits. It reads standard input and writes the rows
below the header as CSV, a NUL, and a JSON object with the header or the problems.
"""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import TextIOWrapper
from typing import BinaryIO, Final

from hub_enrolment.domain.findings import LISTED, FileRefused, Finding
from hub_enrolment.files.cells import clean
from hub_enrolment.files.known import READ_OF_REGISTER, REGISTER
from hub_enrolment.files.tables import Table
from hub_platform.child import limit_this_process

MEGABYTES: Final = 128  # of address space; a national file needs 30, the largest workbook 100
CPU_SECONDS: Final = {"list": 10, "register": 120}
MOST_ROWS: Final = 200_000  # of a register's file; the links file of 2025 has 34,000
MOST_COLUMNS: Final = 1_000


def convert(kind: str, source: BinaryIO, target: BinaryIO) -> None:
    """Read a file of one kind and write its rows, or the problems for which it is refused."""
    try:
        trailer = _written(_table(kind, source), target)
    except FileRefused as exc:
        trailer = _refused(exc)
    except MemoryError:
        detail = "reading the file takes too much memory; split it, or leave out what is not needed"
        trailer = _refused(FileRefused([Finding(1, "", "", "file_too_large", detail)]))
    target.write(b"\0" + json.dumps(trailer).encode())


def _refused(exc: FileRefused) -> dict[str, object]:
    return {"problems": [asdict(one) for one in exc.problems[:LISTED]], "problems_n": len(exc.problems)}


def _table(kind: str, source: BinaryIO) -> Table:
    if kind == "list":
        from hub_enrolment.files.lists import read_list

        return read_list(source.read())
    from hub_enrolment.files.csv_text import open_table

    table = open_table(source, REGISTER)
    return Table(table.header, _reduced(table), table.header_row, table.notes)


def _reduced(table: Table) -> Iterator[Sequence[str]]:
    """Yield the rows of a register file, with the cells of unused columns emptied.

    Unused columns are most of the file, and have head teachers' names and telephone numbers.
    """
    header = table.header
    if len(header) > MOST_COLUMNS:
        detail = f"the file has more than {MOST_COLUMNS} columns"
        raise FileRefused([Finding(table.header_row, "", "", "too_many_columns", detail)])
    read = [name in READ_OF_REGISTER for name in header]
    for number, line in table.numbered():
        if number > MOST_ROWS:
            detail = f"the file has more than {MOST_ROWS:,} rows"
            raise FileRefused([Finding(number, "", "", "too_many_rows", detail)])
        if len(line) == len(header):
            yield [clean(cell) if wanted else "" for cell, wanted in zip(line, read, strict=True)]
        else:
            yield [clean(cell) for cell in line[: len(header) + 1]]


def _written(table: Table, target: BinaryIO) -> dict[str, object]:
    """Write the rows and return the header and notes."""
    text = TextIOWrapper(target, "utf-8", newline="")
    try:
        writer = csv.writer(text, lineterminator="\n")
        for _, line in table.numbered():
            writer.writerow(line if any(line) else ())
    finally:
        text.flush()
        text.detach()
    notes = [asdict(note) for note in table.notes]
    return {"header": table.header, "header_row": table.header_row, "notes": notes}


def main(kind: str) -> None:
    """Set the limits of this process, then read standard input."""
    limit_this_process(megabytes=MEGABYTES, cpu_seconds=CPU_SECONDS[kind])
    convert(kind, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(sys.argv[1])
