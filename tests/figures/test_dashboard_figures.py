"""Every number on the dashboard is what plain SQL finds in the publishers' databases, under six filters."""

from typing import Any, Final

import pytest
from tests.cases.answers import dashboard
from tests.cases.hub import RunningHub
from tests.figures.looking import (
    attention,
    districts,
    group_rows,
    map_key,
    month_rows,
    numbers,
    tile,
    visit_cells,
    without_names,
)
from tests.figures.periods import PERIODS
from tests.figures.publishers import Publishers, plain
from tests.figures.small_year import TRUSTS
from tests.reporting.reading import Element

FILTERS: Final = ("", "hub", "la:873", "la:874", "phase:primary", f"trust:{TRUSTS[0]}")
HEADLINE: Final = "la:873"  # scope of the first figure without a filter
YEARS: Final = {
    "2026/27": PERIODS["this year"],
    "2025/26": PERIODS["last year"],
    "2023/24": PERIODS["a year without data"],
}
Figures = dict[str, Any]


def some(*values: Any) -> list[float]:
    """The numbers that are shown: not those that are 0 or unknown."""
    return [float(value) for value in values if value]


def engaged_tile(headline: Figures, _own: Figures, _scope: str) -> list[float]:
    attended = headline["engagement/attended"]
    signed_up, completed = (headline[f"engagement/{level}"]["n"] for level in ("signed_up", "completed"))
    return [*(some(attended["rate"])), attended["n"], attended["N"], signed_up, completed]


def connected_tile(_headline: Figures, own: Figures, scope: str) -> list[float]:
    n, of = own["connected-schools/n"], own["connected-schools/N"]
    places = [own["connected-schools/districts"], own["connected-schools/trusts"], own["dashboard/new"]]
    return [*some(n), *([of] if scope else []), *(places if n else [])]


def supported_tile(_headline: Figures, own: Figures, _scope: str) -> list[float]:
    term = own["dashboard/half_term"]
    if term is None:
        return some(own["intensive-support-coverage/n"])
    n, of = own["visit-compliance/n"], own["visit-compliance/N"]
    kept = [n, of, int(1000 * n / of) / 10] if of else []
    shown = some(*(term[name] for name in ("excused", "missed", "to_log", "to_come")))
    return [term["seen"], term["owed"], *shown, *kept]


def leadership_tile(_headline: Figures, own: Figures, _scope: str) -> list[float]:
    n, apart = own["leadership-spread/n"], len(own["leadership-spread/maintained_schools"])
    if not n:
        return []
    return [n, own["leadership-spread/schools"], own["leadership-spread/trusts"], *some(apart)]


def lead_schools_tile(_headline: Figures, own: Figures, _scope: str) -> list[float]:
    of_the_hub = own["work-group-lead-schools/groups_of_the_hub"]
    if not own["work-group-lead-schools/n"]:
        return some(of_the_hub)
    names = ("n", "groups", "groups_of_the_hub", "leads")
    return [own[f"work-group-lead-schools/{name}"] for name in names]


TILES: Final = {
    "Schools engaged": engaged_tile,
    "Connected schools": connected_tile,
    "Supported schools": supported_tile,
    "Leadership": leadership_tile,
    "Lead schools": lead_schools_tile,
}


def check_groups(page: Element, own: Figures) -> None:
    """The heading and the table of Work Groups, and the shares below the heading."""
    n, of = own["work-group-composition/n"], own["work-group-composition/N"]
    assert numbers(page.one("groups-title").text) == ([n, of] if of else [])
    assert plain(group_rows(page)) == own["dashboard/groups"]
    shares = [numbers(without_names(one.text)) for one in page.one("groups").every("li")]
    expected = []
    for name in ("attendance", "task-completion"):
        n, of = own[f"{name}/n"], own[f"{name}/N"]
        expected += [[int(1000 * n / of) / 10, n, of]] if of else []
    assert shares == expected


def check_visits(page: Element, own: Figures) -> None:
    """The table of visits, cell by cell, and its last line."""
    terms = sorted({one["half_term"] for one in own["dashboard/visits"]})
    whole = {"visit": "", "department_pd": " whole department"}
    expected = [
        (one["school"] + whole[one["kind"]], str(terms.index(one["half_term"])), one["status"])
        for one in own["dashboard/visits"]
    ]
    assert sorted(visit_cells(page)) == sorted(expected)
    totals = [numbers(cell.text) for foot in page.one("visits").every("tfoot") for cell in foot.every("td")]
    shares = sorted(own["visit-compliance/by_half_term"], key=lambda one: str(one["half_term"]))
    assert [[one[0], one[-1]] for one in totals] == [[one["n"], one["N"]] for one in shares]


def check_reach(page: Element, headline: Figures) -> None:
    """The months of the chart, and the districts of the map."""
    months = sorted(headline["engagement/by_month"], key=lambda one: str(one["until"]))
    shown = month_rows(page) if headline["engagement/signed_up"]["n"] else []
    expected = [[one[level] for level in ("signed_up", "attended", "completed")] for one in months]
    assert shown == (expected if headline["engagement/signed_up"]["n"] else [])
    assert plain(districts(page)) == headline["dashboard/districts"]
    (drawn,) = [numbers(one.text)[0] for one in page.every("title") if "Map of" in one.text]
    assert sum(map_key(page)) == drawn


def check_attention(page: Element, hub: RunningHub, headline: Figures, own: Figures) -> None:
    """Each item counts what SQL does, and leads to a list of so many rows."""
    names = ("outside_now", "outside_ended", "not_planned", "without_lead", "messages")
    expected = [own[f"dashboard/{name}"] for name in names]
    others = ("visit-compliance/missed", "data-quality/register_not_taken", "data-quality/closed_school")
    expected += [own[name] for name in others]
    expected.append(headline["engagement/signed_up"]["n"] - headline["engagement/attended"]["n"])
    shown = attention(page)
    assert sorted(number for number, _ in shown) == sorted(number for number in expected if number)
    for number, address in shown:
        reply = hub("GET", f"/reporting/v1{address}")  # the same list as JSON
        assert (reply.status, len(reply.json["rows"])) == (200, number), address


@pytest.mark.parametrize("scope", FILTERS)
@pytest.mark.parametrize("year", YEARS)
def test_every_number_on_the_dashboard_is_what_the_publishers_databases_say(
    filled: RunningHub, publishers: Publishers, year: str, scope: str
) -> None:
    publishers.stand(*YEARS[year])
    own, headline = (
        publishers.figures(chosen) | publishers.figures(chosen, "dashboard.sql")
        for chosen in (scope or "connected", scope or HEADLINE)
    )
    page = dashboard(filled, scope=scope, year=year)
    shown = {heading: tile(page, heading) for heading in TILES}
    assert shown == {heading: expected(headline, own, scope) for heading, expected in TILES.items()}
    check_groups(page, own)
    check_visits(page, own)
    check_reach(page, headline)
    check_attention(page, filled, headline, own)
