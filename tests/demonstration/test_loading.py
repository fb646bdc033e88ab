"""Parts of the year, and whether it has been lived."""

from collections.abc import Sequence
from datetime import date

import pytest
from rich.progress import Progress
from tests.demonstration.stub import Stub

from local.demonstration.commands import Command
from local.demonstration.loading import Watch, has_been_lived, part_of
from local.demonstration.year import Year

GROUPS = "/enrolment/v1/work-groups?limit=200"


def assert_whole(commands: Sequence[Command]) -> None:
    """Nothing is missing that a command names."""
    keys = {command.key for command in commands}
    assert all(command.needs() <= keys for command in commands)


def test_without_limits_a_part_is_the_whole(year: Year) -> None:
    assert part_of(year, None, None) == list(year.commands)


def test_until_a_day_means_that_day_included(year: Year) -> None:
    day = date(2025, 11, 12)
    part = part_of(year, day, None)
    assert_whole(part)
    assert part == [command for command in year.commands if command.at.date() <= day]
    assert part[-1].at.date() == day


def test_a_day_comes_with_what_it_builds_upon_and_no_more(year: Year) -> None:
    day = date(2025, 11, 12)
    part = part_of(year, None, [day])
    assert_whole(part)
    of_the_day = [command for command in year.commands if command.at.date() == day]
    assert of_the_day
    assert {c.key for c in of_the_day} < {c.key for c in part}
    assert len(part) < len(year.commands) / 2
    assert all(c.at.date() <= day for c in part if c.lane != "register")


def test_a_part_begins_with_the_register_and_the_calendars(year: Year) -> None:
    part = part_of(year, None, [date(2026, 6, 10)])
    first = [command.key for command in part[:5]]
    assert first == ["import/september", "import/links", "calendar/hub", "calendar/la:873", first[4]]
    assert first[4].startswith("calendar/trust:")


@pytest.mark.parametrize(("last", "lived"), [("running", False), ("evaluating", False), ("closed", True)])
def test_a_year_has_been_lived_when_its_last_group_is_closed(
    stub: Stub, year: Year, last: str, lived: bool
) -> None:
    groups = [
        {"title": year.groups[0].title, "status": "closed"},
        {"title": year.groups[-1].title, "status": last},
    ]
    stub.plan(GROUPS, (200, {"items": groups}))
    assert has_been_lived(stub.addresses, "token", year) == lived


def test_an_empty_hub_or_another_one_has_not_lived_the_year(stub: Stub, year: Year) -> None:
    others = [{"title": "Somebody's", "status": "closed"}]
    stub.plan(GROUPS, (200, {"items": []}), (200, {"items": others}))
    assert not has_been_lived(stub.addresses, "token", year)
    assert not has_been_lived(stub.addresses, "token", year)


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
