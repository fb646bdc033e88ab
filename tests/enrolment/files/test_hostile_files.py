"""Files that are no lists, or made to do harm: each is one clear sentence with a code, and nothing is hurt.

They are read as the service reads them, by a process of its own.
"""

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.enrolment.hostile_files import HOSTILE, ROW, USUAL, refusal_of
from tests.enrolment.workbook_files import as_parts, packed, sheet_of

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.files.lists import read_list
from hub_enrolment.files.reading import read_register
from hub_enrolment.files.uploads import read_listing


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
