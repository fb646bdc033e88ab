"""Files with lists of participants: those that are read, and those that are refused by a code."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.enrolment.lists import HEADER, as_csv, as_xlsx, line, read_upload

from hub_enrolment.domain import uploads
from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.domain.uploads import Listing
from hub_enrolment.files import parts
from hub_enrolment.files.tables import Table
from hub_enrolment.files.uploads import MOST_COLUMNS, MOST_ROWS, read_listing

URN = "110623"


def packed(contents: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def repacked(raw: bytes, **changed: bytes) -> bytes:
    """A workbook with other bytes in some of its parts."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return packed(contents | {name.replace("__", "/") + ".xml": content for name, content in changed.items()})


def code_of(raw: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read_upload(raw)
    return refused.value.code


def named(listing: Listing) -> list[list[str]]:
    return [[one.named[column] for column in HEADER] for one in listing.lines]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_both_kinds_of_file_say_the_same(write: Any) -> None:
    rows = [line(URN, given="Zoë", trn="0123456"), line(URN, given="1+1")]
    assert named(read_upload(write(*rows))) == rows


def test_a_number_of_a_spreadsheet_is_text_without_a_point() -> None:
    row = line(110623, trn=123456.0, lead=True, given=datetime(2025, 9, 1), family=None)  # noqa: DTZ001
    (read,) = named(read_upload(as_xlsx(row)))
    assert read == ["2025-09-01", "", "grace@s.example", "123456", URN, "class_teacher", "yes"]


@pytest.mark.parametrize(
    "raw",
    [
        as_csv(line(URN, given="Zoë"), encoding="utf-8-sig"),
        as_csv(line(URN, given="Zoë"), encoding="cp1252"),
        as_csv(line(URN, given="Zoë")) + as_csv(header=line(URN, given="Zoë"), encoding="cp1252"),
    ],
    ids=["byte order mark", "windows-1252", "both in one"],
)
def test_encodings_of_spreadsheets_are_read(raw: bytes) -> None:
    assert {one.named["given"] for one in read_upload(raw).lines} == {"Zoë"}


def test_columns_stand_in_any_order_and_case_with_others_between() -> None:
    header = ("URN ", "Role", "Comment", "Email", "FAMILY", "given")
    row = (URN, "Class teacher", "vegetarian", "a@s.example", "Hopper", "Grace")
    (read,) = read_upload(as_csv(row, header=header)).lines
    assert (read.named["urn"], read.named["role"], read.cells[2]) == (URN, "Class teacher", "vegetarian")


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_rows_are_numbered_as_in_a_spreadsheet_and_empty_ones_left_out(write: Any) -> None:
    empty = [""] * len(HEADER)
    listing = read_upload(write(line(URN), empty, line(URN), empty))
    assert [one.number for one in listing.lines] == [2, 4]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (as_csv(), "file_empty"),
        (as_xlsx(), "file_empty"),
        ("given,family".encode("utf-16"), "column_missing"),
        ("given,family".encode("utf-32"), "file_encoding"),
        (b"%PDF-1.7\n", "file_not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_not_a_table"),
        (packed({"word/document.xml": b"<x/>"}), "file_not_a_table"),
        (b"PK\x03\x04 and no more", "file_damaged"),
        (as_xlsx(line(URN))[:-40], "file_damaged"),
        (repacked(as_xlsx(line(URN)), xl__workbook=b"<workbook"), "file_damaged"),
        (repacked(as_xlsx(line(URN)), xl__worksheets__sheet1=b"<!DOCTYPE x><x/>"), "file_damaged"),
        (as_csv(line(URN), header=[*HEADER[:-1], "given"]), "column_repeated"),
        (as_csv(line(URN)[:3], header=HEADER[:3]), "column_missing"),
        (as_csv([*line(URN), "beyond"]), "row_broken"),
        (as_xlsx([*line(URN), "beyond"]), "row_broken"),
        (as_csv(line(URN, given="x" * 501)), "cell_too_long"),
    ],
)
def test_what_is_no_list_is_refused_by_a_code(raw: bytes, code: str) -> None:
    assert code_of(raw) == code


def test_every_missing_column_is_named() -> None:
    with pytest.raises(FileRefused) as refused:
        read_upload(as_csv(["x"], header=["given"]))
    assert [pointer for pointer, _ in refused.value.errors] == [
        f"/rows/1/{name}" for name in ("family", "email", "urn", "role")
    ]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_so_many_rows_and_not_one_more(write: Any) -> None:
    assert len(read_upload(write(*[line(URN)] * MOST_ROWS)).lines) == MOST_ROWS
    assert code_of(write(*[line(URN)] * (MOST_ROWS + 1))) == "too_many_rows"


def test_so_many_columns_and_not_one_more() -> None:
    for write in (as_csv, as_xlsx):
        wide = [*HEADER, *(f"c{n}" for n in range(MOST_COLUMNS - len(HEADER)))]
        assert len(read_upload(write(line(URN), header=wide)).header) == MOST_COLUMNS
        assert code_of(write(line(URN), header=[*wide, "more"])) == "too_many_columns"


def test_a_cell_in_the_last_row_of_a_sheet_costs_nothing() -> None:
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet += b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert code_of(repacked(as_xlsx(line(URN)), xl__worksheets__sheet1=sheet)) == "too_many_rows"


def test_a_spreadsheet_that_is_huge_once_unpacked_is_refused() -> None:
    bomb = repacked(as_xlsx(line(URN)), xl__media=b"0" * (parts.MOST_BYTES + 1))
    assert len(bomb) < 100_000
    assert code_of(bomb) == "file_too_large_inside"


def test_a_spreadsheet_that_lies_about_its_size_is_refused() -> None:
    size = parts.MOST_BYTES + 1
    bomb = repacked(as_xlsx(line(URN)), xl__media=b"0" * size)
    liar = bomb.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert liar != bomb
    assert code_of(liar) == "file_damaged"


def test_a_sheet_that_is_hidden_is_not_read() -> None:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("List")
    shown.append(HEADER)
    shown.append(line(URN))
    book.save(file)
    assert named(read_upload(file.getvalue())) == [line(URN)]


@given(
    st.lists(st.lists(st.text(max_size=5), max_size=9), max_size=5), st.lists(st.text(max_size=8), max_size=9)
)
def test_whatever_the_cells_are_it_is_a_listing_or_a_refusal(
    rows: list[list[str]], header: list[str]
) -> None:
    table = Table((*uploads.NEEDED, *header), rows)
    try:
        listing = read_listing(table)
    except FileRefused:
        return
    assert all(len(one.cells) == len(table.header) for one in listing.lines)
    assert [one.number for one in listing.lines] == [
        number for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)
    ]
