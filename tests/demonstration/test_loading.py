"""Parts of the plan, and whether it has been loaded."""

from collections.abc import Sequence
from datetime import date

import pytest
from rich.progress import Progress
from tests.demonstration.stub import Stub

from hub_demo.commands import Command
from hub_demo.dates.school_years import SchoolYear
from hub_demo.loading import WHOLE, Part, Target, loaded, part_of, refuse_other_year
from hub_demo.plan import IN_PREPARATION, Plan
from hub_demo.watch import Watch
from hub_local.failures import CannotStart

GROUPS = "/enrolment/v1/work-groups?limit=200"


def assert_whole(commands: Sequence[Command]) -> None:
    """Nothing is missing that a command names."""
    keys = {command.key for command in commands}
    assert all(command.needs() <= keys for command in commands)


def test_without_limits_a_part_is_the_whole(plan: Plan) -> None:
    assert part_of(plan, WHOLE) == list(plan.commands)


def test_until_a_day_means_that_day_included(plan: Plan) -> None:
    day = date(2025, 11, 12)
    part = part_of(plan, Part(until=day))
    assert_whole(part)
    assert part == [command for command in plan.commands if command.at.date() <= day]
    assert part[-1].at.date() == day


def test_a_day_comes_with_what_it_builds_upon_and_no_more(plan: Plan) -> None:
    day = date(2025, 11, 12)
    part = part_of(plan, Part(days=[day]))
    assert_whole(part)
    of_the_day = [command for command in plan.commands if command.at.date() == day]
    assert of_the_day
    assert {c.key for c in of_the_day} < {c.key for c in part}
    assert len(part) < len(plan.commands) / 2
    assert all(c.at.date() <= day for c in part if c.lane != "register")


def test_a_part_begins_with_the_register_and_the_calendars(plan: Plan) -> None:
    part = part_of(plan, Part(days=[date(2026, 6, 10)]))
    first = [command.key for command in part[:5]]
    assert first == ["import/september", "import/links", "calendar/hub", "calendar/la:873", first[4]]
    assert first[4].startswith("calendar/trust:")


@pytest.mark.parametrize("status", ["draft", "recruiting", "cancelled"])
def test_a_plan_has_been_loaded_when_its_last_group_is_there_whatever_became_of_it(
    stub: Stub, plan: Plan, status: str
) -> None:
    others = [group(one.title, "2025/26", "closed") for one in plan.last_year.groups]
    last = group(IN_PREPARATION, "2026/27", status, opens_at="2027-06-14T11:00:00+00:00")
    stub.plan(GROUPS, (200, {"items": [*others, last]}))
    assert loaded(Target(stub.addresses, "token"), plan) == SchoolYear(2025)


def test_a_plan_of_another_day_and_year_has_been_loaded_too(stub: Stub, plan: Plan) -> None:
    last = group(IN_PREPARATION, "2023/24", "draft", opens_at="2024-06-10T11:00:00+00:00")
    stub.plan(GROUPS, (200, {"items": [last]}))
    assert loaded(Target(stub.addresses, "token"), plan) == SchoolYear(2022)


@pytest.mark.parametrize(
    ("status", "other", "year"),
    [
        ("closed", "2025/26", SchoolYear(2025)),
        ("running", "2025/26", None),
        ("closed", "2026/27", None),  # the present year was begun, and not finished
    ],
)
def test_the_year_that_an_earlier_release_has_loaded_is_known(
    stub: Stub, plan: Plan, status: str, other: str, year: SchoolYear | None
) -> None:
    last = group(plan.last_year.groups[-1].title, "2025/26", status)
    stub.plan(GROUPS, (200, {"items": [group("Another", other, "closed"), last]}))
    assert loaded(Target(stub.addresses, "token"), plan) == year


def test_an_empty_hub_or_another_one_has_not_been_loaded(stub: Stub, plan: Plan) -> None:
    others = [group("A group of a real hub", "2025/26", "closed")]
    stub.plan(GROUPS, (200, {"items": []}), (200, {"items": others}))
    assert loaded(Target(stub.addresses, "token"), plan) is None
    assert loaded(Target(stub.addresses, "token"), plan) is None


@pytest.mark.parametrize("there", [["2025/26"], ["2025/26", "2026/27"], []])
def test_a_plan_of_the_same_year_goes_on(stub: Stub, there: list[str]) -> None:
    plan_calendars(stub, there)
    refuse_other_year(Target(stub.addresses, "token"), SchoolYear(2025))
    assert len(stub.received) == 3


@pytest.mark.parametrize(
    ("there", "day"), [(["2024/25", "2025/26"], "2026-08-31"), (["2026/27"], "2028-08-31")]
)
def test_a_plan_of_another_year_that_was_begun_is_refused(stub: Stub, there: list[str], day: str) -> None:
    plan_calendars(stub, there)
    with pytest.raises(CannotStart, match=f"such as {day}"):
        refuse_other_year(Target(stub.addresses, "token"), SchoolYear(2025))


def plan_calendars(stub: Stub, there: list[str]) -> None:
    for year in ("2024/25", "2025/26", "2026/27"):
        found = (200, {}) if year in there else (404, {"code": "unknown_calendar"})
        stub.plan(f"/visits/v1/calendars/hub?academic_year={year}", found)


def group(title: str, year: str, status: str, **others: str) -> dict[str, str]:
    return {"title": title, "academic_year": year, "status": status, **others}


def test_the_bar_shows_the_phase_and_how_much_is_done() -> None:
    progress = Progress(disable=True)
    watch = Watch(progress, 10)
    with watch.phase("Autumn", 4) as told:
        told(1)
        assert (progress.tasks[0].description, progress.tasks[0].completed) == ("Autumn", 3)
        told(0)
    with watch.phase("Spring", 6) as told:
        told(5)
        assert (progress.tasks[0].description, progress.tasks[0].completed) == ("Spring", 5)
    assert list(watch.seconds) == ["Autumn", "Spring"]
