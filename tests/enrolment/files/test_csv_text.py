"""Bytes that are a file of the register, and bytes that are not: each kind has its own code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.register_files import gias, read, read_one, refusal_of, refused, row

from hub_enrolment.files.csv_text import read_table


def test_rows_of_both_encodings_are_read_each_as_it_is() -> None:
    ansi = gias(row(URN="100001", EstablishmentName="Élan"))
    utf8 = gias(row(URN="100002", EstablishmentName="École"), encoding="utf-8").split(b"\r\n", 1)[1]
    assert [school.name for school in read(ansi + utf8).rows] == ["Élan", "École"]


def test_a_mark_before_windows_1252_is_no_part_of_the_header() -> None:
    assert read(b"\xef\xbb\xbf" + gias(row(EstablishmentName="Élan"))).rows[0].name == "Élan"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (gias(), "file_empty"),
        (gias(row(), encoding="utf-32"), "file_encoding"),
        (gias(row(), encoding="utf-16")[:-1], "file_encoding"),
        (b"PK\x03\x04 a spreadsheet", "file_not_csv"),
        (b"\xd0\xcf\x11\xe0 an old one", "file_not_csv"),
        (b"\x1f\x8b packed", "file_not_csv"),
        (b"\x89PNG\r\n\x1a\n\0\0", "file_nul"),
        (gias(row()).replace(b"School", b"Sch\0ol"), "file_nul"),
        (gias(row()).replace(b"School", b"Sch\x81\x8dl"), "row_encoding"),
        (b"<html>\r\n<body>", "file_unknown"),
        (b"a,b\r\n1,2\r\n", "file_unknown"),
        (b"URN,GID,Role\r\n100001,1,Governor\r\n", "wrong_extract"),
        (b"Group UID,Group ID\r\n1,TR1\r\n", "wrong_extract"),
    ],
)
def test_what_is_no_register_is_refused_by_its_code(raw: bytes, code: str) -> None:
    assert refused(raw).code == code


@pytest.mark.parametrize("name", ["=1+1", "+44", "-5", "@home"])
def test_a_name_that_looks_like_a_formula_is_kept_as_it_is(name: str) -> None:
    assert read_one(EstablishmentName=name).name == name


def test_the_refusal_of_a_wrong_extract_names_the_expected_ones() -> None:
    refusal = refused(b"URN,GID,Role\r\n100001,1,Governor\r\n")
    assert "edubasealldata" in refusal.detail
    assert "links_edubasealldata" in refusal.detail


def test_the_refusal_of_a_wrong_byte_names_its_row() -> None:
    raw = gias(row(), row(EstablishmentName="BROKEN")).replace(b"BROKEN", b"\x81")
    assert refused(raw).errors[0][0] == "/rows/3/"


CODES_OF_BYTES = {
    "file_empty",
    "file_encoding",
    "file_not_csv",
    "file_nul",
    "file_unknown",
    "wrong_extract",
    "row_encoding",
    "row_broken",
}


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_a_refusal(raw: bytes) -> None:
    refusal = refusal_of(raw)
    assert refusal is None or refusal.code in CODES_OF_BYTES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_other_encodings_and_delimiters_are_read(encoding: str, delimiter: str) -> None:
    text = f"URN{delimiter}LinkURN{delimiter}LinkType\r\n1{delimiter}2{delimiter}École\r\n"
    table = read_table(text.encode(encoding))
    assert (table.header, list(table.lines)) == (("URN", "LinkURN", "LinkType"), [["1", "2", "École"]])


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537])
def test_a_row_across_two_pieces_of_the_stream_is_one_row(size: int) -> None:
    head = b"URN,LinkURN,LinkType\r\n"
    filling = b"1,2," + b"x" * (size - len(head) - 6) + b"\r\n"
    assert len(list(read_table(head + filling + b"3,4,end\r\n").lines)) == 2
