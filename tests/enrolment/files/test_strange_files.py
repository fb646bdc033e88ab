"""Lists of participants that look like files and hold nothing, too much, or a broken row."""

import pytest
from tests.enrolment.lists import as_csv, as_xlsx, line, read_upload

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files import parts
from hub_enrolment.files.known import LIST
from hub_enrolment.files.workbooks import read_workbook

URN = "110623"


def refusal_of(raw: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_upload(raw)
    return refused.value


def test_a_sheet_of_empty_cells_is_an_empty_file() -> None:
    assert refusal_of(as_xlsx(header=["", None])).code == "file_empty"  # type: ignore[list-item]


def test_a_workbook_of_too_many_parts_is_too_large_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = as_xlsx(line(URN))
    assert read_workbook(raw, LIST).header[0] == "given"
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    assert refusal_of(raw).code == "file_too_large_inside"


def test_a_workbook_that_says_that_it_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_BYTES", 100)
    assert refusal_of(as_xlsx(line(URN))).code == "file_too_large_inside"


def test_a_row_whose_quotation_mark_is_never_closed_is_named_by_its_number() -> None:
    refusal = refusal_of(as_csv(line(URN)) + b'"Ada,')
    assert refusal.code == "row_broken"
    ((pointer, detail),) = refusal.errors
    assert pointer == "/rows/3/"
    assert "cannot be read as CSV" in detail
