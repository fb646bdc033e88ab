"""Lists that other programs than openpyxl have written: XlsxWriter here, LibreOffice beforehand."""

import pytest
from tests.enrolment.lists import HEADER
from tests.enrolment.program_files import (
    HONEST,
    LIBREOFFICE,
    OF_LIBREOFFICE,
    REFUSED,
    REFUSED_OF_LIBREOFFICE,
    ROW,
)

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files.lists import read_list
from hub_enrolment.files.uploads import read_listing


@pytest.mark.parametrize("name", HONEST)
def test_a_list_of_xlsxwriter_is_read_as_a_person_sees_it(name: str) -> None:
    raw, changed, notes = HONEST[name]
    listing = read_listing(read_list(raw))
    expected = dict(zip(HEADER, ROW, strict=True)) | changed
    assert {column: listing.lines[0].named[column] for column in HEADER} == expected
    assert {note.code for note in listing.notes} == notes


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_xlsxwriter_that_is_no_list_is_one_clear_sentence(name: str) -> None:
    raw, code = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        read_listing(read_list(raw))
    assert (refused.value.code, len(refused.value.problems)) == (code, 1)
    assert len(refused.value.detail) < 300


@pytest.mark.parametrize("name", OF_LIBREOFFICE)
def test_a_list_of_libreoffice_is_read_as_a_person_sees_it(name: str) -> None:
    changed, notes = OF_LIBREOFFICE[name]
    listing = read_listing(read_list((LIBREOFFICE / name).read_bytes()))
    expected = dict(zip(HEADER, ROW, strict=True)) | changed
    assert {column: listing.lines[0].named[column] for column in HEADER} == expected
    assert {note.code for note in listing.notes} == notes


@pytest.mark.parametrize("name", ["plain.xlsx", "semicolons.csv", "tabs_utf16.csv"])
def test_libreoffice_keeps_names_in_other_scripts(name: str) -> None:
    listing = read_listing(read_list((LIBREOFFICE / name).read_bytes()))
    assert [(one.named["given"], one.named["family"]) for one in listing.lines[1:]] == [
        ("Анна", "Иванова"),
        ("王", "小明"),
    ]


@pytest.mark.parametrize("name", REFUSED_OF_LIBREOFFICE)
def test_a_file_of_libreoffice_that_is_no_list_is_one_clear_sentence(name: str) -> None:
    code, said = REFUSED_OF_LIBREOFFICE[name]
    with pytest.raises(FileRefused) as refused:
        read_listing(read_list((LIBREOFFICE / name).read_bytes()))
    assert (refused.value.code, len(refused.value.problems)) == (code, 1)
    assert said in refused.value.detail


def test_every_file_of_libreoffice_is_read() -> None:
    files = {path.name for path in LIBREOFFICE.iterdir()} - {"README.md"}
    assert files == {*OF_LIBREOFFICE, *REFUSED_OF_LIBREOFFICE}
