"""Figures use the trust, authority and phase of schools on their day, or the present ones."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.reporting import factories as make
from tests.reporting.conftest import NOW, Receive
from tests.reporting.descriptions import SEPTEMBER, changed, hub, imported
from tests.reporting.looking import page_of

from hub_contracts import Event
from hub_contracts.enrolment import SchoolClosed, SchoolImported, SchoolSucceeded
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report

Run = Callable[..., Report]
LEFT, RECODED = date(2026, 1, 4), date(2028, 4, 1)
LATER = datetime(2028, 11, 1, 12, tzinfo=UTC)
YEAR: dict[str, Any] = {"starts_on": SEPTEMBER, "ends_on": date(2026, 8, 31)}
FEN = {"trust_uid": "X", "trust_name": "Fen Trust"}


@pytest.fixture(name="run")
def _run(sessions: Sessions, options: Options) -> Run:
    def run(name: str, *, now: datetime = NOW, **asked: Any) -> Report:
        with sessions.begin() as session:
            return run_report(session, ReportQuery(name=name, **YEAR | asked), options=options, now=now)

    return run


def urns(report: Report) -> list[str]:
    return [row["urn"] for row in report.rows]


def test_a_school_that_left_a_trust_counts_for_it_until_then(run: Run, receive: Receive) -> None:
    leaves, stays = imported("110001", **FEN), imported("110002", **FEN)
    receive(
        [leaves, stays, changed(leaves, date(2026, 2, 1), trust_uid=None, trust_name=None, trust_since=LEFT)]
    )
    for as_at, inside in (
        (date(2025, 12, 1), ["110001", "110002"]),
        (date(2026, 1, 3), ["110001", "110002"]),
        (LEFT, ["110002"]),
        (date(2026, 2, 15), ["110002"]),
    ):
        assert urns(run("engagement", scope="trust:X", as_at=as_at)) == inside
    assert urns(run("engagement", scope="trust:X", as_at=date(2025, 12, 1), facts="now")) == ["110002"]


def test_a_school_that_joins_a_trust_counts_for_it_from_then(run: Run, receive: Receive) -> None:
    joins = imported("110001")
    joined = changed(joins, date(2026, 3, 1), **FEN)
    receive([joins, imported("110002", **FEN), joined])
    assert urns(run("engagement", scope="trust:X", as_at=date(2026, 2, 28))) == ["110002"]
    assert urns(run("engagement", scope="trust:X", as_at=date(2026, 3, 1))) == ["110001", "110002"]
    receive([make.delivered(changed(joins, date(2026, 3, 9), **FEN, trust_since=LEFT), 3)])
    assert urns(run("engagement", scope="trust:X", as_at=date(2026, 1, 3))) == ["110002"]
    assert urns(run("engagement", scope="trust:X", as_at=LEFT)) == ["110001", "110002"]


def recoded() -> list[Event]:
    """Receive two connected schools of Cambridgeshire, one of which moves to another authority."""
    school = imported("110001")
    new = changed(school, RECODED, la_code="940", la_name="North Cambridgeshire", district_code="E06000099")
    places = [make.group("Fractions"), make.place("Fractions", "Ada", "110001")]
    seen = make.register("Fractions", 1, date(2025, 10, 8), [("Ada", "110001", "present")])
    return [hub(area_la_codes=["873"]), school, imported("110002"), make.connected("110001"), *places,
            make.session("Fractions", 1, date(2025, 10, 8)), seen, new]  # fmt: skip


def test_recoded_authority_changes_no_earlier_figure_and_removes_no_school(
    run: Run, receive: Receive
) -> None:
    events = recoded()
    receive(events[:-1])
    asked = [
        (name, scope)
        for name in ("engagement", "connected-schools", "attendance", "work-group-composition")
        for scope in ("la:873", "hub", "connected")
    ]

    def told() -> list[tuple[int, int | None, Any]]:
        reports = [run(name, scope=scope, now=LATER) for name, scope in asked]
        return [(report.n, report.of, report.rows) for report in reports]

    before = told()
    receive([make.delivered(events[-1], 9)])
    assert told() == before
    then = {"starts_on": date(2028, 9, 1), "ends_on": date(2028, 10, 31), "now": LATER}
    assert urns(run("engagement", scope="hub", **then)) == ["110001", "110002"]
    assert urns(run("engagement", scope="la:873", **then)) == ["110002"]
    assert urns(run("engagement", scope="la:940", **then)) == ["110001"]
    assert run("engagement", scope="la:940", **then).scope_name == "North Cambridgeshire"
    assert run("engagement", scope="la:940", now=LATER).of == 0, "no school was in it"
    assert run("engagement", scope="la:873", facts="now", now=LATER).of == 1


def test_authority_without_present_schools_is_still_a_scope(run: Run, receive: Receive) -> None:
    school = imported("110001")
    receive([school, changed(school, RECODED, la_code="940", la_name="North Cambridgeshire")])
    report = run(
        "engagement", scope="la:873", now=LATER, starts_on=date(2028, 9, 1), ends_on=date(2028, 10, 31)
    )
    assert (report.n, report.of, report.scope_name) == (0, 0, "Cambridgeshire")
    with pytest.raises(Refused, match="unknown_scope"):
        run("engagement", scope="la:941", now=LATER)


GROWN = date(2026, 3, 30)


def grown() -> list[Event]:
    """Receive a trust that gets a new UID and keeps its company."""
    old = {"trust_uid": "2055", "trust_name": "Ouse", "companies_house": "07795736"}
    new = {"trust_uid": "20364", "trust_name": "Ouse Learning", "companies_house": "07795736"}
    first = imported("110001", **old)
    return [
        first,
        changed(first, GROWN, **new),
        imported("110002", **new),
        imported("110003", trust_uid="7", trust_name="Nene"),
        make.connected("110001"),
        make.connected("110002"),
        make.post("Ada", "110001"),
        make.post("Emmy", "110002"),
        make.post("Sofia", "999999", trust_uid="2055"),  # a school without events
    ]


@pytest.mark.parametrize("as_at", [date(2026, 3, 29), GROWN])
def test_a_trust_is_the_same_under_each_of_its_uids(run: Run, receive: Receive, as_at: date) -> None:
    receive(grown())
    for scope in ("trust:2055", "trust:20364", "trust:07795736"):
        assert urns(run("engagement", scope=scope, as_at=as_at)) == ["110001", "110002"]
    assert run("leadership-spread", as_at=as_at).figures["trusts"] == 1
    assert run("connected-schools", as_at=as_at).figures["trusts"] == 1
    with pytest.raises(Refused, match="unknown_scope"):
        run("engagement", scope="trust:2056", as_at=as_at)


def test_page_offers_a_trust_once_and_names_the_day_of_facts(
    sessions: Sessions, options: Options, receive: Receive
) -> None:
    receive([*grown(), hub(name="Fens Maths Hub")])
    page = page_of(sessions, options, year="2025/26")
    assert [one.text for one in page.every("option")].count("Ouse Learning") == 1
    assert "those of 31 August 2026, the day of the report" in page.one("counts").text
    assert page.of_class("brand")[0].text == "Fens Maths Hub"


def test_phase_and_name_of_a_school_are_those_of_the_day(run: Run, receive: Receive) -> None:
    school = imported("110001")
    receive([school, changed(school, date(2026, 4, 1), name="All-through", phase="all_through")])
    assert urns(run("engagement", scope="phase:primary", as_at=date(2026, 3, 31))) == ["110001"]
    assert run("engagement", scope="la:873", as_at=date(2026, 3, 31)).rows[0]["name"] == "School 110001"
    assert urns(run("engagement", scope="phase:all_through", as_at=date(2026, 4, 1))) == ["110001"]


def succession(
    *, close_date: date | None, established_on: date | None, successor: SchoolImported
) -> list[Event]:
    return [
        hub(area_la_codes=["873"]),
        imported("110001"),
        make.connected("110001"),
        SchoolClosed(urn="110001", close_date=close_date),
        SchoolSucceeded(
            urn="110001", successor_urn="199999", link_type="Successor", established_on=established_on
        ),
        successor,
    ]


@pytest.mark.parametrize(
    ("close_date", "established_on", "first_day"),
    [
        (date(2025, 12, 31), date(2026, 5, 5), date(2026, 1, 1)),
        (None, date(2026, 5, 5), date(2026, 5, 5)),
        (None, None, make.NOON.date()),  # when it was announced
    ],
)
def test_successor_counts_from_the_day_that_the_kernel_computes(
    run: Run, receive: Receive, close_date: date | None, established_on: date | None, first_day: date
) -> None:
    norfolk = imported("199999", la_code="926", la_name="Norfolk")
    receive(succession(close_date=close_date, established_on=established_on, successor=norfolk))
    for day, connected in ((first_day.replace(day=max(1, first_day.day)), True), (SEPTEMBER, False)):
        assert ("199999" in urns(run("connected-schools", as_at=day))) is connected
    last = run("engagement", scope="hub", as_at=date(2026, 8, 31))
    assert urns(last) == ["199999"], "a successor stays in the area of the school that it stands for"


def test_hub_without_description_has_no_area(run: Run, receive: Receive) -> None:
    receive([imported("110001")])
    report = run("engagement", scope="hub")
    assert (report.n, report.of, report.rows) == (0, 0, [])
    assert report.scope_name == "the hub's area (the hub has not been described yet)"
    receive([hub(area_la_codes=[], area_district_codes=["E07000012"])])
    report = run("engagement", scope="hub")
    assert (report.of, report.scope_name) == (1, "the hub's area: South Cambridgeshire")


@pytest.mark.parametrize(
    ("described", "inside"),
    [
        ({"extra_urns": ["110008"]}, ["110001", "110008"]),
        ({"excluded_urns": ["110001"]}, []),
        ({"area_la_codes": ["926"], "area_district_codes": ["E07000012"]}, ["110001", "110008"]),
    ],
)
def test_area_is_that_of_the_description_with_its_exceptions(
    run: Run, receive: Receive, described: dict[str, list[str]], inside: list[str]
) -> None:
    norfolk = imported("110008", la_code="926", la_name="Norfolk", district_code=None, district_name=None)
    first = {"area_la_codes": ["873"]}
    receive([hub(**first), hub(**(first | described)), imported("110001"), norfolk])
    assert urns(run("engagement", scope="hub")) == inside


TAKEN_OVER = """
UPDATE school_facts SET holds_from = '0001-01-01';
UPDATE school_trusts SET said_on = '0001-01-01';
UPDATE successions SET announced_on = NULL
"""


def test_replayed_events_complete_rows_of_an_upgrade(sessions: Sessions, receive: Receive, run: Run) -> None:
    first = imported("110001", **FEN)
    left = changed(first, date(2026, 2, 1), trust_uid=None, trust_name=None, name="Renamed")
    ends = succession(close_date=date(2026, 3, 31), established_on=None, successor=imported("199999"))[3:]
    everything = make.in_order([first, left, *ends])
    receive(everything[1:])
    with sessions.begin() as session:
        session.execute(sa.text(TAKEN_OVER))
    before = run("engagement", scope="la:873", as_at=date(2025, 12, 1))
    assert before.rows[0]["name"] == "Renamed"
    receive(everything)
    after = run("engagement", scope="trust:X", as_at=date(2025, 12, 1))
    assert [row["name"] for row in after.rows] == ["School 110001"]
    with sessions.begin() as session:
        days = session.execute(sa.text("SELECT announced_on FROM successions")).scalars().all()
    assert days == [make.NOON.date()]
