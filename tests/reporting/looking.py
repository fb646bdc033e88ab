"""The dashboard as a parsed page, and checks of the structure of every page."""

from datetime import datetime
from itertools import pairwise

from tests.reporting.conftest import NOW
from tests.reporting.reading import Element, read

from hub_platform.database import Sessions
from hub_reporting.commands import DashboardQuery
from hub_reporting.config import Options
from hub_reporting.pages import rendering
from hub_reporting.queries.dashboard import dashboard
from hub_reporting.queries.freshness import freshness


def page_of(
    sessions: Sessions,
    options: Options,
    *,
    now: datetime = NOW,
    year: str = "",
    scope: str = "",
    facts: str = "as_at",
) -> Element:
    with sessions.begin() as session:
        fresh = freshness(session, options.hub_id)
        shown = dashboard(
            session, DashboardQuery(year=year, scope=scope, facts=facts), fresh, options=options, now=now
        )
    return read(rendering.dashboard(shown))


def tile(page: Element, heading: str) -> Element:
    (found,) = [t for t in page.of_class("tile") if t.every("h2")[0].text == heading]
    return found


def check_structure(page: Element) -> None:
    """Check the requirements of WCAG 2.2 that a program can check."""
    (html,) = page.every("html")
    assert html.attributes["lang"] == "en-GB"
    assert page.every("title")[0].text
    levels = [int(h.tag[1]) for h in page.every("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    ids = [one.attributes["id"] for one in page.every() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for one in page.every():
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for target in (one.attributes.get(name) or "").split():
                assert target in ids, f"{name} points at {target}"
    for link in page.every("a", "use"):
        target = link.attributes.get("href") or ""
        assert target
        assert not target.startswith("#") or target[1:] in ids, f"{target} leads nowhere"
    labelled = {one.attributes["for"] for one in page.every("label")}
    assert {one.attributes["id"] for one in page.every("input", "select")} <= labelled
    check_landmarks(page)
    check_tables(page)
    check_pictures(page)


def check_landmarks(page: Element) -> None:
    """Check that landmarks have distinct names (axe: landmark-unique)."""
    marks = [one for one in page.every() if one.tag in {"section", "nav"} or "role" in one.attributes]
    names = [
        one.attributes.get("aria-label") or page.one(one.attributes["aria-labelledby"] or "").text
        for one in marks
        if one.tag != "svg"
    ]
    assert len(names) == len(set(names)), names


def check_tables(page: Element) -> None:
    for table in page.every("table"):
        assert table.every("caption")[0].text
        assert all(th.attributes.get("scope") in {"col", "row"} for th in table.every("th"))
        width = len(table.every("thead")[0].every("th"))
        for row in [row for part in table.every("tbody", "tfoot") for row in part.every("tr")]:
            assert len(row.every("th", "td")) == width
            assert len(row.every("th")) == 1
            assert all(cell.text for cell in row.every("th", "td")), "no cell is only a colour"


def check_pictures(page: Element) -> None:
    for svg in page.every("svg"):
        if svg.attributes.get("aria-hidden") == "true":
            continue
        assert svg.attributes["role"] == "img"
        title, desc = (next(c for c in svg.every(tag)) for tag in ("title", "desc"))
        assert title.text
        assert len(desc.text) > 20
        assert svg.attributes["aria-labelledby"] == f"{title.attributes['id']} {desc.attributes['id']}"


def check_policy(page: Element) -> None:
    """Check that the page loads only the style sheet and the icon."""
    assert page.every("script", "style", "iframe", "object") == []
    for one in page.every():
        assert not [name for name in one.attributes if name == "style" or name.startswith("on")]
