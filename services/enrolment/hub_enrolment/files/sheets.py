"""Reads one sheet of a workbook into rows of shown text, with the stored values of formulas."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub_enrolment.domain.findings import Finding
from hub_enrolment.files.cells import cell_name
from hub_enrolment.files.numbers import GENERAL, day_of, shown

MOST_LINES: Final = 5_000  # empty ones too: a sheet may have one value in its last row
MOST_CELLS: Final = 100_000  # with a value
MOST_COLUMNS: Final = 200
LONGEST_TEXT: Final = 32_767  # characters, the limit of spreadsheet programs for one cell
REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
SURROGATES: Final = range(0xD800, 0xE000)


@dataclass
class Sheet:
    """The contents of one sheet."""

    name: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)  # by row and column, both from 1
    troubles: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)  # code and detail by cell
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)  # column, first and last row
    overflow: Finding | None = None  # the sheet exceeds a limit
    cells_n: int = 0

    def line(self, row: int) -> list[str]:
        """Return the cells of a row up to the last with a value; those of hidden columns are empty."""
        cells = self.rows.get(row, {})
        width = max(cells, default=0)
        return ["" if n in self.hidden_columns else cells.get(n, "") for n in range(1, width + 1)]

    def last_row(self) -> int:
        """Return the number of the last row with a value, 0 without any."""
        return max(self.rows, default=0)

    def fill_merged(self, below: int) -> int:
        """Copy the shown value of merged cells into each of their rows; return the number of ranges.

        `below`: the row of the header; ranges above it are titles.
        """
        filled = 0
        for column, first, last in self.merged:
            value = self.rows.get(first, {}).get(column)
            if value is None or first <= below or last == first:
                continue
            filled += 1
            for row in range(first + 1, min(last, MOST_LINES, self.last_row()) + 1):
                self.rows.setdefault(row, {}).setdefault(column, value)
        return filled


class SheetReader:
    """Callbacks for the elements of a sheet, which fill a `Sheet`."""

    def __init__(
        self, sheet: Sheet, strings: Sequence[str], formats: Sequence[str], *, since_1904: bool
    ) -> None:
        self.sheet = sheet
        self.strings = strings
        self.formats = formats
        self.since_1904 = since_1904
        self.row = 0
        self.column = 0
        self.type = self.style = ""
        self.has_formula = self.in_phonetic = False
        self.value: list[str] | None = None  # of <v> or <t>, while one is open
        self.said: str | None = None
        self.begins: Mapping[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._begin_row, "c": self._begin_cell, "col": self._begin_column,
            "mergeCell": self._merge, "f": self._begin_formula, "v": self._begin_value,
            "t": self._begin_value, "rPh": self._begin_phonetic,
        }  # fmt: skip

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle the start of an element."""
        if name in self.begins:
            self.begins[name](attributes)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        if name in ("v", "t") and self.value is not None:
            if not self.in_phonetic:
                self.said = (self.said or "") + "".join(self.value)
            self.value = None
        elif name == "rPh":
            self.in_phonetic = False
        elif name == "c" and self.row:
            self._keep()

    def text(self, text: str) -> None:
        """Handle text inside an element."""
        if self.value is not None:
            self.value.append(text)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        if _is_on(attributes.get("hidden")) or _is_zero(attributes.get("ht")):
            self.sheet.hidden_rows.add(self.row)

    def _begin_column(self, attributes: Mapping[str, str]) -> None:
        if _is_on(attributes.get("hidden")) or _is_zero(attributes.get("width")):
            first, last = int(attributes["min"]), min(int(attributes["max"]), MOST_COLUMNS)
            self.sheet.hidden_columns.update(range(first, last + 1))

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = column_number(reference[1]) if reference else self.column + 1
        self.type, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.has_formula = self.in_phonetic = False
        self.said = None

    def _begin_formula(self, _: Mapping[str, str]) -> None:
        self.has_formula = True

    def _begin_value(self, _: Mapping[str, str]) -> None:
        self.value = []

    def _begin_phonetic(self, _: Mapping[str, str]) -> None:
        self.in_phonetic = True

    def _merge(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes["ref"].partition(":")
        begins, ends = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last or first)
        if begins and ends and len(self.sheet.merged) < MOST_LINES:
            self.sheet.merged.append((column_number(begins[1]), int(begins[2]), int(ends[2])))

    def _keep(self) -> None:
        """Store the cell that has ended."""
        text = self._shown()
        place = self.row, self.column
        if self.has_formula and self.said in (None, "") and self.type != "str":
            detail = "the formula has no value yet; open the file, save it and send it again"
            self._trouble(place, "formula_without_value", detail)
        elif self.type == "e":
            self._trouble(place, "cell_error", f"the cell shows the error {text[:20]}; correct it")
        if not text and place not in self.sheet.troubles:
            return
        self.sheet.cells_n += 1
        self._check(place, text)
        if self.sheet.overflow is None:
            self.sheet.rows.setdefault(self.row, {})[self.column] = text

    def _trouble(self, place: tuple[int, int], code: str, detail: str) -> None:
        if self.sheet.overflow is None:
            self.sheet.troubles[place] = code, detail

    def _check(self, place: tuple[int, int], text: str) -> None:
        row, column = place
        where = f"cell {cell_name(row, column)}"
        if row > MOST_LINES or self.sheet.cells_n > MOST_CELLS:
            detail = f"{where}: the sheet has more than {MOST_LINES:,} lines or {MOST_CELLS:,} cells"
            self.sheet.overflow = Finding(row, "", "", "too_many_rows", detail)
        elif column > MOST_COLUMNS:
            detail = f"{where}: the sheet has more than {MOST_COLUMNS} columns"
            self.sheet.overflow = Finding(row, "", "", "too_many_columns", detail)
        elif len(text) > LONGEST_TEXT:
            detail = f"{where}: the cell has more than {LONGEST_TEXT:,} characters"
            self.sheet.overflow = Finding(row, "", "", "cell_too_long", detail)

    def _shown(self) -> str:
        said = self.said or ""
        match self.type:
            case "s":
                return self.strings[int(said)] if said else ""
            case "b":
                return {"1": "yes", "0": "no"}.get(said, said)
            case "d":
                return day_of(said)
            case "n":
                style = int(self.style)
                form = self.formats[style] if 0 <= style < len(self.formats) else GENERAL
                return shown(said, form, since_1904=self.since_1904)
        return unescaped(said)


def unescaped(text: str) -> str:
    """Return text with its escaped characters replaced (ECMA-376-1:2016, 22.9.2.19)."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return " " if code == 0 or code in SURROGATES else chr(code)

    return ESCAPE.sub(character, text) if "_x" in text else text


def column_number(name: str) -> int:
    """Return the number of a column; A is 1."""
    number = 0
    for character in name:
        number = number * 26 + ord(character) - ord("A") + 1
    return number


def _is_on(text: str | None) -> bool:
    return text in ("1", "true")


def _is_zero(size: str | None) -> bool:
    """Return whether a height or width is zero."""
    try:
        return size is not None and float(size) == 0
    except ValueError:
        return False
