"""Completion needs enough sessions and a report on every task that was due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.completions import CompletionRule, Participation, completes

RULE = CompletionRule()


@pytest.mark.parametrize(
    ("held", "attended", "completed"),
    [(4, 2, False), (4, 3, True), (4, 4, True), (5, 3, False), (5, 4, True), (8, 5, False), (8, 6, True)],
)
def test_three_quarters_of_the_sessions_held_are_enough(held: int, attended: int, completed: bool) -> None:
    assert completes(held, Participation(attended=attended), RULE) is completed


@pytest.mark.parametrize(("percent", "completed"), [(0, True), (66, True), (67, False), (100, False)])
def test_a_programme_says_how_much_is_enough(percent: int, completed: bool) -> None:
    rule = CompletionRule(min_attendance_percent=percent)
    assert completes(3, Participation(attended=2), rule) is completed


def test_no_participant_of_a_group_that_never_met_completes() -> None:
    assert not completes(0, Participation(attended=0), CompletionRule(min_attendance_percent=0))


@pytest.mark.parametrize(
    ("reported", "required", "completed"), [(1, True, False), (2, True, True), (0, False, True)]
)
def test_tasks_count_where_the_programme_asks_for_them(
    reported: int, required: bool, completed: bool
) -> None:
    done = Participation(attended=4, tasks_due=2, tasks_reported=reported)
    assert completes(4, done, CompletionRule(tasks_required=required)) is completed


@given(
    held=st.integers(1, 40),
    percent=st.integers(0, 100),
    due=st.integers(0, 9),
    reported=st.integers(0, 9),
    required=st.booleans(),
)
def test_who_completes_still_does_with_more_done(
    held: int, percent: int, due: int, reported: int, required: bool
) -> None:
    rule = CompletionRule(min_attendance_percent=percent, tasks_required=required)
    said = [
        completes(held, Participation(attended=n, tasks_due=due, tasks_reported=reported), rule)
        for n in range(held + 1)
    ]
    assert said == sorted(said)
    assert said[-1] is (reported >= due or not required)
