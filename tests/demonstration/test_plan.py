"""The plan of a day, whatever day that is."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.demonstration.counting import meets
from tests.demonstration.noons import noons

from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.offers import instants_of_offers
from hub_demo.plan import IN_PREPARATION, noon, plan_for
from hub_kernel.england import ENGLAND, day_in_england
from hub_kernel.working_days import is_working_day
from hub_local.places import ROOT, python_path
from hub_platform.bank_holidays import bank_holidays

pytestmark = pytest.mark.long

COMMANDS_OF_ONE_YEAR = 3_945  # of the demonstration that had 2025/26 alone
SUNDAY = date(2026, 11, 29)
DAYS = [
    SUNDAY,
    date(2026, 12, 27),
    date(2026, 9, 1),  # the first day of an academic year …
    date(2026, 8, 31),  # … and the last one of another
    date(2028, 2, 29),
    date(2026, 10, 8),  # a school day in each half term
    date(2026, 12, 3),
    date(2027, 1, 13),
    date(2027, 3, 9),
    date(2027, 5, 6),
    date(2027, 7, 1),
    date(2016, 11, 30),
    date(2036, 4, 1),
]
ANY_DAY = st.dates(date(2017, 1, 1), date(2035, 12, 31))
PRINTS = """
import hashlib, sys
from datetime import date
from hub_demo.plan import plan_for
plan = plan_for(date.fromisoformat(sys.argv[1]))
print(hashlib.sha256(repr((plan.commands, plan.hub_days())).encode()).hexdigest())
"""


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_plan_holds_together(day: date) -> None:
    plan = plan_for(day)
    at = {command.key: command.at for command in plan.commands}
    position = {command.key: number for number, command in enumerate(plan.commands)}
    gives = {command.key for command in plan.commands if command.gives}
    assert len(at) == len(plan.commands), "every key is used once"
    moments = [command.at for command in plan.commands]
    assert moments == sorted(moments)
    assert all(one.utcoffset() == timedelta(0) for one in moments)
    assert moments[-1] <= noon(day)
    for number, command in enumerate(plan.commands):
        assert all(position[key] < number for key in command.needs()), command.key
        assert command.needs() - set(command.after) <= gives


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_rules_of_enrolment_and_visits_accept_every_command(day: date) -> None:
    plan = plan_for(day)
    (it,) = noons(plan, day, day)
    assert {group.year for group in it.ledger.groups.values()} >= {plan.last.name, plan.present.name}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everything_happens_on_working_days_and_by_day(day: date) -> None:
    for command in plan_for(day).commands:
        local = command.at.astimezone(ENGLAND)
        assert is_working_day(local.date(), bank_holidays()), command.key
        assert 6 <= local.hour <= 20, command.key
    plan = plan_for(day)
    school_days = {*plan.last.school_days(), *plan.present.school_days(), *plan.present.after.school_days()}
    assert {day_in_england(one.starts_at) for one in meets(plan.commands).values()} <= school_days


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_last_year_is_not_smaller_than_the_only_year_was(day: date) -> None:
    plan = plan_for(day)
    assert plan.present == SchoolYear.of(day)
    begins = datetime.combine(plan.present.starts_on, datetime.min.time(), ENGLAND).astimezone(UTC)
    assert sum(command.at < begins for command in plan.commands) >= COMMANDS_OF_ONE_YEAR
    assert plan.commands[0].at.astimezone(ENGLAND).date() >= plan.last.starts_on


@pytest.mark.parametrize("day", [SUNDAY, date(2026, 8, 31)], ids=str)
def test_another_process_makes_the_same_plan(day: date) -> None:
    plan = plan_for(day)
    ours = hashlib.sha256(repr((plan.commands, plan.hub_days())).encode()).hexdigest()
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": python_path()}
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, day.isoformat()],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ours


@given(first=ANY_DAY, days=st.integers(0, 400))
@settings(max_examples=30, deadline=None)
def test_plans_of_one_academic_year_differ_in_what_lies_between_their_days(first: date, days: int) -> None:
    second = min(first + timedelta(days=days), SchoolYear.of(first).ends_on)
    earlier, later = plan_for(first), plan_for(second)
    assert earlier.seed == later.seed
    begun = earlier.commands[:-1]
    assert later.commands[: len(begun)] == begun
    assert all(noon(first) < command.at for command in later.commands[len(begun) : -1])
    assert earlier.commands[-1].facts == later.commands[-1].facts


def test_plans_of_two_academic_years_have_the_same_schools_and_other_ids() -> None:
    one, other = plan_for(date(2026, 8, 31)), plan_for(date(2026, 9, 1))
    assert [school.name for school in one.hub.september] == [school.name for school in other.hub.september]
    assert [group.title for group in one.last_year.groups] == [
        group.title for group in other.last_year.groups
    ]
    assert one.seed != other.seed


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_plan_ends_with_a_draft_that_says_that_all_has_been_sent(day: date) -> None:
    last = plan_for(day).commands[-1]
    assert (last.facts["title"], last.facts["draft"]) == (IN_PREPARATION, True)
    assert noon(day) - last.at < timedelta(days=6), "on the last working day"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_clock_is_set_at_the_end_of_a_day_for_offers_and_finally_at_noon(
    day: date,
) -> None:
    plan = plan_for(day)
    told = plan.hub_days()
    assert told == sorted(set(told))
    assert told[-1] == noon(day)
    last = {day_in_england(command.at): command.at for command in plan.commands}
    due = {at for at in instants_of_offers(plan.commands) if at <= noon(day)}
    assert set(told) == {*last.values(), *due, noon(day)}


def test_for_a_part_the_clock_is_set_up_to_its_end() -> None:
    plan = plan_for(date(2026, 11, 29))
    part = plan.commands[:500]
    assert plan.hub_days(part) == [at for at in plan.hub_days() if at < part[-1].at] + [part[-1].at]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_stretches_follow_each_other_and_the_last_holds_one_command(day: date) -> None:
    plan = plan_for(day)
    names = [plan.phase_of(command.at).name for command in plan.commands]
    order = [phase.name for phase in plan.phases]
    assert [order.index(name) for name in names] == sorted(order.index(name) for name in names)
    assert names.count(order[-1]) == 1
    assert all(len(name) <= 52 for name in order), "so much room has a terminal's line"
