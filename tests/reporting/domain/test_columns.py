"""Columns of reports in words, and the choice of rows by their codes."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.refusals import Refused
from hub_reporting.domain import columns
from hub_reporting.domain.catalogue import BY_NAME, DEFINITIONS
from hub_reporting.domain.composition import Verdict
from hub_reporting.domain.engagement import LEVELS
from hub_reporting.domain.periods import Period
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES
from hub_reporting.domain.scopes import CONNECTED
from hub_reporting.domain.visits import Status


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_every_column_has_a_heading_of_its_own_in_words(definition: Any) -> None:
    headings = [columns.HEADINGS[name] for name in columns.without_pseudonyms(definition.columns)]
    assert len(headings) == len(set(headings))
    assert not any("_" in heading for heading in headings)
    assert not set(columns.without_pseudonyms(definition.columns)) & columns.PSEUDONYMS


@pytest.mark.parametrize(
    ("column", "codes"),
    [("status", tuple(Status)), ("verdict", tuple(Verdict)), ("level", ("none", *LEVELS)), ("phase", PHASES)],
)
def test_every_code_has_words(column: str, codes: tuple[str, ...]) -> None:
    for code in codes:
        assert "_" not in str(columns.in_words(column, code))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("status", "late", "visited, logged late"),
        ("half_term", "2025-6", "Summer 2 2025/26"),
        ("half_term", "2099-1", "Autumn 1 2099/00"),
        ("kind", "department_pd", "meeting of the whole department"),
        ("led", False, "no"),
        ("in_range", None, None),
        ("roles", "hub_lead pd_lead", "hub lead pd lead"),
        ("teachers_n", 0, 0),
        ("name", "St_Mary", "St_Mary"),
        ("on", date(2025, 9, 1), date(2025, 9, 1)),
    ],
)
def test_cell_is_shown_in_words(column: str, value: Any, words: Any) -> None:
    assert columns.in_words(column, value) == words


def report_of(statuses: list[str]) -> Report:
    day = date(2025, 9, 1)
    rows = [dict.fromkeys(BY_NAME["visit-compliance"].columns) | {"status": status} for status in statuses]
    return Report(
        definition=BY_NAME["visit-compliance"], period=Period(day, day, day), scope=CONNECTED,
        scope_name="all", n=1, of=2, rows=rows,
    )  # fmt: skip


@given(st.lists(st.sampled_from(Status)), st.sets(st.sampled_from(Status), min_size=1))
def test_filter_keeps_rows_with_one_of_its_values_and_all_figures(
    statuses: list[str], wanted: set[str]
) -> None:
    report = report_of(statuses)
    chosen = report.filtered({"status": ",".join(sorted(wanted))})
    assert [row["status"] for row in chosen.rows] == [status for status in statuses if status in wanted]
    assert (chosen.n, chosen.of) == (report.n, report.of)
    assert report.filtered({}).rows == report.rows


def test_unknown_filter_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        report_of([]).filtered({"level": "none"})
    assert (refused.value.code, refused.value.pointer) == ("unknown_filter", "/level")
    assert "half_term" in refused.value.detail
