"""The rows of a list of participants: finds its columns and checks its size."""

from collections.abc import Sequence
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.domain.uploads import COLUMNS, NEEDED, SCHOOL, Line, Listing
from hub_enrolment.files.tables import Table

MOST_ROWS: Final = 500  # a group has some twenty participants
MOST_COLUMNS: Final = 50
LONGEST_CELL: Final = 500  # characters


def read_listing(table: Table) -> Listing:
    """Return the rows of a list, without empty ones.

    Raises:
        FileRefused: `column_missing`, naming each one, `column_repeated`, `too_many_columns`,
            `too_many_rows`, `row_broken`, `cell_too_long`, `file_empty`.
    """
    places = _places(table.header, table.header_row)
    lines = []
    for number, cells in table.numbered():
        if not any(cell.strip() for cell in cells):
            continue
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


def _places(header: Sequence[str], row: int) -> dict[str, int]:
    """Return the index of each known column."""
    if len(header) > MOST_COLUMNS:
        detail = f"there are more than {MOST_COLUMNS} columns"
        raise FileRefused([Finding(row, "", "", "too_many_columns", detail)])
    names = [name.strip().lower() for name in header]
    repeated = [name for name in COLUMNS if names.count(name) > 1]
    if repeated:
        detail = "this column is in the header more than once"
        raise FileRefused([Finding(row, name, "", "column_repeated", detail) for name in repeated])
    needed = [name for name in NEEDED if name not in names and not (name == "urn" and SCHOOL in names)]
    if needed:
        detail = "this column is missing from the header"
        raise FileRefused([Finding(row, name, "", "column_missing", detail) for name in needed])
    return {name: names.index(name) for name in COLUMNS if name in names}


def _check_cells(header: Sequence[str], number: int, cells: Sequence[str]) -> None:
    if len(cells) > len(header):
        detail = f"the row has {len(cells)} fields, the header {len(header)}"
        raise FileRefused([Finding(number, "", "", "row_broken", detail)])
    for column, cell in zip(header, cells, strict=False):
        if len(cell) > LONGEST_CELL:
            detail = f"the cell has more than {LONGEST_CELL} characters"
            raise FileRefused([Finding(number, column, "", "cell_too_long", detail)])
