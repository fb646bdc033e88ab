"""The page of a report: in words, without ids of people, with the same rows as the file."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive
from tests.reporting.looking import check_policy, check_structure
from tests.reporting.reading import Element, read
from tests.reporting.small_hub import small_hub

from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.pages import rendering, report_table
from hub_reporting.queries.reports import run_report

YEAR = {"from": "2025-09-01", "to": "2026-08-31"}


def page_of(sessions: Sessions, options: Options, name: str, **filters: str) -> Element:
    asked: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2026, 8, 31), "filters": filters}
    with sessions.begin() as session:
        report = run_report(session, ReportQuery(name=name, **asked), options=options, now=NOW)
    return read(rendering.report(options.hub_name, report, YEAR | filters))


@pytest.mark.parametrize("name", [definition.name for definition in DEFINITIONS])
def test_every_report_has_a_page(sessions: Sessions, receive: Receive, options: Options, name: str) -> None:
    receive(small_hub())
    page = page_of(sessions, options, name)
    check_structure(page)
    check_policy(page)
    people = [str(make.an_id(person)) for person in ("Ada", "Emmy", "PD lead")]
    assert not any(id_ in page.text for id_ in people)


def test_page_has_the_filtered_rows_in_words_and_links_to_the_same_file(
    sessions: Sessions, receive: Receive, options: Options
) -> None:
    receive(small_hub())
    page = page_of(sessions, options, "visit-compliance", status="late,missed")
    assert page.every("h1")[0].text == "Visits due and held: connected schools"
    assert page.every("h2")[0].text == "3 rows"
    assert "status: visited, logged late or missed" in page.of_class("sub")[0].text
    first = [cell.text for cell in page.every("tbody")[0].every("tr")[0].every("th", "td")]
    assert first[:2] == ["School 110001", "110001"]
    assert "visited, logged late" in first
    assert "5 November 2025" in first
    csv = urlsplit(page.of_class("tools")[0].every("a")[0].attributes["href"] or "")
    assert csv.path == "/reporting/v1/reports/visit-compliance"
    asked = {name: values[0] for name, values in parse_qs(csv.query).items()}
    assert asked == YEAR | {"status": "late,missed", "format": "csv"}


def test_long_report_shows_its_first_rows_with_a_note(
    sessions: Sessions, receive: Receive, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_table, "ROWS_SHOWN", 2)
    receive(small_hub())
    page = page_of(sessions, options, "connected-schools")
    assert len(page.every("tbody")[0].every("tr")) == 2
    assert "first 2 rows; the CSV file has all of them" in page.text
    assert page.every("h2")[0].text == "4 rows"


def test_report_without_rows_shows_none_yet(sessions: Sessions, options: Options) -> None:
    page = page_of(sessions, options, "visit-compliance")
    assert page.every("table") == []
    assert "None yet." in page.text
