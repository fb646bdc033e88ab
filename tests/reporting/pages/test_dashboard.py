"""The dashboard as a parsed page: figures, structure, and tables for all drawings."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.conftest import CONTEXT, NOW, Receive
from tests.reporting.invented import Hub
from tests.reporting.looking import check_policy, check_structure, page_of, tile
from tests.reporting.reading import Element, read
from tests.reporting.small_hub import small_hub
from tests.support.databases import ServiceDatabase
from tests.support.postgres import PostgresServer

from hub_platform.database import Sessions
from hub_reporting.commands import DashboardQuery
from hub_reporting.config import Options
from hub_reporting.handlers import projections
from hub_reporting.pages import rendering
from hub_reporting.queries.dashboard import dashboard
from hub_reporting.queries.freshness import freshness

NOVEMBER = datetime(2025, 11, 18, 16, tzinfo=UTC)


@pytest.fixture(name="year", scope="module")
def _year(postgres: PostgresServer, migrations: Path) -> Sessions:
    """Project the invented hub's year, once for all tests that only read."""
    sessions = ServiceDatabase(postgres, migrations).sessions
    deliveries = make.in_order(Hub().events, at=datetime(2026, 7, 20, 14, 32, tzinfo=UTC))
    with sessions.begin() as session:
        projections.project(session, deliveries, CONTEXT)
    return sessions


def test_the_figures_of_the_year(year: Sessions, options: Options) -> None:
    page = page_of(year, options)
    assert page.every("h1")[0].text == "169 of 272 schools in Cambridgeshire took part in 2025/26"
    engaged = tile(page, "Schools engaged")
    assert engaged.of_class("value")[0].text == "62.1%"
    assert tile(page, "Connected schools").of_class("value")[0].text == "541"
    assert tile(page, "Supported schools").of_class("value")[0].text == "36 of 38"
    assert tile(page, "Leadership").of_class("value")[0].text == "14"
    assert tile(page, "Lead schools").of_class("value")[0].text == "39"
    fresh = page.of_class("fresh")[0].text
    assert fresh.startswith(
        "Newest record: 15:32 on 20 July 2026, counted at 12:00 on 23 November 2026; nothing waiting"
    )


@pytest.mark.parametrize("now", [NOW, NOVEMBER])
def test_page_structure_is_valid(year: Sessions, options: Options, now: datetime) -> None:
    page = page_of(year, options, now=now)
    check_structure(page)
    check_policy(page)


def test_every_drawing_has_a_table_with_the_same_numbers(year: Sessions, options: Options) -> None:
    page = page_of(year, options)
    reach = page.one("reach")
    drawn = [len(reach.every("svg")[-1].every("circle")), len(reach.every("svg")[-1].every("path")) - 1]
    here, headline, elsewhere, totals = [
        [[cell.text for cell in row.every("th", "td")] for row in part.every("tr")]
        for part in reach.every("tbody")
    ]
    assert headline == [["State-funded schools in Cambridgeshire", "169", "272", "62.1%", headline[0][4]]]
    assert [totals[1][column] for column in (0, 2, 4)] == ["All on the map", "541", "38"]
    assert sum(int(row[2]) for row in here) == 272
    assert sum(int(row[2]) for row in [*here, *elsewhere]) == sum(drawn) == 541
    assert sum(int(row[4]) for row in [*here, *elsewhere]) == drawn[1] == 38
    (chart,) = [t for t in page.every("table") if t.every("caption")[0].text.startswith("Schools that had")]
    assert len(chart.every("tbody")[0].every("tr")) == 12
    assert chart.every("tbody")[0].every("tr")[-1].every("td")[1].text == "169"


def test_marks_of_the_map_differ_in_shape_and_colour(year: Sessions, options: Options) -> None:
    drawing = page_of(year, options).one("reach").every("svg")[-1]
    shapes = {
        (one.tag, one.attributes.get("r")): one.attributes["class"] for one in drawing.every("circle", "path")
    }
    assert shapes[("path", None)] in {"supported", "scale"}
    assert {shapes[("circle", "3.1")], shapes[("circle", "2.5")]} == {"engaged", "not_yet"}
    key = page_of(year, options).one("reach").of_class("key")[0].text
    assert key == "engaged 212 with a PD lead 38 not yet 291"


def test_cells_of_the_table_of_visits_have_words(year: Sessions, options: Options) -> None:
    (table,) = page_of(year, options).of_class("visits")
    assert len(table.every("tbody")[0].every("tr")) == 38 + 9, "nine departments have a row of their own"
    words = {cell.text.rsplit(" ", 2)[0] for cell in table.every("tbody")[0].every("td")}
    assert words <= {"visited", "visited, logged late", "missed", "excused"}


def test_visits_to_come_are_shown_and_not_counted(year: Sessions, options: Options) -> None:
    page = page_of(year, options, now=NOVEMBER)
    (table,) = page.of_class("visits")
    assert [th.text for th in table.every("thead")[0].every("th")][1:] == [
        "Aut 1", "Aut 2", "Spr 1", "Spr 2", "Sum 1", "Sum 2",
    ]  # fmt: skip
    assert "to come" in table.text
    assert "have taken part in 2025/26" in page.every("h1")[0].text
    assert "half term 2 of 6, until 19 December" in page.of_class("fresh")[0].text


def test_filters_of_the_address_stay_selected(year: Sessions, options: Options) -> None:
    page = page_of(year, options, year="2025/26", scope="phase:secondary")
    (form,) = page.of_class("filters")
    assert (form.attributes["method"], form.attributes["action"]) == ("get", "/")
    chosen = [o.attributes["value"] for o in form.every("option") if "selected" in o.attributes]
    assert chosen == ["2025/26", "phase:secondary"]
    assert "secondary schools" in page.every("h1")[0].text
    links = [a.attributes["href"] or "" for a in page.every("a")]
    assert all("scope=phase%3Asecondary" in link for link in links if "/reports/" in link)
    check_structure(page)


def test_present_facts_of_schools_can_be_selected_and_stay_selected(year: Sessions, options: Options) -> None:
    def chosen(page: Element) -> list[str | None]:
        (form,) = page.of_class("filters")
        return [
            o.attributes["value"] for o in form.one("facts").every("option") if "selected" in o.attributes
        ]

    assert chosen(page_of(year, options)) == []
    now = page_of(year, options, facts="now")
    check_structure(now)
    assert chosen(now) == ["now"]
    links = [a.attributes["href"] or "" for a in now.every("a")]
    assert all("facts=now" in link for link in links if "/reports/" in link)
    (form,) = page_of(year, options, now=NOVEMBER).of_class("filters")
    assert [s.attributes["id"] for s in form.every("select")] == ["year", "scope"], "both are today's"


def test_hub_without_events_has_a_page(sessions: Sessions, options: Options) -> None:
    page = page_of(sessions, options)
    check_structure(page)
    check_policy(page)
    assert page.every("h1")[0].text == "None yet: no record of schools in LA 873 for 2026/27"
    for heading in (
        "Schools engaged",
        "Connected schools",
        "Supported schools",
        "Leadership",
        "Lead schools",
    ):
        assert tile(page, heading).of_class("value")[0].text == "none yet"
    assert "No records yet" in page.of_class("fresh")[0].text
    assert page.of_class("shares") == [], "there is nothing to have a share of"


def test_values_of_events_are_escaped(sessions: Sessions, receive: Receive, options: Options) -> None:
    nasty = "<script>alert(\"1\")</script> & 'Sons'"
    names = dict.fromkeys(("name", "district_name", "trust_name", "la_name"), nasty)
    school = make.school("110001", trust_uid="1", **names)
    receive([school, make.connected("110001"), make.assignment("110001"), make.group(nasty)])
    page = page_of(sessions, options)
    check_policy(page)
    check_structure(page)
    assert nasty in page.one("visits").text
    assert nasty in page.one("groups").text


def test_contradicting_figures_are_marked(
    year: Sessions, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    with year.begin() as session:
        fresh = freshness(session, options.hub_id)
        shown = dashboard(session, DashboardQuery(), fresh, options=options, now=NOW)
    broken = replace(shown.leadership, checks=[replace(shown.leadership.checks[0], holds=False)])
    page = read(rendering.dashboard(replace(shown, leadership=broken)))
    assert "contradict each other" in page.of_class("alarm")[0].text
    assert page_of(year, options).of_class("alarm") == []


def test_attendance_and_tasks_are_shown_with_the_groups(
    sessions: Sessions, receive: Receive, options: Options
) -> None:
    receive(small_hub())
    page = page_of(sessions, options)
    marks, tasks = page.of_class("shares")[0].every("li")
    assert marks.text.startswith("42.8% attendance: present or late, 3 of 7 marks")
    assert tasks.text.startswith("33.3% of classroom tasks reported on, 1 of 3 due")
    for one, name in ((marks, "attendance"), (tasks, "task-completion")):
        listed, counts = one.every("a")
        assert (listed.attributes["href"] or "").startswith(f"/reports/{name}?")
        assert counts.attributes["href"] == f"#counts-{name}"
    check_structure(page)


def test_cancelled_group_is_shown_as_cancelled_and_needs_no_attention(
    sessions: Sessions, receive: Receive, options: Options
) -> None:
    receive([make.school("110001"), make.group("Ratio"), happened.group_cancelled("Ratio")])
    page = page_of(sessions, options, year="2025/26")
    groups = page.one("groups")
    assert "1 cancelled" in groups.of_class("sub")[0].text
    (row,) = groups.every("tbody")[0].every("tr")
    assert row.every("td")[-1].text == "cancelled"
    assert "Ratio" not in page.one("attention").text


@pytest.mark.parametrize(("error", "title"), [("", "Sign in"), ("Not valid.", "Error: Sign in")])
def test_the_sign_in_page(error: str, title: str) -> None:
    page = read(rendering.sign_in("Cambridge Maths Hub", error))
    check_policy(page)
    check_structure_of_form(page, error)
    assert page.every("title")[0].text == f"{title} · Cambridge Maths Hub"


def check_structure_of_form(page: Element, error: str) -> None:
    (field,) = page.every("input")
    described: Any = field.attributes.get("aria-describedby")
    assert (page.one(described).text if described else "") == error


def test_the_refusal_page() -> None:
    page = read(rendering.refusal("Cambridge Maths Hub", "A scope is <b>that</b>."))
    check_policy(page)
    assert "<b>that</b>" in page.every("main")[0].text
