"""Files that are no lists, or made to do harm, by openpyxl and by hand, and the code of each refusal."""

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line
from tests.enrolment.workbook_files import as_parts, packed, parts_of, sheet_of

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files import parts
from hub_enrolment.files.reading import read_list as read_beside
from hub_enrolment.files.uploads import read_listing

URN = "110623"
ROW = line(URN)
CSV = as_csv(ROW)
USUAL = parts_of(sheet_of(ROW))
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def with_sheet(data: str) -> bytes:
    """A workbook whose sheet has other XML."""
    return as_parts(data)


def with_parts(**changed: bytes) -> bytes:
    return packed(USUAL | {name.replace("__", "/") + ".xml": content for name, content in changed.items()})


def with_cell(name: str, xml: str) -> bytes:
    return as_parts(sheet_of(ROW, {name: xml}))


def two_lists() -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(HEADER)
    book.create_sheet("Old list").append(HEADER)
    book.save(file)
    return file.getvalue()


def hidden_urn() -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(HEADER)
    book.active.append(ROW)
    book.active.column_dimensions["E"].hidden = True
    book.save(file)
    return file.getvalue()


def doubled() -> bytes:
    """Two parts of one name: programs do not agree which of them counts."""
    file = io.BytesIO(packed(USUAL))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    return file.getvalue()


def outside() -> bytes:
    known = USUAL["xl/_rels/workbook.xml.rels"]
    related = known.replace(b"worksheets/sheet1.xml", b"../../worksheets/passwd")
    return packed(USUAL | {"xl/_rels/workbook.xml.rels": related})


def encrypted() -> bytes:
    raw = bytearray(packed(USUAL))
    place = raw.index(b"PK\x01\x02") + 8
    raw[place] |= 1
    return bytes(raw)


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    # name: file, code
    "nothing": (b"", "file_empty"),
    "blanks": (b" \r\n\r\n ", "file_empty"),
    "a mark alone": (b"\xef\xbb\xbf", "file_empty"),
    "a pdf": (b"%PDF-1.7\n", "file_not_a_table"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, "file_not_a_table"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "file_not_a_table"),
    "a text document": (b"{\\rtf1\\ansi given}", "file_not_a_table"),
    "a web page called xls": (b"<html><table><tr><td>given</td></tr></table>", "file_not_a_table"),
    "an archive": (packed({"list.csv": CSV}), "file_not_a_table"),
    "a packed file": (gzip.compress(CSV), "file_not_a_table"),
    "bytes": (bytes(range(1, 256)) * 99, "row_encoding"),
    "nul in a row": (CSV.replace(b"Grace", b"Gr\0ce"), "file_nul"),
    "utf-32": (CSV.decode().encode("utf-32"), "file_encoding"),
    "half a character of utf-16": (CSV.decode().encode("utf-16")[:-1], "file_encoding"),
    "no header": (b"\r\n".join([CSV.split(b"\r\n")[1]] * 2), "column_missing"),
    "a quotation mark that is not closed": (CSV + b'"Ada,', "row_broken"),
    "one endless line": (CSV + b"a" * 2_000_000, "row_broken"),
    "an endless cell": (CSV + b'"' + b"a\n" * 200_000 + b'"', "row_broken"),
    "a cell of a whole page": (as_csv(line(URN, given="x" * 501)), "cell_too_long"),
    "a row that is too wide": (CSV.replace(b",no\r\n", b",no,beyond\r\n"), "row_broken"),
    "commas only": (b"," * 100_000, "column_missing"),
    "too many rows": (as_csv(*[ROW] * 501), "too_many_rows"),
    "a workbook cut off": (as_xlsx(ROW)[:-40], "file_damaged"),
    "a signature alone": (b"PK\x03\x04 and no more", "file_damaged"),
    "nested xml of 8 kB": (with_sheet("<a>" * 100_000 + "</a>" * 100_000), "file_damaged"),
    "nested and never closed": (with_sheet("<a>" * 900_000), "file_damaged"),
    "nested shared strings": (with_parts(xl__sharedStrings=b"<r>" * 500_000), "file_damaged"),
    "a million attributes": (
        with_sheet("<row " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>"),
        "file_damaged",
    ),
    "billion laughs": (
        with_parts(xl__worksheets__sheet1=f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>'.encode()),
        "file_damaged",
    ),
    "billion laughs in utf-16": (
        with_parts(xl__worksheets__sheet1=f"<!DOCTYPE x [{LAUGHS}]><x/>".encode("utf-16")),
        "file_damaged",
    ),
    "an external entity": (
        with_parts(xl__workbook=b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        "file_damaged",
    ),
    "a bomb": (with_parts(xl__media=b"0" * (parts.MOST_BYTES + 1)), "file_too_large_inside"),
    "two hundred parts too many": (
        packed(USUAL | {f"xl/{n}.xml": b"<x/>" for n in range(300)}),
        "file_too_large_inside",
    ),
    "a part twice": (doubled, "file_damaged"),
    "a protected part": (encrypted, "file_damaged"),
    "a sheet that is not there": (packed({n: c for n, c in USUAL.items() if n != SHEET}), "file_damaged"),
    "a sheet outside the archive": (outside, "file_damaged"),
    "no xml": (with_parts(xl__workbook=b"\x00\x01\x02"), "file_damaged"),
    "a string that is not there": (with_cell("A2", '<c r="A2" t="s"><v>99</v></c>'), "file_damaged"),
    "a row a million below": (
        with_sheet('<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
        "too_many_rows",
    ),
    "a column thousands to the right": (
        with_cell("G2", '<c r="XFD2"><v>1</v></c>'),
        "too_many_columns",
    ),
    "a text longer than a cell": (
        with_cell("A2", f'<c r="A2" t="str"><v>{"x" * 40_000}</v></c>'),
        "cell_too_long",
    ),
    "an error": (with_cell("B2", '<c r="B2" t="e"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c>'), "cell_error"),
    "an error for a number": (with_cell("E2", '<c r="E2" t="e"><v>#REF!</v></c>'), "cell_error"),
    "a formula never calculated": (as_xlsx(line(URN, given='=HYPERLINK("x")')), "formula_without_value"),
    "two lists": (two_lists, "sheet_unclear"),
    "a hidden column that is read": (hidden_urn, "column_hidden"),
}  # fmt: skip


def refusal_of(raw: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_listing(read_beside(raw, subject="ada"))
    return refused.value
