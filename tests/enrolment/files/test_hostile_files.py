"""Files that are no lists, or made to do harm: each is one clear sentence with a code, and nothing is hurt.

They are read as the service reads them, by a process of its own.
"""

import gzip
import io
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line
from tests.enrolment.workbook_files import as_parts, packed, parts_of, sheet_of

from hub_enrolment.domain.gias_file import FileRefused
from hub_enrolment.domain.uploads import read_listing
from hub_enrolment.files import parts
from hub_enrolment.files.lists import read_list
from hub_enrolment.files.reading import read_list as read_beside
from hub_enrolment.files.reading import read_register

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


def test_there_are_forty() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_is_refused_with_its_code_in_seconds(name: str) -> None:
    made, code = HOSTILE[name]
    raw = made() if callable(made) else made
    assert len(raw) < 2 * 1024 * 1024
    before = time.monotonic()
    refusal = refusal_of(raw)
    assert refusal.code == code
    assert time.monotonic() - before < 20
    assert 20 < len(refusal.detail) < 300


@pytest.mark.parametrize(
    ("name", "cell"),
    [("an error", "B2"), ("a formula never calculated", "A2"), ("a column thousands to the right", "XFD2")],
)
def test_the_cell_is_named(name: str, cell: str) -> None:
    made, _ = HOSTILE[name]
    assert isinstance(made, bytes)
    assert f"cell {cell}" in refusal_of(made).detail


def test_every_cell_with_an_error_is_named() -> None:
    wrong = {name: f'<c r="{name}" t="e"><v>#N/A</v></c>' for name in ("A2", "C2")}
    assert [pointer for pointer, _ in refusal_of(as_parts(sheet_of(ROW, wrong))).errors] == [
        "/rows/2/given",
        "/rows/2/email",
    ]


def test_a_file_of_the_register_is_refused_while_it_comes_in() -> None:
    stream = io.BytesIO(b"PK\x03\x04" + b"x" * 10_000_000)
    with pytest.raises(FileRefused, match="file_not_csv"):
        read_register(iter(lambda: stream.read(65_536), b""), subject="ada")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.integers(0, 2_000))
def test_no_damage_to_a_workbook_does_worse_than_a_refusal(noise: bytes, place: int) -> None:
    raw = packed(USUAL)
    damaged = raw[: place % len(raw)] + noise + raw[place % len(raw) + len(noise) :]
    try:
        read_listing(read_list(damaged))
    except FileRefused as refusal:
        assert refusal.detail  # noqa: PT017 - what is no refusal fails the test
