"""Tables as files: what spreadsheet programs make of them."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_local.places import ROOT
from hub_platform.csv_writer import guarded, to_csv, unguarded

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
LINE_ENDS = "\r\n\v\f\x85\u2028\u2029"


def read(file: bytes) -> list[list[str]]:
    assert file.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with a byte order mark"
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_the_header_is_the_first_row_and_accents_survive() -> None:
    table: list[list[Any]] = [["urn", "name"], ["110623", "Ælfthrith’s Lode, “Upper” School, Annexe"]]
    assert read(to_csv(table)) == table


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+44", "'+44"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        (-2, "-2"),  # a number of ours is no formula
        (69.9, "69.9"),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (date(2025, 9, 4), "2025-09-04"),
    ],
)
def test_a_cell_is_never_run_as_a_formula(value: Any, cell: str) -> None:
    assert read(to_csv([["head"], [value]])) == [["head"], [cell]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_line_end_inside_a_cell_begins_no_new_cell(end: str) -> None:
    assert read(to_csv([[f"Annexe{end}=1+1"]])) == [["Annexe =1+1"]]
    assert read(to_csv([[f"{end}=1+1"]])) == [["' =1+1"]]


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u200b", "\ufeff", "\u3000", " \u00a0 "])
def test_a_sign_after_blanks_that_are_not_seen_is_guarded(blank: str) -> None:
    assert read(to_csv([[f"{blank}=1+1"], [f"{blank}Ada"]])) == [[f"'{blank}=1+1"], [f"{blank}Ada"]]


def test_excel_finds_utf_8_rows_end_in_crlf_and_commas_are_quoted() -> None:
    assert to_csv([["a", "b,c"], [1, 'say "x"']]) == b'\xef\xbb\xbfa,"b,c"\r\n1,"say ""x"""\r\n'


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_no_text_begins_as_a_formula_and_all_of_it_but_line_ends_comes_back(text: str) -> None:
    ((cell,),) = read(to_csv([[text]])) or [[""]]
    assert not cell.lstrip().startswith(tuple(FORMULA_STARTS))
    assert not any(end in cell for end in LINE_ENDS)
    assert "".join(unguarded(cell).split()) == "".join(text.split())


@given(st.text(alphabet="'=+-@\t ＝Ada"))
def test_a_guarded_cell_is_read_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_no_service_writes_csv_in_another_way() -> None:
    """`files/program.py` writes rows for the process that started it, never for a spreadsheet."""
    writers = {
        str(path.relative_to(ROOT))
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)\(", path.read_text("utf-8"))
    }
    assert writers == {
        "services/enrolment/hub_enrolment/files/program.py",
        "shared/hub_platform/csv_writer.py",
    }
