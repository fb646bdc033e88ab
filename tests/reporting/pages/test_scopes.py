"""The dashboard for every scope: each figure is of its schools or labelled as of the whole hub."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.reporting import factories as make
from tests.reporting.conftest import CONTEXT, NOW
from tests.reporting.invented import Hub
from tests.reporting.looking import check_structure, page_of, tile
from tests.reporting.reading import Element
from tests.support.databases import ServiceDatabase
from tests.support.postgres import PostgresServer

from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.handlers import projections
from hub_reporting.pages.words import NONE_YET
from hub_reporting.queries.reports import run_report

SCOPES = ["", "hub", "la:873", "la:874", "phase:secondary", "trust:10001"]
JUDGING = ("came to nothing", "every school has been seen", "every group", "late visit", "failed to")


@pytest.fixture(name="year", scope="module")
def _year(postgres: PostgresServer, migrations: Path) -> Sessions:
    """Project the invented hub's year, once for all tests that only read."""
    sessions = ServiceDatabase(postgres, migrations).sessions
    with sessions.begin() as session:
        deliveries = make.in_order(Hub().events, at=datetime(2026, 7, 20, 14, 32, tzinfo=UTC))
        projections.project(session, deliveries, CONTEXT)
    return sessions


def figure(page: Element, heading: str, name: str) -> str:
    return tile(page, heading).of_class(name)[0].text


@pytest.mark.parametrize("scope", SCOPES)
def test_the_district_table_adds_up_to_the_headline(year: Sessions, options: Options, scope: str) -> None:
    page = page_of(year, options, scope=scope)
    check_structure(page)
    n, of = page.every("h1")[0].text.split(" ")[:3:2]
    districts, total, *others = [
        [[cell.text for cell in row.every("th", "td")] for row in part.every("tr")]
        for part in page.one("reach").every("tbody")
    ]
    assert [total[0][1], total[0][2]] == [n, of]
    assert [str(sum(int(row[column]) for row in districts)) for column in (1, 2)] == [n, of]
    assert f"{n} of {of}" in figure(page, "Schools engaged", "of")
    assert bool(others) == (scope == ""), "other schools are on the map of the whole hub only"


@pytest.mark.parametrize("scope", SCOPES)
def test_tile_of_lead_schools_counts_the_groups_that_they_lead(
    year: Sessions, options: Options, scope: str
) -> None:
    page = page_of(year, options, scope=scope)
    with year.begin() as session:
        report = run_report(
            session,
            ReportQuery(name="work-group-lead-schools", scope=scope or None),
            options=options,
            now=NOW,
        )
    led = report.figures["groups"]
    assert led <= sum(row["groups_n"] for row in report.rows)
    if report.n:
        groups = "Work Group" if led == 1 else "Work Groups"
        where = "in all" if scope == "" else "in the whole hub"
        assert figure(page, "Lead schools", "of") == f"lead {led} {groups}, of 48 {where}"
    else:
        assert figure(page, "Lead schools", "value") == NONE_YET
        assert figure(page, "Lead schools", "of") == "none of the 48 Work Groups of the whole hub"


@pytest.mark.parametrize("scope", SCOPES)
def test_texts_do_not_judge_schools_or_groups(year: Sessions, options: Options, scope: str) -> None:
    text = page_of(year, options, scope=scope).text
    assert [words for words in JUDGING if words in text] == []


@pytest.mark.parametrize("year_", ["2019/20", "2027/28"])
@pytest.mark.parametrize("scope", SCOPES)
def test_year_without_records_shows_none_yet_and_no_percentage(
    year: Sessions, options: Options, year_: str, scope: str
) -> None:
    page = page_of(year, options, year=year_, scope=scope)
    check_structure(page)
    assert page.every("h1")[0].text.startswith("None yet: ")
    assert figure(page, "Schools engaged", "value") == NONE_YET
    assert figure(page, "Supported schools", "value") == NONE_YET
    assert figure(page, "Lead schools", "value") == NONE_YET
    assert page.one("groups").every("h2")[0].text == "Work Groups: none yet"
    assert "None yet" in page.one("attention").text
    assert "0.0%" not in page.text
    assert "Lowest share in" not in page.text


def test_the_supported_schools_of_a_half_term_add_up(year: Sessions, options: Options) -> None:
    autumn = page_of(year, options, now=datetime(2025, 11, 18, 16, tzinfo=UTC))
    visited, due = figure(autumn, "Supported schools", "value").split(" of ")
    text = figure(autumn, "Supported schools", "of")
    others = [int(word) for word in text.replace(",", "").split() if word.isdecimal()][1:]
    assert int(visited) + sum(others) == int(due) == 38, text
