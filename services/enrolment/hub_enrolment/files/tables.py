"""A file as a table of text: its header, its rows, and each row's cells by the name of their column.

The register adds and drops columns between releases (139 in 2021), so columns are looked up by name and only
those that are read are required.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding, Note

CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # line breaks among them
NO_CODE: Final = -1  # in a row that is broken anyway


def one_line(text: str) -> str:
    """Return the text of a cell on one line.

    A line break inside a quoted cell becomes a space, so that a school's name fits into an e-mail header.
    """
    text = text.strip()
    return text if text.isprintable() else CONTROLS.sub(" ", text).strip()


@dataclass(frozen=True)
class Table:
    """The header and rows of a file, as text."""

    header: tuple[str, ...]
    lines: Iterable[Sequence[str]]  # rows of any width; iterated once, so that no file is held twice
    header_row: int = 1  # titles may stand above it
    notes: tuple[Note, ...] = ()

    def rows(
        self, columns: Sequence[str], problems: list[Finding], findings: list[Finding]
    ) -> "Iterator[Row]":
        """Yield each row, reduced to some columns.

        Raises:
            FileRefused: `column_missing`, naming each one; `file_empty`, `row_broken`.
        """
        missing = [column for column in columns if column not in self.header]
        if missing:
            detail = "this column is missing from the header"
            row = self.header_row
            raise FileRefused([Finding(row, column, "", "column_missing", detail) for column in missing])
        pick = itemgetter(*(self.header.index(column) for column in columns))
        seen = False
        for number, line in self.numbered():
            if not any(line):
                continue  # a blank line, as at the end of copies saved by hand
            seen = True
            if len(line) != len(self.header):
                detail = f"the row has {len(line)} fields, the header {len(self.header)}"
                problems.append(Finding(number, self.header[0], line[0].strip(), "row_broken", detail))
                continue
            cells = dict(zip(columns, pick(line), strict=True))
            yield Row(number, cells.get("URN", "").strip(), cells, problems, findings)
        if not seen:
            detail = "there is a header but no row"
            raise FileRefused([Finding(self.header_row + 1, "", "", "file_empty", detail)])

    def numbered(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield each row with its number in the file, blank ones included.

        Raises:
            FileRefused: `row_broken`: the row is no CSV.
        """
        number, first = self.header_row, self.header_row + 1
        try:
            for number, line in enumerate(self.lines, start=first):
                yield number, line
        except csv.Error as exc:
            detail = f"the row cannot be read as CSV: {exc}"
            raise FileRefused([Finding(number + 1, "", "", "row_broken", detail)]) from exc


@dataclass(frozen=True)
class Row:
    """One row: reads cells by the name of their column and notes their problems."""

    number: int
    urn: str
    cells: Mapping[str, str]
    problems: list[Finding] = field(default_factory=list)  # the file is refused
    findings: list[Finding] = field(default_factory=list)  # to check, without refusing the file

    def text(self, column: str) -> str | None:
        """Return the text in a cell, None when it is blank."""
        return one_line(self.cells[column]) or None

    def name(self, column: str) -> str:
        """Return the text in a cell; note a problem if it is blank."""
        text = one_line(self.cells[column])
        if not text:
            self.break_(column, "is blank")
        return text

    def code(self, column: str) -> int:
        """Return a code as a number, as spreadsheets drop the zero of `02`; note a problem if it is none."""
        text = self.cells[column].strip()
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            self.break_(column, f"“{text[:40]}” is not a code")
            return NO_CODE
        return int(text)

    def number_or_none(self, column: str) -> float | None:
        """Return an optional number; note a finding for other text, such as `SUPP` for a suppressed count."""
        text = self.cells[column].strip()
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < 10_000_000:
            self.find(column, "not_a_number", f"“{text[:40]}” is not a number and was left out")
            return None
        return number

    def whole_number_or_none(self, column: str) -> int | None:
        """Return an optional whole number, see `number_or_none`."""
        number = self.number_or_none(column)
        return None if number is None else int(number)

    def day(self, column: str) -> date | None:
        """Return a date, day first, with dashes (public file) or slashes (extract); None when blank."""
        text = self.cells[column].strip()
        if not text:
            return None
        day = _day(text)
        if day is None:
            self.break_(column, f"“{text[:40]}” is not a date like 31-08-2025 or 31/08/2025")
        return day

    def break_(self, column: str, detail: str, code: str = "row_broken") -> None:
        """Note a problem that refuses the whole file."""
        self.problems.append(Finding(self.number, column, self.urn[:40], code, detail))

    def find(self, column: str, code: str, detail: str) -> None:
        """Note a finding, which does not refuse the file."""
        self.findings.append(Finding(self.number, column, self.urn, code, detail))


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.replace("/", "-"), "%d-%m-%Y").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None
