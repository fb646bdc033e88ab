"""Reading the establishments file: what is understood, what is a finding, what refuses the file and where."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.register_files import HEADER, gias, read, read_one, refusal_of, refused, row

from hub_enrolment.files.gias_establishments import COLUMNS


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_an_accent_survives_each_encoding_that_occurs(encoding: str) -> None:
    raw = gias(row(EstablishmentName="FIERTÉ Academy – Ely"), encoding=encoding)
    assert read(raw).rows[0].name == "FIERTÉ Academy – Ely"


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b"\r"])
def test_line_ends_of_every_system_are_read(ending: bytes) -> None:
    raw = gias(row(URN="100001"), row(URN="100002")).replace(b"\r\n", ending)
    assert [school.urn for school in read(raw).rows] == ["100001", "100002"]


def test_blank_lines_are_passed_over_and_keep_the_numbering() -> None:
    raw = gias(row(URN="100001")) + b"\r\n\r\n" + gias(row(URN="1")).split(b"\r\n", 1)[1] + b"\r\n"
    assert refused(raw).errors[0][0] == "/rows/5/URN"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("St Mary\nPrimary", "St Mary Primary"),
        ("St Mary\r\n\tPrimary\x0b", "St Mary Primary"),
        ("\nSt Mary", "St Mary"),
        ("St  Mary", "St  Mary"),
    ],
)
def test_a_line_break_in_a_name_of_the_register_becomes_a_space(written: str, name: str) -> None:
    read_back = read_one(EstablishmentName=written, **{"LA (name)": f"Cambridge{written}"})
    assert (read_back.name, read_back.la_name.isprintable()) == (name, True)


@pytest.mark.parametrize("text", ["31-08-2025", "31/08/2025"])
def test_dates_are_read_day_first(text: str) -> None:
    assert read_one(OpenDate=text).open_date == date(2025, 8, 31)


@pytest.mark.parametrize(("written", "code"), [("2", 2), ("02", 2), (" 2 ", 2)])
def test_codes_are_numbers_because_spreadsheets_take_their_zeros(written: str, code: int) -> None:
    assert read_one(**{"TypeOfEstablishment (code)": written}).type_code == code


def test_columns_are_found_by_name_in_any_order() -> None:
    raw = gias(row(URN="100001"), header=tuple(reversed(HEADER)))
    assert read(raw).rows[0].urn == "100001"


def test_authority_and_establishment_number_make_the_laestab() -> None:
    school = read_one(**{"LA (code)": "201", "EstablishmentNumber": "3614"})
    assert (school.la_code, school.laestab) == ("201", 2013614)


def test_status_phase_and_eligibility_are_read_from_their_codes() -> None:
    codes = {"EstablishmentStatus (code)": "3", "PhaseOfEducation (code)": "04"}
    school = read_one(**codes, **{"TypeOfEstablishment (code)": "11"})
    assert (school.status, school.phase, school.eligible) == ("proposed_to_close", "secondary", False)


def test_the_phase_falls_back_on_the_ages() -> None:
    ages = {"StatutoryLowAge": "11", "StatutoryHighAge": "16"}
    assert read_one(**{"PhaseOfEducation (code)": "0"}, **ages).phase == "secondary"


def test_personal_columns_are_not_kept() -> None:
    assert "Secret" not in repr(read_one())
    assert "01954000000" not in repr(read_one())


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("NumberOfPupils", "SUPP", "not_a_number"),
        ("PercentageFSM", "z", "not_a_number"),
        ("PercentageFSM", "101", "not_a_number"),
        ("Easting", "-5", "not_a_number"),
        ("Northing", "nan", "not_a_number"),
        ("PhaseOfEducation (code)", "9", "unknown_phase"),
        ("PhaseOfEducation (code)", "", "unknown_phase"),
        ("TypeOfEstablishment (code)", "99", "unknown_type"),
    ],
)
def test_what_can_be_done_without_is_a_finding(column: str, text: str, code: str) -> None:
    (found,) = read(gias(row(URN="100001", **{column: text}))).findings
    assert (found.row, found.column, found.urn, found.code) == (2, column, "100001", code)


def test_a_closed_school_without_a_date_is_a_finding() -> None:
    (found,) = read(gias(row(**{"EstablishmentStatus (code)": "2"}))).findings
    assert found.code == "no_close_date"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("URN", ""),
        ("URN", "1234"),
        ("URN", "1234567"),
        ("URN", "012345"),
        ("URN", "12345x"),
        ("URN", "１２３４５６"),
        ("EstablishmentName", " "),
        ("LA (code)", "Camb"),
        ("LA (code)", "8730"),
        ("LA (name)", ""),
        ("TypeOfEstablishment (code)", "1.0E2"),
        ("TypeOfEstablishment (code)", "1234567890"),
        ("EstablishmentTypeGroup (code)", ""),
        ("EstablishmentStatus (code)", "5"),
        ("EstablishmentStatus (code)", ""),
        ("OpenDate", "2025-08-31"),
        ("OpenDate", "31-02-2025"),
        ("CloseDate", "soon"),
        ("LastChangedDate", "08-31-2025"),
        ("Trusts (code)", "The Trust"),
    ],
)
def test_a_broken_row_refuses_the_file_and_says_where(column: str, text: str) -> None:
    raw = gias(row(URN="100001"), row(**{column: text}), encoding="utf-8")
    refusal = refused(raw)
    assert refusal.code == "row_broken"
    assert [pointer for pointer, _ in refusal.errors] == [f"/rows/3/{column}"]
    assert "Row 3" in refusal.detail
    assert column in refusal.detail


def test_a_row_of_another_width_is_broken() -> None:
    raw = gias(row(URN="100001")) + b'"100002","873"\r\n'
    refusal = refused(raw)
    assert (refusal.code, refusal.errors[0][0]) == ("row_broken", "/rows/3/URN")
    assert "2 fields" in refusal.detail


def test_an_open_quote_is_a_broken_row() -> None:
    assert refused(gias(row()) + b'"100002,').code == "row_broken"


def test_a_repeated_urn_names_both_rows() -> None:
    refusal = refused(gias(row(URN="100001"), row(URN="100002"), row(URN="100001")))
    assert (refusal.code, refusal.errors[0][0]) == ("urn_repeated", "/rows/4/URN")
    assert "row 2" in refusal.detail


def test_up_to_a_hundred_problems_are_listed() -> None:
    refusal = refused(gias(*[row(CloseDate="soon") for _ in range(150)]))
    assert len(refusal.errors) == 100
    assert "150 problems" in refusal.detail


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    header = [name for name in HEADER if name != column]
    refusal = refused(gias(row(), header=header))
    assert (refusal.code, refusal.errors[0][0]) == ("column_missing", f"/rows/1/{column}")


@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).filter(str.strip))
def test_any_name_is_read_as_written(name: str) -> None:
    raw = gias(row(EstablishmentName=name), encoding="utf-8")
    assert read(raw).rows[0].name == name.strip()


@given(cells=st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=30))
def test_any_row_is_read_or_refused_with_its_place(cells: list[str]) -> None:
    line = ",".join('"' + cell.replace('"', '""').replace("\0", "") + '"' for cell in cells)
    refusal = refusal_of(gias(row(), encoding="utf-8") + line.encode() + b"\r\n")
    assert refusal is None or all(pointer.startswith("/rows/3/") for pointer, _ in refusal.errors)
