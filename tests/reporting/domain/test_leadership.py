"""The main leadership team with its schools and trusts, and schools that lead Work Groups."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.reporting.factories import an_id
from tests.reporting.plain import DAY, register, school

from hub_reporting.domain.leadership import LeadSchool, Post, lead_schools, spread

SCHOOLS = register(
    school("A", trust_uid="T1"),
    school("B", trust_uid="T1"),
    school("C"),
    school("OLD", status="closed"),
    uOLD="A",
)


def post(person: str, urn: str, **others: Any) -> Post:
    return Post(
        an_id(person), "amhl", urn, None, core=True, starts_on=date(2024, 9, 1), ends_on=None
    )._replace(**others)


def test_people_schools_and_trusts_are_counted_once_without_maintained_schools() -> None:
    posts = [
        post("Ada", "A"),
        post("Emmy", "A"),
        post("Sofia", "B"),
        post("Hypatia", "C"),
        post("Mary", "OLD"),
    ]
    found = spread(posts, SCHOOLS, DAY)
    assert (len(found.leaders), found.schools, found.trusts) == (5, {"A", "B", "C"}, {"T1"})
    assert found.maintained == {"C"}
    assert all(check.holds for check in found.checks())


def test_person_with_two_roles_counts_once_at_the_latest_school() -> None:
    posts = [post("Ada", "A"), post("Ada", "C", role="tfm_lead", starts_on=date(2025, 9, 1))]
    (ada,) = spread(posts, SCHOOLS, DAY).leaders
    assert (ada.urn, ada.roles) == ("C", ("amhl", "tfm_lead"))


@pytest.mark.parametrize(
    ("facts", "n"),
    [
        ({"core": False}, 0),
        ({"starts_on": DAY}, 1),
        ({"starts_on": DAY + timedelta(1)}, 0),
        ({"ends_on": DAY}, 1),
        ({"ends_on": DAY - timedelta(1)}, 0),
    ],
)
def test_only_core_roles_held_on_the_day_count(facts: dict[str, Any], n: int) -> None:
    assert len(spread([post("Ada", "A", **facts)], SCHOOLS, DAY).leaders) == n


def test_trust_is_that_of_the_register_or_of_the_role_while_the_school_is_unknown() -> None:
    posts = [post("Ada", "A", trust_uid="T9"), post("Emmy", "999999", trust_uid="T9")]
    assert spread(posts, SCHOOLS, DAY).trusts == {"T1", "T9"}


def test_lead_schools_are_the_distinct_home_schools_of_leads() -> None:
    ada, emmy, unknown = an_id("Ada"), an_id("Emmy"), an_id("an unknown person")
    groups = {an_id("g1"): [ada, emmy], an_id("g2"): [ada], an_id("g3"): [unknown]}
    found = lead_schools(groups, {ada: "A", emmy: "OLD"}, SCHOOLS)
    assert found == [LeadSchool("A", leads=2, groups=frozenset({an_id("g1"), an_id("g2")}))]
