"""Lists and other files as XlsxWriter writes them, and as LibreOffice wrote them beforehand."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from tests.enrolment.lists import HEADER, line

LIBREOFFICE: Final = Path(__file__).parent / "files" / "libreoffice"
URN = "110623"
ROW = line(URN)
Change = Callable[[Any, Any], object]  # of the workbook and its sheet


def book(change: Change = lambda *_: None, *rows: list[Any], **options: Any) -> bytes:
    """A workbook of XlsxWriter, changed."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    sheet = made.add_worksheet("List")
    for number, row in enumerate((HEADER, *(rows or [ROW]))):
        sheet.write_row(number, 0, row)
    change(made, sheet)
    made.close()
    return file.getvalue()


def cell(name: str, value: Any, **style: Any) -> Change:
    return lambda made, sheet: sheet.write(name, value, made.add_format(style))


def rich(made: Any, sheet: Any) -> None:
    sheet.write_rich_string("A2", "Gr", made.add_format({"bold": True}), "ac", "e")


def formula(text: str, value: Any) -> Change:
    return lambda _, sheet: sheet.write_formula("A2", text, None, value)


def titled() -> bytes:
    """A title over the whole width, an empty row, and then the list."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    sheet = made.add_worksheet()
    sheet.merge_range("A1:G1", "Participants of the spring group", made.add_format({"align": "center"}))
    sheet.write_row(2, 0, HEADER)
    sheet.write_row(3, 0, ROW)
    made.close()
    return file.getvalue()


def charted(made: Any, sheet: Any) -> None:
    """A chart on a sheet of its own, one on the list, a picture of nothing and a comment."""
    chart = made.add_chart({"type": "pie"})
    chart.add_series({"values": "=List!$E$2:$E$2"})
    made.add_chartsheet("Chart").set_chart(chart)
    sheet.write_comment("A2", "She may be late.")


def arranged(_: Any, sheet: Any) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column("A:XFD", 20)
    sheet.set_default_row(30)
    sheet.data_validation("F2:F500", {"validate": "list", "source": ["class_teacher", "ta"]})
    sheet.conditional_format("A1:G50", {"type": "no_blanks", "format": None})
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.print_area("A1:G50")


def filtered(_: Any, sheet: Any) -> None:
    sheet.autofilter("A1:G3")
    sheet.filter_column("E", f"x == {URN}")
    sheet.set_row(2, options={"hidden": True})


def table(_: Any, sheet: Any) -> None:
    sheet.add_table("A1:G2", {"columns": [{"header": name} for name in HEADER]})


def linked(_: Any, sheet: Any) -> None:
    sheet.write_url("C2", "mailto:grace@s.example", string="grace@s.example")


HONEST: dict[str, tuple[bytes, dict[str, str], set[str]]] = {
    # name: file, what is not as usual in its first row, codes of notes
    "shared strings": (book(), {}, set()),
    "inline strings, row by row": (book(constant_memory=True), {}, set()),
    "strings that look like numbers": (book(strings_to_numbers=True), {}, set()),
    "a calendar from 1904": (
        book(cell("D2", date(2026, 5, 1), num_format="dd/mm/yyyy"), date_1904=True),
        {"trn": "2026-05-01"},
        set(),
    ),
    "a date in words": (
        book(cell("D2", date(2026, 5, 1), num_format="[$-F800]dddd, mmmm dd, yyyy")),
        {"trn": "2026-05-01"},
        set(),
    ),
    "leading zeros by format": (book(cell("D2", 123456, num_format="0000000")), {"trn": "0123456"}, set()),
    "rich text": (book(rich), {}, set()),
    "a formula with its value": (book(formula('=UPPER("grace")', "Grace")), {}, set()),
    "an address as a link": (book(linked), {}, set()),
    "title in merged cells": (titled(), {}, {"title_lines"}),
    "chart and comment": (book(charted), {}, set()),
    "panes, widths, validation and formats": (book(arranged), {}, set()),
    "filtered rows": (book(filtered, ROW, line("999999")), {}, {"rows_hidden"}),
    "a table": (book(table), {}, set()),
    "an unusual name": (book(cell("A2", "Grá\u00a0çe_x0041_ 李")), {"given": "Grá çe_x0041_ 李"}, set()),
    "a very hidden sheet": (
        book(lambda made, _: made.add_worksheet("Old").very_hidden()),
        {},
        set(),
    ),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    # name: file, code
    "an error as a name": (book(formula("=NA()", "#N/A")), "cell_error"),
    "two lists": (
        book(lambda made, _: made.add_worksheet("Copy").write_row(0, 0, HEADER)),
        "sheet_unclear",
    ),
    "a hidden column that is read": (
        book(lambda _, sheet: sheet.set_column("E:E", None, None, {"hidden": True})),
        "column_hidden",
    ),
    "a cell of a whole page": (book(cell("A2", "x" * 32_767)), "cell_too_long"),
    "too many rows": (book(lambda *_: None, *[ROW] * 501), "too_many_rows"),
    "a cell far below": (book(cell("A1048576", "x")), "too_many_rows"),
    "a cell far to the right": (book(cell("XFD2", "x")), "too_many_columns"),
}

# Name of the file: what is not as usual in its first row, codes of notes.
OF_LIBREOFFICE: dict[str, tuple[dict[str, str], set[str]]] = {
    "plain.xlsx": ({}, set()),
    "semicolons.csv": ({}, set()),
    "tabs_utf16.csv": ({}, set()),
    "title.xlsx": ({}, {"title_lines"}),
    "date.xlsx": ({"trn": "2026-05-01"}, set()),
    "dates_and_zeros.xlsx": ({"trn": "0123456"}, set()),
    "formula.xlsx": ({"given": "x"}, set()),
    "rich.xlsx": ({}, set()),
    "filtered.xlsx": ({}, {"rows_hidden"}),
    "hidden_column.xlsx": ({}, {"columns_hidden"}),
    "merged_school.xlsx": ({}, {"cells_merged"}),
    "second_sheet.xlsx": ({}, {"sheets_left_out"}),
    "chart_and_comment.xlsx": ({}, set()),
    "formats_of_whole_columns.xlsx": ({}, set()),
    "link.xlsx": ({}, set()),
    "number_for_urn.xlsx": ({}, set()),
}
# Name of the file: code, and what its sentence says.
REFUSED_OF_LIBREOFFICE: dict[str, tuple[str, str]] = {
    "error.xlsx": ("cell_error", "cell A2"),
    "two_lists.xlsx": ("sheet_unclear", "“List” and “Copy”"),
    "open_document.ods": ("file_not_a_table", "save it as XLSX or CSV"),
    "old_format.xls": ("file_not_a_table", "save it as XLSX"),
}
