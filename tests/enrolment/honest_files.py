"""Lists as people really send them, by openpyxl and by hand, and what is to be read of them."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.table import Table
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line
from tests.enrolment.workbook_files import as_parts, sheet_of

from hub_platform.csv_writer import to_csv

URN = "110623"
ROW = line(URN)
CSV = as_csv(ROW)
COMMA = "\r\n".join([",".join(HEADER), ",".join(ROW)]) + "\r\n"
MORNING = datetime(2026, 5, 1, 9)  # noqa: DTZ001 - a cell has no zone
Sheet = Any
Change = Callable[[Sheet], object]


def book(change: Change, *rows: list[Any]) -> bytes:
    """A workbook of openpyxl, changed."""
    made, file = Workbook(), io.BytesIO()
    sheet = made.active
    for row in (HEADER, *(rows or [ROW])):
        sheet.append(list(row))
    change(sheet)
    made.save(file)
    return file.getvalue()


def titled(sheet: Sheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Participants of the spring group"
    sheet.merge_cells("A1:G1")


def rich(sheet: Sheet) -> None:
    sheet["A2"] = CellRichText(TextBlock(InlineFont(b=True), "Gra"), "ce")


def styled(cell: str, value: Any, number_format: str) -> Change:
    def change(sheet: Sheet) -> None:
        sheet[cell] = value
        sheet[cell].number_format = number_format

    return change


def hidden_row(sheet: Sheet) -> None:
    sheet.row_dimensions[3].hidden = True


def filtered(sheet: Sheet) -> None:
    sheet.auto_filter.ref = "A1:G3"
    hidden_row(sheet)


def hidden_column(sheet: Sheet) -> None:
    sheet["H1"], sheet["H2"] = "home address", "secret"
    sheet.column_dimensions["H"].hidden = True


def merged_school(sheet: Sheet) -> None:
    sheet.merge_cells("E2:E3")


def second_sheet(name: str, state: str = "visible") -> Change:
    def change(sheet: Sheet) -> None:
        other = sheet.parent.create_sheet(name, 0)
        other.append(["Notes on the list"])
        other.sheet_state = state

    return change


def many_schools(sheet: Sheet) -> None:
    other = sheet.parent.create_sheet("Schools", 0)
    for number in range(5_100):
        other.append([number, "School"])


def error_elsewhere(sheet: Sheet) -> None:
    sheet["H1"], sheet["H2"] = "note", "#N/A"
    sheet["H2"].data_type = "e"


def table(sheet: Sheet) -> None:
    sheet.add_table(Table(displayName="People", ref="A1:G2"))


def wide(sheet: Sheet) -> None:
    sheet["XFD1"].number_format = "0"  # a cell without a value, far away


CACHED = '<c r="A2" t="str"><f>UPPER("x")</f><v>Grace</v></c>'
NUMBER = '<c r="D2"><f>1+1</f><v>1234567</v></c>'

HONEST: dict[str, tuple[bytes, dict[str, str], set[str]]] = {
    # name: file, what is not as usual in its first row, codes of notes
    "plain csv": (CSV, {}, set()),
    "byte order mark": (b"\xef\xbb\xbf" + CSV, {}, set()),
    "utf-16 with mark": (COMMA.encode("utf-16"), {}, set()),
    "utf-16 without mark": (COMMA.encode("utf-16-le"), {}, set()),
    "utf-16 big end first, tabs": (COMMA.replace(",", "\t").encode("utf-16-be"), {}, set()),
    "unicode text of excel": (COMMA.replace(",", "\t").encode("utf-16"), {}, set()),
    "semicolons": (CSV.replace(b",", b";"), {}, set()),
    "tabs": (CSV.replace(b",", b"\t"), {}, set()),
    "vertical bars": (CSV.replace(b",", b"|"), {}, set()),
    "sep=,": (b"sep=,\r\n" + CSV, {}, set()),
    "sep=;": (b"\xef\xbb\xbfsep=;\r\n" + CSV.replace(b",", b";"), {}, set()),
    "quoted sep": (b'"sep=;"\r\n' + CSV.replace(b",", b";"), {}, set()),
    "title above": (b"Spring group,,,\r\n\r\n" + CSV, {}, {"title_lines"}),
    "long title above": (b'"Group 7, spring; 2026"\r\nas of,1 May\r\n' + CSV, {}, {"title_lines"}),
    "blank first line": (b"\r\n" + CSV, {}, {"title_lines"}),
    "lines end in lf": (CSV.replace(b"\r\n", b"\n"), {}, set()),
    "lines end in cr": (CSV.replace(b"\r\n", b"\r"), {}, set()),
    "one empty cell too many": (CSV.replace(b",no\r\n", b",no,\r\n"), {}, set()),
    "empty cells in header and row": (CSV.replace(b"\r\n", b",,,\r\n"), {}, set()),
    "blank cells beyond": (CSV.replace(b",no\r\n", b",no, ,\xc2\xa0\r\n"), {}, set()),
    "no-break space": (as_csv(line(URN, given="Mary\u00a0Ann")), {"given": "Mary Ann"}, set()),
    "thin space": (as_csv(line(URN, given="\u2009Mary\u202fAnn")), {"given": "Mary Ann"}, set()),
    "zero-width space": (as_csv(line(URN + "\u200b", email="grace@s.example\ufeff")), {}, set()),
    "direction mark of an address": (as_csv(line(URN, email="\u202agrace@s.example\u202c")), {}, set()),
    "spaces in the header": (CSV.replace(b"given", b" \xc2\xa0Given\xe2\x80\x8b "), {}, set()),
    "windows-1252": (as_csv(line(URN, family="O\u2019Neil"), encoding="cp1252"), {"family": "O’Neil"}, set()),
    "joiner inside a name": (as_csv(line(URN, given="علی\u200cرضا")), {"given": "علی\u200cرضا"}, set()),
    "refused rows sent back": (
        to_csv([[*HEADER, "reason"], [*line(URN, given="=1+1"), "given: no"]]),
        {"given": "=1+1"},
        set(),
    ),
    "refused rows saved with semicolons": (
        to_csv([[*HEADER, "reason"], [*line(URN, given="-"), "no"]]).replace(b",", b";"),
        {"given": "-"},
        set(),
    ),
    "xlsx": (as_xlsx(ROW), {}, {"sheets_left_out"}),
    "merged title": (book(titled), {}, {"title_lines"}),
    "rich text": (book(rich), {}, set()),
    "number for a urn": (book(lambda _: None, line(110623)), {}, set()),
    "leading zeros by format": (book(styled("D2", 123456, "0000000")), {"trn": "0123456"}, set()),
    "percentage": (book(styled("D2", 0.125, "0.0%")), {"trn": "12.5%"}, set()),
    "date": (book(styled("D2", date(2026, 5, 1), "dd/mm/yyyy")), {"trn": "2026-05-01"}, set()),
    "date and time": (book(styled("D2", MORNING, "d mmm yy h:mm")), {"trn": "2026-05-01"}, set()),
    "a number that is long": (book(styled("D2", 0.1 + 0.2, "General")), {"trn": "0.3"}, set()),
    "true": (book(styled("G2", True, "General")), {"lead": "yes"}, set()),
    "hidden row": (book(hidden_row, ROW, line("999999"), line(URN)), {}, {"rows_hidden"}),
    "filtered rows": (book(filtered, ROW, line("999999")), {}, {"rows_hidden"}),
    "hidden column": (book(hidden_column), {}, {"columns_hidden"}),
    "merged school": (book(merged_school, ROW, line(None, given="Ada")), {}, {"cells_merged"}),
    "list on the second sheet": (book(second_sheet("Notes")), {}, {"sheets_left_out"}),
    "hidden sheet before it": (book(second_sheet("Old", "hidden")), {}, set()),
    "a long sheet of schools next to it": (book(many_schools), {}, {"sheets_left_out"}),
    "an error in a column that is not read": (book(error_elsewhere), {}, set()),
    "a table": (book(table), {}, set()),
    "a format far to the right": (book(wide), {}, set()),
    "cached value of a formula": (as_parts(sheet_of(ROW, {"A2": CACHED})), {}, set()),
    "cached number": (as_parts(sheet_of(ROW, {"D2": NUMBER})), {"trn": "1234567"}, set()),
    "names with prefixes": (as_parts(sheet_of(ROW), prefix="x:"), {}, set()),
    "an escaped character": (as_parts(sheet_of(line(URN, given="A_x0041_"))), {"given": "AA"}, set()),
}  # fmt: skip
