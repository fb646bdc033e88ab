"""G1 to G5: figures are true under every filter."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.cases.answers import LAST_YEAR, ask, caught_up, dashboard, report, tile, urns
from tests.cases.desk import V1, Desk, Group, Person
from tests.cases.every_number import district_table
from tests.cases.register import authority, in_trust, place, programme, register, schools
from tests.cases.visiting import assigned
from tests.enrolment.register_files import row, urn
from tests.reporting.reading import Element
from tests.support.waiting import wait_until

SMALL = {"min_teachers": 1, "min_schools": 1}


def leader_at(desk: Desk, number: str) -> Person:
    """Register a teacher of a school with the role of Work Group lead."""
    (person,) = desk.people(1, urn=number)
    body = {"teacher_id": person.id, "role": "work_group_lead", "starts_on": "2026-09-01"}
    desk.make("leaders", body | {"core_leadership": False})
    return person


def running(desk: Desk, people: list[Person], **changes: Any) -> Group:
    """A confirmed Work Group of a programme that one teacher is enough for."""
    group = desk.group(people, programme_id=programme(desk, **SMALL), **changes)
    desk.make(f"work-groups/{group.id}/confirmation", {})
    return group


@pytest.fixture(name="led", scope="module")
def _led(desk: Desk) -> tuple[str, str, str]:
    """Two schools of one authority and trust, and one of another, lead one, two and two Work Groups.

    The authority of the first two, their trust, and the other authority.
    """
    one, other, uid = authority(), authority(), urn()
    first, second = (leader_at(desk, number) for number in schools(desk, 2, one, in_trust(uid)))
    (third,) = (leader_at(desk, number) for number in schools(desk, 1, other))
    desk.group(lead_ids=[first.id])
    desk.group(lead_ids=[second.id, third.id])
    desk.group(lead_ids=[second.id])
    desk.group(lead_ids=[third.id])
    return one, uid, other


@pytest.mark.parametrize(("nth", "kind", "schools_n", "groups"), [(0, "la", 2, 3), (2, "la", 1, 2)])
def test_g1_the_work_groups_of_lead_schools_are_those_that_these_schools_lead(
    desk: Desk, led: tuple[str, str, str], nth: int, kind: str, schools_n: int, groups: int
) -> None:
    """Before: every Work Group of the hub."""
    scope = f"{kind}:{led[nth]}"
    answer = report(desk.hub, "work-group-lead-schools", scope)
    assert (answer["n"], answer["figures"]["groups"]) == (schools_n, groups)
    assert re.search(rf"leads? {groups} ", tile(dashboard(desk.hub, scope=scope), "Lead schools"))


def test_g1_a_trust_leads_the_work_groups_of_its_schools(desk: Desk, led: tuple[str, str, str]) -> None:
    """More of G1's kind."""
    answer = report(desk.hub, "work-group-lead-schools", f"trust:{led[1]}")
    assert (answer["n"], answer["figures"]["groups"]) == (2, 3)


def test_g1_a_group_with_leads_of_two_schools_is_one_group(desk: Desk, led: tuple[str, str, str]) -> None:
    """More of G1's kind: rows add up to more than the figure, which counts groups."""
    answer = report(desk.hub, "work-group-lead-schools", f"la:{led[0]}")
    assert sorted(one["groups_n"] for one in answer["rows"]) == [1, 2]
    assert answer["figures"]["leads"] == 2


def test_g2_the_districts_add_up_to_the_headline(desk: Desk) -> None:
    """Before: independent schools, and supported ones from elsewhere, are in the table alone."""
    la_code = authority()
    state = schools(desk, 3, la_code)
    schools(desk, 2, la_code, {"TypeOfEstablishment (code)": "11", "EstablishmentTypeGroup (code)": "3"})
    desk.assignment()  # so that the hub has a calendar
    assigned(desk, state[0], desk.hub.now.date())
    page = dashboard(desk.hub, scope=f"la:{la_code}")
    headline = re.search(r"(\d+) of (\d+)", tile(page, "Schools engaged"))
    assert headline is not None
    rows = district_table(page)
    assert sum(one["Of schools"] for one in rows) == int(headline[2]) == 3
    assert sum(one["Took part"] for one in rows) == int(headline[1])


@pytest.mark.parametrize("scope", ["", "hub", "phase:primary"])
def test_g2_every_scope_has_one_denominator(desk: Desk, scope: str) -> None:
    """More of G2's kind: the map, its table and the headline are about the same schools."""
    page = dashboard(desk.hub, scope=scope)
    of = re.search(r"of ([\d,]+)", tile(page, "Schools engaged"))  # none as long as the hub has no area
    rows = district_table(page)
    assert sum(one["Of schools"] for one in rows) == (int(of[1].replace(",", "")) if of else 0)


@pytest.fixture(name="recruiting", scope="module")
def _recruiting(desk: Desk) -> tuple[str, Group, Group]:
    """An authority with a Work Group that still recruits, with one teacher, and one that is confirmed."""
    la_code = authority()
    (number,) = schools(desk, 1, la_code)
    one, other = desk.people(2, urn=number)
    return la_code, desk.group([one]), running(desk, [other])


def attention(page: Element) -> str:
    """The words of the section of that name."""
    return page.one("attention").text.lower()


def test_g3_a_group_that_still_recruits_is_not_outside_the_rule(
    desk: Desk, recruiting: tuple[str, Group, Group]
) -> None:
    """Before: 1 of 2 within the rule, and it needs attention."""
    la_code, open_, _ = recruiting
    answer = report(desk.hub, "work-group-composition", f"la:{la_code}")
    assert (answer["n"], answer["N"]) == (1, 1)
    (one,) = [each for each in answer["rows"] if each["work_group_id"] == open_.id]
    assert one["state"] == "recruiting"
    page = dashboard(desk.hub, scope=f"la:{la_code}")
    assert one["title"].lower() not in attention(page)
    assert "1 of 2" not in page.one("groups").text


def test_g3_a_scope_in_which_all_groups_recruit_has_none_to_judge(desk: Desk) -> None:
    """More of G3's kind: nothing of nothing is no failure."""
    la_code = authority()
    (number,) = schools(desk, 1, la_code)
    desk.group(desk.people(1, urn=number))
    answer = report(desk.hub, "work-group-composition", f"la:{la_code}")
    assert (answer["n"], answer["N"], answer["rate"]) == (0, 0, None)
    assert answer["figures"]["shortfalls"] == []


def test_g3_a_confirmed_group_that_lost_its_teachers_is_outside_the_rule(desk: Desk) -> None:
    """More of G3's kind: what fails is still counted as failing."""
    la_code = authority()
    (number,) = schools(desk, 1, la_code)
    people = desk.people(2, urn=number)
    terms = programme(desk, min_teachers=2, min_schools=1)
    group = desk.group(people, programme_id=terms)
    desk.make(f"work-groups/{group.id}/confirmation", {})
    desk.withdraw(group, people[0])
    answer = report(desk.hub, "work-group-composition", f"la:{la_code}")
    assert (answer["n"], answer["N"]) == (0, 1)
    assert "1 teacher short" in attention(dashboard(desk.hub, scope=f"la:{la_code}"))


@pytest.fixture(name="quiet", scope="module")
def _quiet(desk: Desk) -> str:
    """An authority with a school about which nothing else is known."""
    la_code = authority()
    schools(desk, 1, la_code)
    return la_code


@pytest.mark.parametrize("year", ["", "2024/25", "2021/22"])
def test_g4_without_data_nothing_is_praised(desk: Desk, quiet: str, year: str) -> None:
    """Before: "every group keeps the rule, every school has been seen"."""
    page = dashboard(desk.hub, scope=f"la:{quiet}", year=year)
    assert "every school has been" not in attention(page)
    assert "yet" in attention(page)
    assert "100.0%" not in page.text


def test_g4_a_year_without_data_has_reports_of_nothing(desk: Desk, quiet: str) -> None:
    """More of G4's kind: no rate, and no row that claims anything."""
    period = {"from": "2021-09-01", "to": "2022-08-31"}
    for name in ("work-group-composition", "attendance", "task-completion", "visit-compliance"):
        answer = report(desk.hub, name, f"la:{quiet}", period=period)
        assert (answer["n"], answer["N"], answer["rate"], answer["rows"]) == (0, 0, None, []), name


@pytest.fixture(name="described")
def _described(desk: Desk) -> Iterator[Any]:
    """Describe the hub with another area; afterwards it is what it was."""
    (lead_school,) = desk.schools()
    before = desk.hub("GET", f"{V1}/hub")

    def describe(**area: Any) -> None:
        known = desk.hub("GET", f"{V1}/hub")
        first = known.status == 404
        name, tag = ("If_None_Match", "*") if first else ("If_Match", known.headers["Etag"])
        headers: Any = {name: tag}
        values = {"id": "cases", "name": "Maths Hub of the Cases", "lead_school_urn": lead_school}
        reply = desk.hub("PUT", f"{V1}/hub", values | area, **headers)
        assert reply.status in {200, 201}, reply.body

    yield describe
    if before.status == 200:
        describe(**before.json)
    else:
        describe(area_la_codes=["873", "874"])


def assert_area(desk: Desk, expected: set[str]) -> None:
    """The hub's area has just these open schools, for reporting as for enrolment."""
    listed = desk.hub("GET", f"{V1}/schools?in_area=true&limit=200").json["items"]
    assert {one["urn"] for one in listed} == expected
    caught_up(desk.hub)
    wait_until(lambda: ask(desk.hub, "connected-schools", "hub").json["N"] == len(expected), deadline=5)
    assert urns(report(desk.hub, "engagement", "hub")) == expected


def test_g5_the_area_is_the_one_that_the_hub_describes(desk: Desk, described: Any) -> None:
    """Before: reporting has the area of its settings, 873 and 874."""
    la_code = authority()
    numbers = set(schools(desk, 2, la_code))
    described(area_la_codes=[la_code])
    assert_area(desk, numbers)
    name = report(desk.hub, "engagement", "hub")["scope"]["name"]
    assert f"Authority {la_code}" in name


def test_g5_districts_and_exceptions_are_in_the_area(desk: Desk, described: Any) -> None:
    """More of G5's kind: a district of another authority, one school more and one less."""
    one, other = authority(), authority()
    inside, excluded = schools(desk, 2, one)
    near = {"DistrictAdministrative (code)": "E07000999", "DistrictAdministrative (name)": "Nearby"}
    (district,) = schools(desk, 1, other, near)
    extra, _ = schools(desk, 2, other)
    described(
        area_la_codes=[one],
        area_district_codes=["E07000999"],
        extra_urns=[extra],
        excluded_urns=[excluded],
    )
    assert_area(desk, {inside, district, extra})


def test_g5_a_school_stays_in_the_area_when_its_authority_is_recoded(desk: Desk, described: Any) -> None:
    """More of G5's kind: councils are replaced, schools do not move."""
    before, after, number = authority(), authority(), urn()
    day = desk.hub.now.date()
    register(desk, [row(**place(before, URN=number))], day - timedelta(days=60))
    described(area_la_codes=[before])
    recoded = row(**place(after, URN=number, LastChangedDate=f"{day:%d-%m-%Y}"))
    register(desk, [recoded], day - timedelta(days=1))
    assert_area(desk, {number})
    assert urns(report(desk.hub, "engagement", "hub", period=LAST_YEAR)) == {number}
