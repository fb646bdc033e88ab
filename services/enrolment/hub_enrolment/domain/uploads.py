"""A list of participants as a file: its columns and its rows."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.gias_file import FileRefused, Finding, Note, Table
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.search import words

NEEDED: Final = ("given", "family", "email", "urn", "role")
NAMES: Final = ("given", "family")  # of which one is enough in a row
COLUMNS: Final = (*NEEDED, "trn", "lead", "school")
SCHOOL: Final = "school"  # a name, by which a URN is suggested where none is given
REASON: Final = "reason"  # what we add to a file with the rows that were refused

MOST_ROWS: Final = 500  # a group has some twenty participants
MOST_COLUMNS: Final = 50
LONGEST_CELL: Final = 500  # characters

# What a spreadsheet shows in place of a value that it cannot calculate; saved as CSV it is text.
ERRORS: Final = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)

YES: Final = frozenset({"yes", "y", "true", "1"})
NO: Final = frozenset({"no", "n", "false", "0", ""})


@dataclass(frozen=True)
class Line:
    """One row of the file. Row 1 is the header, as in a spreadsheet."""

    number: int
    cells: tuple[str, ...]  # as they came, as many as the header has
    named: Mapping[
        str, str
    ]  # those of columns that we know, trimmed; each of `COLUMNS`, "" where it is missing


@dataclass(frozen=True)
class Listing:
    """A file with at least one row."""

    header: tuple[str, ...]  # as it came
    lines: list[Line]
    notes: tuple[Note, ...] = ()  # what was left out or found elsewhere than expected


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken; `column` is empty where it is about the whole row."""

    row: int
    column: str
    code: str
    detail: str


def read_listing(table: Table) -> Listing:
    """The rows of a file; empty ones are left out.

    Raises:
        FileRefused: `column_missing`, naming each one, `column_repeated`, `too_many_columns`,
            `too_many_rows`, `row_broken`, `cell_too_long`, `file_empty`.
    """
    places = _places(table.header, table.header_row)
    lines = []
    for number, cells in _numbered(table):
        _check_cells(table.header, number, cells)
        full = (*cells, *[""] * (len(table.header) - len(cells)))
        named = {column: full[places[column]].strip() if column in places else "" for column in COLUMNS}
        lines.append(Line(number, full, named))
        if len(lines) > MOST_ROWS:
            detail = f"there are more than {MOST_ROWS} rows; split the file"
            raise FileRefused([Finding(number, "", "", "too_many_rows", detail)])
    if not lines:
        detail = "there is a header but no row"
        raise FileRefused([Finding(table.header_row + 1, "", "", "file_empty", detail)])
    return Listing(table.header, lines, table.notes)


def read_lead(text: str) -> bool:
    """Whether a row says that this is a lead participant; nothing says no.

    Raises:
        Refused: `bad_lead`.
    """
    said = text.lower()
    if said not in YES | NO:
        raise Refused("bad_lead", "Say yes or no.", "/lead")
    return said in YES


def read_role(text: str) -> str:
    """A role as people write it ("Class teacher") as its code."""
    return "_".join(words(text))


def _places(header: Sequence[str], row: int) -> dict[str, int]:
    """Where each column that we know stands."""
    if len(header) > MOST_COLUMNS:
        detail = f"there are more than {MOST_COLUMNS} columns"
        raise FileRefused([Finding(row, "", "", "too_many_columns", detail)])
    names = [name.strip().lower() for name in header]
    repeated = [name for name in COLUMNS if names.count(name) > 1]
    if repeated:
        detail = "this column stands in the header more than once"
        raise FileRefused([Finding(row, name, "", "column_repeated", detail) for name in repeated])
    needed = [name for name in NEEDED if name not in names and not (name == "urn" and SCHOOL in names)]
    if needed:
        detail = "this column is missing from the header"
        raise FileRefused([Finding(row, name, "", "column_missing", detail) for name in needed])
    return {name: names.index(name) for name in COLUMNS if name in names}


def _numbered(table: Table) -> Iterator[tuple[int, Sequence[str]]]:
    number, first = table.header_row, table.header_row + 1
    try:
        for number, cells in enumerate(table.lines, start=first):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as exc:
        detail = f"the row cannot be read as CSV: {exc}"
        raise FileRefused([Finding(number + 1, "", "", "row_broken", detail)]) from exc


def _check_cells(header: Sequence[str], number: int, cells: Sequence[str]) -> None:
    if len(cells) > len(header):
        detail = f"the row has {len(cells)} fields, the header {len(header)}"
        raise FileRefused([Finding(number, "", "", "row_broken", detail)])
    for column, cell in zip(header, cells, strict=False):
        if len(cell) > LONGEST_CELL:
            detail = f"the cell has more than {LONGEST_CELL} characters"
            raise FileRefused([Finding(number, column, "", "cell_too_long", detail)])
