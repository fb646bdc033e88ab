"""CSV as people and programs write it, from bytes to rows, read as a stream: no file is held in memory.

GIAS publishes Windows-1252 with CRLF; spreadsheets write UTF-8 with a byte order mark, UTF-16 with tabs or
semicolons with a line `sep=;`. Where two copies were put together, there are two encodings in one file.
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
    """Read the bytes of a file; see `open_table`."""
    return open_table(io.BytesIO(raw), known)


def open_table(stream: BinaryIO, known: Collection[str]) -> Table:
    """Read a file as a header and rows; the rows are read as they are asked for.

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
        del sample[0]  # spreadsheets do not show it, so that it has no row number
    delimiter = named[1] if named else _delimiter(sample, known)
    rows = _Rows.of(csv.reader(chain(sample, lines), delimiter=delimiter, strict=True))
    place = header_place(rows.first, known)
    header = trimmed(rows.first[place])
    notes = (Note("title_lines", f"The header was found in row {place + 1}."),) if place else ()
    return Table(header, (fitted(row, len(header)) for row in rows.after(place)), place + 1, notes)


def _sample(lines: Iterator[str]) -> list[str]:
    """The first lines, of which one at least is not blank."""
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
    """The delimiter by which most known columns are found; otherwise the most frequent one."""

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
    """The rows of a file, of which the first have been looked at."""

    first: list[list[str]]
    rest: Iterable[list[str]]
    error: csv.Error | None  # met in looking at them; raised where its row is asked for

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
                first.append(row)  # noqa: PERF402 - what was read before an error is kept
        except csv.Error as exc:
            if not first:
                detail = f"the header cannot be read as CSV: {exc}"
                raise FileRefused([Finding(1, "", "", "file_unknown", detail)]) from exc
            return cls(first, (), exc)
        return cls(first, reader, None)

    def after(self, place: int) -> Iterator[list[str]]:
        """The rows below the header."""
        yield from self.first[place + 1 :]
        if self.error is not None:
            raise self.error
        yield from self.rest
