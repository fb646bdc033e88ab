"""The present year on every school day: open offers, missing registers, groups at risk."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import pytest
from tests.demonstration.noons import Noon, noons

from hub_demo.dates.england import DAY, monday_of
from hub_demo.dates.school_years import THURSDAY, TUESDAY, SchoolYear
from hub_demo.plan import plan_for

pytestmark = pytest.mark.long

SOON = timedelta(days=21)
# Easter early and late, autumns long and short.
YEARS = [SchoolYear(first) for first in (2023, 2025, 2026, 2027, 2028)]

ALWAYS: dict[str, Callable[[Noon], object]] = {
    "a group that recruits": lambda it: it.recruiting(),
    "a waiting list": lambda it: it.entries("waiting"),
    "an offer that stands": lambda it: it.entries("offered"),
    "an application that waits for a decision": lambda it: it.applications("submitted"),
    "a group that runs": lambda it: it.groups("running"),
    "a group at risk": lambda it: it.groups("at_risk"),
    "a session this week": lambda it: it.sessions(
        monday_of(it.day), monday_of(it.day) + 6 * DAY, "scheduled", "completed"
    ),
    "a register not taken": lambda it: it.sessions(date.min, it.day - DAY, "scheduled"),
    "a task to be reported on": lambda it: it.tasks_due_within(timedelta(days=90)),
    "a visit planned": lambda it: it.visits_planned_within(SOON),
    "a visit that is owed and not planned": lambda it: [
        owed for owed, status in it.rounds.standing(it.day) if status in {"open", "due_soon"}
    ],
}
OFTEN: dict[str, Callable[[Noon], object]] = {
    "a register of the last days not taken": lambda it: it.sessions(
        it.day - 6 * DAY, it.day - DAY, "scheduled"
    ),
    "a task due soon": lambda it: it.tasks_due_within(SOON),
}


@cache
def missing(year: SchoolYear) -> dict[str, set[str]]:
    """School day → what is not there. A plan for that day ends at its noon."""
    school_days = frozenset(year.school_days())
    found: dict[str, set[str]] = {}
    for it in noons(plan_for(year.ends_on), year.starts_on, year.ends_on):
        if it.day in school_days:
            absent = {kind for kind, look in (ALWAYS | OFTEN).items() if not look(it)}
            rest = [it.day + n * DAY for n in range(1, THURSDAY - it.day.weekday() + 1)]
            meeting_days = [day for day in rest if day in school_days and day.weekday() >= TUESDAY]
            if meeting_days and not it.sessions(rest[0], rest[-1], "scheduled"):
                absent.add("a session later this week")
            found[it.day.isoformat()] = absent
    return found


@pytest.mark.parametrize("year", YEARS, ids=str)
def test_every_school_day_has_something_of_every_kind(year: SchoolYear) -> None:
    found = {day: kinds - OFTEN.keys() for day, kinds in missing(year).items()}
    assert len(found) == len(year.school_days())
    assert {day: kinds for day, kinds in found.items() if kinds} == {}


@pytest.mark.parametrize("year", YEARS, ids=str)
def test_most_school_days_have_what_holidays_interrupt(year: SchoolYear) -> None:
    counted = Counter(kind for kinds in missing(year).values() for kind in kinds)
    for kind in OFTEN:
        assert counted[kind] < len(year.school_days()) / 5, kind


@pytest.mark.parametrize("day", [date(2026, 12, 27), date(2026, 8, 14), date(2026, 9, 1), date(2027, 5, 31)])
def test_on_other_days_it_has_what_goes_on_then(day: date) -> None:
    (it,) = noons(plan_for(day), day, day)
    assert not it.sessions(day, day, "scheduled", "completed")
    assert it.recruiting()
    assert it.groups("draft")
    assert it.groups("running") or day.month == 8
    assert it.sessions(day, day + timedelta(days=60), "scheduled"), "sessions lie ahead"


@pytest.mark.parametrize("first", [2021, 2024, 2026])
def test_groups_of_the_present_year_conform_to_the_rule_but_for_those_at_risk(first: int) -> None:
    year = SchoolYear(first)
    (it,) = noons(plan_for(year.ends_on), year.ends_on, year.ends_on)
    closed = [group for group in it.groups("closed") if group.year == year.name]
    assert 20 <= len(closed) <= 28
    sizes = [group.composition() for group in closed]
    assert sum(one.teachers_n < 10 for one in sizes) == 5, "one of each season"
    assert all(9 <= one.teachers_n <= 20 and one.schools_n >= 6 for one in sizes)
