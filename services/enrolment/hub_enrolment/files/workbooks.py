"""Reads the sheet with the header of a workbook into a table; notes name hidden rows and columns."""

import posixpath
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding, Note
from hub_enrolment.files.cells import cell_name, clean, column_name
from hub_enrolment.files.headers import ENOUGH, SEARCHED, fitted, header_place, score, trimmed
from hub_enrolment.files.numbers import BUILT_IN, GENERAL
from hub_enrolment.files.parts import WORKBOOK, Parts, damaged
from hub_enrolment.files.sheets import Sheet, SheetReader, unescaped
from hub_enrolment.files.tables import Table

RELATIONSHIPS: Final = "xl/_rels/workbook.xml.rels"
STRINGS: Final = "xl/sharedStrings.xml"
STYLES: Final = "xl/styles.xml"
MOST_SHEETS: Final = 50
MOST_STRINGS: Final = 200_000
NAMED: Final = 12  # rows or columns in a note

# Errors of zipfile and of our reader for a file that no spreadsheet program wrote.
STRANGE: Final = (
    AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError,
    TypeError, ValueError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error,
)  # fmt: skip


def read_workbook(raw: bytes, known: Collection[str]) -> Table:
    """Return the sheet with the header as a table.

    Args:
        raw: the bytes.
        known: the columns by which the header is found, in lower case.

    Raises:
        FileRefused: `file_damaged`, `file_not_a_table`, `file_too_large_inside`, `file_empty`,
            `sheet_unclear`, `column_hidden`, `cell_error`, `formula_without_value`, `too_many_rows`,
            `too_many_columns`, `cell_too_long`.
    """
    with _as_damaged():
        sheets = list(_Workbook(Parts(raw)).sheets())
        if not sheets:
            raise damaged()
        sheet, notes = _chosen(sheets, known)
        if sheet.overflow is not None:
            raise FileRefused([sheet.overflow])
        if not sheet.rows:
            raise FileRefused([Finding(1, "", "", "file_empty", f"the sheet “{sheet.name}” is empty")])
        return _table(sheet, known, notes)


@contextmanager
def _as_damaged() -> Iterator[None]:
    """Turn any error of a malformed file into one refusal."""
    try:
        yield
    except STRANGE as exc:
        raise damaged() from exc


class _Workbook:
    """The sheets of a workbook, with its shared strings and formats."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.targets: dict[str, str] = {}  # part by id
        self.listed: list[tuple[str, str]] = []  # name and id of each sheet that is shown
        self.since_1904 = False
        self.strings: list[str] = []
        self.codes: dict[int, str] = {}
        self.formats: list[str] = []
        self.inside: list[str] = []
        self.pieces: list[str] = []

    def sheets(self) -> Iterator[Sheet]:
        """Yield each visible sheet."""
        for name in (RELATIONSHIPS, WORKBOOK, STRINGS, STYLES):
            if name in self.parts:
                self.parts.read(name, self._begin, self._end, self._said)
        for name, id_ in self.listed[:MOST_SHEETS]:
            target = self.targets[id_]
            if "worksheet" not in target:
                continue  # a chart
            sheet = Sheet(name)
            reader = SheetReader(sheet, self.strings, self.formats, since_1904=self.since_1904)
            self.parts.read(target, reader.begin, reader.end, reader.text)
            yield sheet

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.inside.append(name)
        match name:
            case "Relationship":
                target = attributes["Target"]
                path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
                self.targets[attributes["Id"]] = posixpath.normpath(path)
            case "sheet" if attributes.get("state", "visible") == "visible":
                self.listed.append((attributes["name"], attributes["id"]))
            case "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
            case "numFmt":
                self.codes[int(attributes["numFmtId"])] = attributes["formatCode"]
            case "xf" if "cellXfs" in self.inside:
                number = int(attributes.get("numFmtId", 0))
                self.formats.append(self.codes.get(number) or BUILT_IN.get(number, GENERAL))
            case "si":
                self.pieces = []

    def _end(self, name: str) -> None:
        self.inside.pop()
        if name == "si":
            if len(self.strings) >= MOST_STRINGS:
                raise damaged()
            self.strings.append(unescaped("".join(self.pieces)))

    def _said(self, text: str) -> None:
        if self.inside and self.inside[-1] == "t" and "rPh" not in self.inside:
            self.pieces.append(text)


def _chosen(sheets: Sequence[Sheet], known: Collection[str]) -> tuple[Sheet, list[Note]]:
    """Return the sheet with the header, or the first one, so that its missing columns can be named."""
    found = [
        sheet
        for sheet in sheets
        if max((score(sheet.line(row), known) for row in _first_rows(sheet)), default=0) >= ENOUGH
    ]
    if len(found) > 1:
        names = " and ".join(f"“{sheet.name}”" for sheet in found)
        detail = f"the sheets {names} both look like a list; leave one of them in the file"
        raise FileRefused([Finding(1, "", "", "sheet_unclear", detail)])
    if not found:
        return sheets[0], []
    others = [sheet.name for sheet in sheets if sheet is not found[0] and sheet.rows]
    detail = f"The sheet “{found[0].name}” was read; the others were left out."
    return found[0], [Note("sheets_left_out", detail)] if others else []


def _first_rows(sheet: Sheet) -> range:
    return range(1, min(SEARCHED, sheet.last_row()) + 1)


def _table(sheet: Sheet, known: Collection[str], notes: list[Note]) -> Table:
    first = [[] if row in sheet.hidden_rows else sheet.line(row) for row in _first_rows(sheet)]
    place = header_place(first, known)
    header_row, header = place + 1, trimmed(first[place])
    if place:
        notes.append(Note("title_lines", f"The header was found in row {header_row}."))
    if sheet.fill_merged(header_row):
        notes.append(Note("cells_merged", "The value of merged cells was taken for each of their rows."))
    rows = range(header_row + 1, sheet.last_row() + 1)
    notes += _hidden(sheet, header_row, rows, known)
    _check_cells(sheet, header, header_row, known)
    # A hidden row is left empty, so that the others keep their numbers.
    lines = [[] if row in sheet.hidden_rows else list(fitted(sheet.line(row), len(header))) for row in rows]
    return Table(header, lines, header_row, tuple(notes))


def _hidden(sheet: Sheet, header_row: int, rows: Iterable[int], known: Collection[str]) -> Iterator[Note]:
    """Yield notes about hidden rows and columns, which are left out.

    Raises:
        FileRefused: `column_hidden`: a known column; the sender may not know of it.
    """
    named = sheet.rows.get(header_row, {})
    columns = sorted(column for column in sheet.hidden_columns if named.get(column))
    problems = [
        Finding(header_row, clean(named[column]).lower(), "", "column_hidden", detail)
        for column in columns
        if clean(named[column]).lower() in known
        for detail in [f"the column {column_name(column)} is hidden; show it or delete it"]
    ]
    if problems:
        raise FileRefused(problems)
    if columns:
        yield Note("columns_hidden", f"Left out: hidden columns {_some(map(column_name, columns))}.")
    hidden = [str(row) for row in rows if row in sheet.hidden_rows and sheet.rows.get(row)]
    if hidden:
        yield Note("rows_hidden", f"Left out: hidden rows {_some(hidden)}.")


def _check_cells(sheet: Sheet, header: Sequence[str], header_row: int, known: Collection[str]) -> None:
    """Raise for errors and formulas without a value in known columns."""
    names = {column: name.lower() for column, name in enumerate(header, start=1) if name.lower() in known}
    problems = [
        Finding(row, names[column], "", code, f"cell {cell_name(row, column)}: {detail}")
        for (row, column), (code, detail) in sorted(sheet.troubles.items())
        if row > header_row and column in names and row not in sheet.hidden_rows
    ]
    if problems:
        raise FileRefused(problems)


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more
