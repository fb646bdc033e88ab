"""Tables as files: what spreadsheet programs make of them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_reporting.api.csv_form import to_csv

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def read(file: bytes) -> list[list[str]]:
    assert file.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with a byte order mark"
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_the_header_is_the_first_row_and_letters_survive() -> None:
    table: list[list[Any]] = [["urn", "name"], ["110623", "Ælfthrith’s Lode, “Upper” School\nAnnexe"]]
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


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n")))
def test_no_text_begins_as_a_formula_and_none_is_lost(text: str) -> None:
    ((cell,),) = read(to_csv([[text]])) or [[""]]
    assert not cell.lstrip(" ").startswith(tuple(FORMULA_STARTS))
    assert cell.removeprefix("'") == text.removeprefix("'")
