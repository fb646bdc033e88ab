"""Lists as people really send them: each gives the rows that a person sees, and says what was left out."""

import pytest
from tests.enrolment.honest_files import CSV, HONEST, ROW, URN, book, hidden_row, merged_school
from tests.enrolment.lists import HEADER, as_xlsx, line, read_upload

from hub_enrolment.files.reading import read_list


def test_there_are_forty() -> None:
    assert len(HONEST) >= 40


@pytest.mark.parametrize("name", HONEST)
def test_a_list_is_read_as_a_person_sees_it(name: str) -> None:
    raw, changed, notes = HONEST[name]
    listing = read_upload(raw)
    expected = dict(zip(HEADER, ROW, strict=True)) | changed
    first = listing.lines[0]
    assert {column: first.named[column] for column in HEADER} == expected
    assert {note.code for note in listing.notes} == notes


def test_rows_keep_their_numbers_below_titles_and_hidden_rows() -> None:
    titles = read_upload(b"Spring\r\n\r\n" + CSV)
    assert [one.number for one in titles.lines] == [4]
    hidden = read_upload(book(hidden_row, ROW, line("999999"), ROW))
    assert [one.number for one in hidden.lines] == [2, 4]
    assert hidden.notes[0].detail == "Left out: hidden rows 3."


def test_each_row_of_merged_cells_has_their_value() -> None:
    listing = read_upload(book(merged_school, ROW, line(None, given="Ada")))
    assert [one.named["urn"] for one in listing.lines] == [URN, URN]


@pytest.mark.parametrize("raw", [CSV, as_xlsx(*[ROW] * 40)], ids=["csv", "xlsx"])
def test_the_child_process_reads_the_same(raw: bytes) -> None:
    read = read_list(raw, subject="ada")
    listing = read_upload(raw)
    assert (read.header, read.header_row, read.notes) == (listing.header, 1, listing.notes)
    assert [tuple(row) for row in read.lines] == [one.cells for one in listing.lines]
