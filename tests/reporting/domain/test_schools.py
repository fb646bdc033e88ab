"""Open schools on a day, successors, and scopes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.plain import DAY, following, register, school

from hub_kernel.hub_area import Area as HubArea
from hub_kernel.refusals import Refused
from hub_reporting.domain.schools import Register, School
from hub_reporting.domain.scopes import CONNECTED, HUB, Area, Scope, parse_scope

NEW_YEAR = date(2026, 1, 1)
OLD = school("100", status="closed", closed_on=NEW_YEAR - timedelta(1))
NEW = school("200", opened_on=NEW_YEAR)


@pytest.mark.parametrize(
    ("one", "day", "is_open"),
    [
        (school("1"), DAY, True),
        (school("1", status="proposed_to_close"), DAY, True),
        (school("1", status="proposed_to_close", closed_on=DAY), DAY, True),  # its last day
        (school("1", status="proposed_to_close", closed_on=DAY), DAY + timedelta(1), True),  # not closed yet
        (school("1", status="closed"), DAY, False),
        (school("1", status="closed", closed_on=DAY), DAY, True),
        (school("1", status="closed", closed_on=DAY), DAY + timedelta(1), False),
        (school("1", status="proposed_to_open"), DAY, False),
        (school("1", opened_on=DAY), DAY, True),
        (school("1", opened_on=DAY), DAY - timedelta(1), False),
    ],
)
def test_a_school_is_open_from_its_first_to_its_last_day(one: School, day: date, is_open: bool) -> None:
    assert one.open_at(day) is is_open


def test_an_academised_school_is_counted_once_on_every_day() -> None:
    for days in range(-3, 4):
        day = NEW_YEAR + timedelta(days)
        schools = register(OLD, NEW, day=day, u100="200")
        expected = "100" if day < NEW_YEAR else "200"
        assert schools.open_urn("100") == expected
        assert schools.open_schools() == {expected}


def test_a_successor_that_opens_before_the_old_school_closes_is_another_school_until_then() -> None:
    early = NEW._replace(opened_on=NEW_YEAR - timedelta(1))
    last_day = register(OLD, early, day=NEW_YEAR - timedelta(1), u100="200")
    assert last_day.open_schools() == {"100", "200"}
    assert register(OLD, early, day=NEW_YEAR, u100="200").open_schools() == {"200"}


def test_merged_schools_count_once() -> None:
    merged = register(OLD, OLD._replace(urn="101"), NEW, u100="200", u101="200")
    assert merged.open_urns(["100", "101", "200"]) == {"200"}


def test_chain_of_successors_leads_to_the_open_school() -> None:
    closed_too = NEW._replace(status="closed", closed_on=date(2026, 3, 31))
    schools = register(OLD, closed_too, school("300"), u100="200", u200="300")
    assert schools.open_urn("100") == "300"


def test_school_closed_without_successor_is_not_open_but_keeps_its_facts() -> None:
    schools = register(OLD)
    assert schools.open_urn("100") is None
    assert schools.current_urn("100") == "100"
    assert schools.open_urn("999999") is None, "an unknown URN"
    assert schools.name("999999") == "URN 999999"


@given(st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from("ABCDE")), st.sets(st.sampled_from("ABCDE")))
def test_circular_links_terminate(links: dict[str, str], open_ones: set[str]) -> None:
    schools = [school(x, status="open" if x in open_ones else "closed") for x in "ABCDE"]
    known = {one.urn: one for one in schools}
    merged = Register(known, following(known, links), DAY)
    for urn in "ABCDE":
        standing = merged.open_urn(urn)
        assert standing is None or standing in open_ones
        assert merged.current_urn(merged.current_urn(urn)) == merged.current_urn(urn)


@pytest.mark.parametrize("text", ["connected", "hub", "la:873", "phase:post16", "trust:17047"])
def test_scope_code_parses_to_the_same_scope(text: str) -> None:
    assert parse_scope(text).code == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "la:",
        "la:87",
        "la:8733",
        "la:abc",
        "phase:",
        "phase:nursery",
        "trust:",
        "trust:a b",
        "LA:873",
        "x",
    ],
)
def test_an_unknown_scope_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_scope(text)
    assert (refused.value.code, refused.value.pointer) == ("unknown_scope", "/scope")


SERVED = HubArea(la_codes={"873", "874"}, district_codes=(), extra_urns=(), excluded_urns=())


def an_area() -> Area:
    schools = (
        school("1"),
        school("2", la_code="926", la_name="Norfolk", trust_uid="17047", trust_name="Learning Trust"),
        school("3", phase="secondary", eligible=False),
        school("4", la_code="874", la_name="Peterborough"),
        OLD,
    )
    return Area(register(*schools), {"1", "2", "3"}, SERVED)


@pytest.mark.parametrize(
    ("scope", "members"),
    [
        (CONNECTED, {"1", "2", "3"}),
        (HUB, {"1", "3", "4"}),
        (Scope("la", "926"), {"2"}),
        (Scope("phase", "secondary"), {"3"}),
        (Scope("trust", "17047"), {"2"}),
    ],
)
def test_scope_contains_its_open_schools(scope: Scope, members: set[str]) -> None:
    area = an_area()
    assert area.members(scope) == members
    assert area.eligible(scope) == members - {"3"}


def test_scope_without_schools_is_refused_once_the_register_has_schools() -> None:
    for nowhere in (Scope("la", "111"), Scope("trust", "5")):
        with pytest.raises(Refused, match="unknown_scope"):
            an_area().require_known(nowhere)
        Area(register(), set(), None).require_known(nowhere)
    an_area().require_known(Scope("phase", "post16"))


def test_closed_school_stays_in_its_scope() -> None:
    area = an_area()
    assert area.includes(Scope("la", "873"), "100")
    assert not area.includes(Scope("la", "926"), "100")
    assert area.includes(CONNECTED, "999999")
    assert not area.includes(HUB, "999999")


def test_scopes_have_descriptions() -> None:
    area = an_area()
    assert area.describe(HUB) == "the hub's area: Cambridgeshire and Peterborough"
    assert area.describe(Scope("la", "873")) == "Cambridgeshire"
    assert area.describe(Scope("trust", "17047")) == "Learning Trust"
    assert area.describe(Scope("trust", "5")) == "trust 5"
    assert Area(register(), set(), SERVED).describe(HUB) == "the hub's area"
    not_described = Area(register(), set(), None).describe(HUB)
    assert not_described == "the hub's area (the hub has not been described yet)"
