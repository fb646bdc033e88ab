"""The hub's description, and the rule of its area in the database."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, TODAY, apply, events
from tests.enrolment.register_files import CLOSED, gias, links, row

from hub_enrolment.commands.hub import DescribeHub
from hub_enrolment.handlers import hub, schools
from hub_enrolment.models import Hub, School, SchoolPlacement
from hub_enrolment.store import hub as store
from hub_enrolment.store import successions as succession_store
from hub_kernel.hub_area import Area, in_area
from hub_kernel.refusals import Conflict, Refused, Stale
from hub_platform.database import Sessions

PLACES = {
    "100001": {"LA (code)": "873", "DistrictAdministrative (code)": "E07000012"},
    "100002": {"LA (code)": "873", "DistrictAdministrative (code)": ""},
    "100003": {"LA (code)": "926", "DistrictAdministrative (code)": "E07000008"},
    "100004": {"LA (code)": "926", "DistrictAdministrative (code)": "E07000012"},
    "100005": {"LA (code)": "935", "DistrictAdministrative (code)": ""},
    "100006": {"LA (code)": "935", "DistrictAdministrative (code)": ""},
    "100007": {"LA (code)": "935", "DistrictAdministrative (code)": "E07000008"},
}


NOT_HELD = "100009"  # known from the links file only
SUCCESSORS = {"100003": "100004", "100004": "100005", NOT_HELD: "100006"}

some_urns = st.sets(st.sampled_from([*PLACES, NOT_HELD]))


@pytest.fixture(name="placed")
def _placed(session: Session) -> Session:
    """Three schools that closed one after the other, one that was recoded, and others."""
    rows = {urn: row(URN=urn, **changes) for urn, changes in PLACES.items()}
    apply(session, gias(*rows.values()), file_date=date(2025, 3, 1))
    apply(session, links(*((old, new, "Successor", "") for old, new in SUCCESSORS.items())))
    for urn in ("100003", "100004"):
        rows[urn] |= CLOSED
    rows["100001"] |= {"LA (code)": "940", "LA (name)": "North", "LastChangedDate": "01-06-2025"}
    rows["100007"] |= {"DistrictAdministrative (code)": "E07000010", "LastChangedDate": "01-06-2025"}
    apply(session, gias(*rows.values()), file_date=date(2025, 9, 1))
    return session


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    la_codes=st.sets(st.sampled_from(["873", "926", "940"])),
    district_codes=st.sets(st.sampled_from(["E07000012", "E07000008", "E07000010"])),
    extra_urns=some_urns,
    excluded_urns=some_urns,
)
def test_the_database_filters_by_the_same_rule(placed: Session, **area: Any) -> None:
    asked = Area(**area)
    told = set(placed.scalars(select(School.urn).where(store.in_area(asked, TODAY))))
    outside = set(placed.scalars(select(School.urn).where(~store.in_area(asked, TODAY))))
    ruled = {urn for urn in PLACES if ruled_in(placed, asked, urn)}
    assert told == ruled
    assert outside == set(PLACES) - ruled


def ruled_in(session: Session, area: Area, urn: str) -> bool:
    """Whether the kernel's rule says that a school is in an area, by all that is stored of it."""
    urns = succession_store.stood_for(session, urn, TODAY)
    placements = session.scalars(select(SchoolPlacement).where(SchoolPlacement.urn.in_(urns))).all()
    return in_area(
        area,
        urns=urns,
        la_codes={one.la_code for one in placements},
        district_codes={one.district_code for one in placements if one.district_code is not None},
    )


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({"la_codes": ["873"]}, {"100001", "100002"}),  # 100001 has been recoded since
        ({"la_codes": ["940"]}, {"100001"}),
        ({"la_codes": ["926"]}, {"100003", "100004", "100005"}),  # 100005 follows two schools of 926
        ({"district_codes": ["E07000008"]}, {"100003", "100004", "100005", "100007"}),
        ({"extra_urns": [NOT_HELD]}, {"100006"}),
        ({"la_codes": ["926"], "excluded_urns": ["100003"]}, set()),
    ],
)
def test_no_school_leaves_the_area_by_a_new_code_or_a_new_number(
    placed: Session, changes: dict[str, list[str]], inside: set[str]
) -> None:
    nowhere: dict[str, Any] = {
        "la_codes": [],
        "district_codes": [],
        "extra_urns": [],
        "excluded_urns": [],
    }
    found = placed.scalars(select(School.urn).where(store.in_area(Area(**nowhere | changes), TODAY)))
    assert set(found) == inside


def described(**changes: Any) -> DescribeHub:
    values: dict[str, Any] = {
        "id": "cambridge",
        "name": "Cambridge Maths Hub",
        "lead_school_urn": "100001",
        "trust_uid": None,
        "area_la_codes": ["873"],
        "area_district_codes": [],
        "extra_urns": [],
        "excluded_urns": [],
    }
    return DescribeHub(**values | changes)


def describe(session: Session, expected: int, **changes: Any) -> Hub:
    return hub.describe_hub(session, described(**changes), expected=expected, now=NOW, by=BY)


def test_the_hub_is_described_once_then_changed(placed: Session) -> None:
    first = describe(placed, 0)
    assert (first.revision, first.created_by) == (1, BY)
    assert describe(placed, 7, area_la_codes=["873", "873"]).revision == 1  # the same again
    with pytest.raises(Stale, match="stale"):
        describe(placed, 0, name="Other")
    assert describe(placed, 1, name="Other").revision == 2


OFFICE = {
    "contact_name": "Maths Hub office",
    "contact_email": "office@hub.example",
    "contact_telephone": "01632 960123",
    "privacy_notice": "https://hub.example/privacy",
}


def test_each_description_is_published_with_the_office_and_the_area(placed: Session) -> None:
    describe(placed, 0, area_la_codes=["926", "873", "873"])
    describe(placed, 1, **OFFICE)
    describe(placed, 1, **OFFICE)  # the same again
    first, second = [data for _, data in events(placed, "HubDescribed")]
    assert first == {
        "name": "Cambridge Maths Hub",
        "lead_school_urn": "100001",
        "area_la_codes": ["873", "926"],
        "area_district_codes": [],
        "extra_urns": [],
        "excluded_urns": [],
    }
    assert second == first | {"area_la_codes": ["873"]} | OFFICE


@pytest.mark.parametrize("gone", sorted(OFFICE))
def test_a_contact_that_is_not_named_any_more_is_taken_back(placed: Session, gone: str) -> None:
    describe(placed, 0, **OFFICE)
    left = {name: value for name, value in OFFICE.items() if name != gone}
    assert getattr(describe(placed, 1, **left), gone) is None
    assert gone not in events(placed, "HubDescribed")[-1][1]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"lead_school_urn": "999999"}, "unknown_school", "/lead_school_urn"),
        ({"trust_uid": "9"}, "unknown_trust", "/trust_uid"),
        ({"extra_urns": ["1"], "excluded_urns": ["1"]}, "extra_and_excluded", "/excluded_urns"),
    ],
)
def test_a_hub_that_cannot_be_is_refused(
    placed: Session, changes: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(Refused) as caught:
        describe(placed, 0, **changes)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)
    assert placed.scalar(select(func.count()).select_from(Hub)) == 0
    assert events(placed, "HubDescribed") == []


def test_a_stale_description_saves_and_publishes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        apply(session, gias(row(URN="100001")))
        describe(session, 0)
    with pytest.raises(Stale, match="stale"), database.begin() as session:
        describe(session, 0, **OFFICE)
    with database() as session:
        assert session.scalars(select(Hub.contact_name)).all() == [None]
        assert len(events(session, "HubDescribed")) == 1


def test_without_an_area_no_list_can_ask_for_it(placed: Session) -> None:
    with pytest.raises(Conflict, match="hub_not_described"):
        schools.list_schools(placed, {"q": None, "in_area": True}, day=TODAY)


def test_two_who_describe_it_at_once_make_one_hub(database: Sessions) -> None:
    with database.begin() as session:
        apply(session, gias(row(URN="100001")))
    start, said = threading.Barrier(2), []

    def run(name: str) -> None:
        start.wait(timeout=10)
        try:
            with database.begin() as session:
                describe(session, 0, name=name)
            said.append("made")
        except Stale as exc:
            said.append(exc.code)

    threads = [threading.Thread(target=run, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(said) == ["made", "stale"]
    with database() as session:
        assert session.scalars(select(Hub.revision)).all() == [1]
        assert len(events(session, "HubDescribed")) == 1


def test_a_successor_stands_in_the_area_from_its_first_day(session: Session) -> None:
    old, new = row(URN="100001", **{"LA (code)": "873"}), row(URN="100002", **{"LA (code)": "926"})
    apply(session, gias(old | CLOSED, new))
    apply(session, links(("100001", "100002", "Successor", "")))
    area = Area(la_codes=["873"], district_codes=[], extra_urns=[], excluded_urns=[])
    last_day = date(2025, 8, 31)
    for day, inside in ((last_day, {"100001"}), (last_day + timedelta(1), {"100001", "100002"})):
        assert set(session.scalars(select(School.urn).where(store.in_area(area, day)))) == inside
