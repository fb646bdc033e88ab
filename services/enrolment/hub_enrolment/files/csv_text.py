"""Reads CSV of various programs from bytes into rows, as a stream, so that no file is held in memory.

GIAS publishes Windows-1252 with CRLF; spreadsheets write UTF-8 with a byte order mark, UTF-16 with tabs, or
semicolons with a line `sep=;`. A file joined from two copies may have two encodings.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Final

from hub_enrolment.domain.findings import FileRefused, Finding, Note
from hub_enrolment.files.decoding import decoded_lines
from hub_enrolment.files.headers import SEARCHED, fitted, header_place, score, trimmed
from hub_enrolment.files.known import REGISTER
from hub_enrolment.files.tables import Table

DELIMITERS: Final = ",;\t|"
SEPARATOR: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
SAMPLE: Final = 64 * 1024  # characters


def read_table(raw: bytes, known: Collection[str] = REGISTER) -> Table:
    """Read a table from the bytes of a file; see `open_table`."""
    return open_table(io.BytesIO(raw), known)


def open_table(stream: BinaryIO, known: Collection[str]) -> Table:
    """Read a header and rows from a stream; rows are read when they are iterated.

    Args:
        stream: the bytes.
        known: the columns by which the header is found, in lower case.

    Raises:
        FileRefused: `file_empty`, `file_not_csv`, `file_encoding`, `file_nul`, `row_encoding`,
            `row_broken`, `file_unknown`.
    """
    lines = decoded_lines(stream)
    sample = _sample(lines)
    named = SEPARATOR.fullmatch(sample[0])
    if named:
        del sample[0]  # spreadsheets hide it, so it has no row number
    delimiter = named[1] if named else _delimiter(sample, known)
    rows = _Rows.of(csv.reader(chain(sample, lines), delimiter=delimiter, strict=True))
    place = header_place(rows.first, known)
    header = trimmed(rows.first[place])
    notes = (Note("title_lines", f"The header was found in row {place + 1}."),) if place else ()
    return Table(header, (fitted(row, len(header)) for row in rows.after(place)), place + 1, notes)


def _sample(lines: Iterator[str]) -> list[str]:
    """Return the first lines; raise if all of them are blank."""
    sample: list[str] = []
    size = 0
    for line in islice(lines, 4 * SEARCHED):
        sample.append(line)
        size += len(line)
        if size > SAMPLE:
            break
    if not any(line.strip() for line in sample):
        raise FileRefused([Finding(1, "", "", "file_empty", "the file is empty")])
    return sample


def _delimiter(sample: Sequence[str], known: Collection[str]) -> str:
    """Return the delimiter that yields the most known columns, otherwise the most frequent one."""

    def found(delimiter: str) -> tuple[int, int]:
        try:
            scores = [score(row, known) for row in csv.reader(sample[:SEARCHED], delimiter=delimiter)]
        except csv.Error:
            return 0, 0
        return max(scores, default=0), first.count(delimiter)

    first = next(line for line in sample if line.strip())
    return max(DELIMITERS, key=found)


@dataclass
class _Rows:
    """The rows of a file, of which the first were read to find the header."""

    first: list[list[str]]
    rest: Iterable[list[str]]
    error: csv.Error | None  # met while reading them; raised at its row

    @classmethod
    def of(cls, reader: Iterator[list[str]]) -> "_Rows":
        """Read the first rows.

        Raises:
            FileRefused: `file_unknown`: not even one can be read.
        """
        first: list[list[str]] = []
        try:
            first.extend(islice(reader, 1))
            for row in islice(reader, SEARCHED - 1):
                first.append(row)  # noqa: PERF402 - rows before an error are kept
        except csv.Error as exc:
            if not first:
                detail = f"the header cannot be read as CSV: {exc}"
                raise FileRefused([Finding(1, "", "", "file_unknown", detail)]) from exc
            return cls(first, (), exc)
        return cls(first, reader, None)

    def after(self, place: int) -> Iterator[list[str]]:
        """Yield the rows below the header."""
        yield from self.first[place + 1 :]
        if self.error is not None:
            raise self.error
        yield from self.rest
