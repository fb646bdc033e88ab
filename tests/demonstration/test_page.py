"""The page about the demonstration names what is in it."""

import re
from datetime import date

import pytest
from tests.demonstration.counting import body, sent

from hub_demo.plan import Plan, plan_for
from hub_local.places import ROOT

PAGE = (ROOT / "docs" / "demonstration.md").read_text()
WHO = PAGE.partition("## People and cases")[2].partition("## Known deviations")[0]


def names(plan: Plan) -> set[str]:
    """The people, schools and groups of a plan."""
    people = {f"{body(c)['given']} {body(c)['family']}" for c in sent(plan.commands, r".*/v1/teachers")}
    groups = {body(c)["title"] for c in sent(plan.commands, r".*/v1/work-groups")}
    return people | groups | {school.name for school in plan.last_year.register.schools}


def test_every_named_person_is_in_the_demonstration(plan: Plan) -> None:
    cells = [line.split("|")[1].strip() for line in WHO.splitlines() if line.startswith("| ")]
    quoted = [cell.strip('"') for cell in cells if cell.startswith('"')]
    others = [name for cell in cells if not cell.startswith('"') for name in cell.split(", ") if name]
    assert len(quoted) + len(others) > 10
    assert {*quoted, *others} <= names(plan)


@pytest.mark.parametrize("day", [date(2023, 11, 29), date(2029, 3, 1)])
def test_the_schools_that_are_named_are_the_same_in_every_year(plan: Plan, day: date) -> None:
    register, other = plan.last_year.register, plan_for(day).last_year.register
    assert (register.old.name, register.new.urn) == (other.old.name, other.new.urn)
    assert register.old.name in WHO


def test_the_commands_on_the_page_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("run", "demo"):
        assert f"`make {target}`" in PAGE
        assert re.search(rf"^{target}:.*\n\t.*--today '\$\(TODAY\)'", makefile, re.MULTILINE)
