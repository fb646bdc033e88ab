"""The suite's own arithmetic: it must be able to find a broken promise before it may say there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faults.counting import Change, Effect, count, disorder, gaps
from tests.faults.systems.setting import parse_waits, subject_of
from tests.support.elsewhere import printed_elsewhere


def change(n: int, subject: str = "things/1", revision: int | None = None) -> Change:
    return Change(n, f"event-{n}", subject, n + 1 if revision is None else revision)


def effect_of(cause: Change) -> Effect:
    return Effect(cause.event_id, cause.subject, cause.revision)


ACCEPTED = [change(n) for n in range(5)]
EFFECTS = [effect_of(accepted) for accepted in ACCEPTED]


def test_each_event_once_and_in_order_is_what_is_promised() -> None:
    counted = count(ACCEPTED, EFFECTS)
    assert (counted.accepted, counted.lost, counted.duplicates, counted.disorder) == (5, 0, 0, 0)
    assert counted.strangers == 0


def test_an_event_without_an_effect_is_lost() -> None:
    assert count(ACCEPTED, EFFECTS[1:]).lost == 1
    assert count(ACCEPTED, []).lost == 5


def test_each_effect_beyond_the_first_is_a_duplicate() -> None:
    counted = count(ACCEPTED, [*EFFECTS, EFFECTS[4], EFFECTS[4]])
    assert (counted.lost, counted.duplicates, counted.disorder) == (0, 2, 0)


def test_a_duplicate_does_not_make_up_for_a_lost_event() -> None:
    counted = count(ACCEPTED, [*EFFECTS[:4], EFFECTS[3]])
    assert (counted.lost, counted.duplicates) == (1, 1)


def test_an_effect_of_an_earlier_revision_after_a_later_one_is_out_of_order() -> None:
    swapped = [EFFECTS[1], EFFECTS[0], *EFFECTS[2:]]
    assert count(ACCEPTED, swapped).disorder == 1


def test_an_effect_of_no_accepted_command_is_a_stranger() -> None:
    assert count(ACCEPTED, [*EFFECTS, Effect("other", "things/1", 6)]).strangers == 1


def test_subjects_may_overtake_one_another() -> None:
    effects = [Effect("a", "things/1", 9), Effect("b", "things/2", 1), Effect("c", "things/2", 2)]
    assert disorder(effects) == 0


def test_kinds_of_events_may_overtake_one_another_when_a_case_says_so() -> None:
    swapped = [EFFECTS[1], EFFECTS[0], *EFFECTS[2:]]
    assert count(ACCEPTED, swapped, lambda accepted: accepted.n == 1).disorder == 0
    assert count(ACCEPTED, swapped, lambda accepted: accepted.n > 1).disorder == 1


@given(st.permutations(EFFECTS))
def test_any_order_but_the_promised_one_is_noticed(effects: list[Effect]) -> None:
    assert (disorder(effects) == 0) == (effects == EFFECTS)


@given(st.lists(st.sampled_from(EFFECTS)))
def test_lost_and_duplicates_make_up_the_difference(effects: list[Effect]) -> None:
    counted = count(ACCEPTED, effects)
    assert len(effects) == counted.accepted - counted.lost + counted.duplicates


@pytest.mark.parametrize(("revisions", "expected"), [([1, 2, 3], 0), ([1, 3], 1), ([1, 1], 1), ([2], 1)])
def test_revisions_with_a_hole_are_a_mistake_of_the_harness(revisions: list[int], expected: int) -> None:
    assert gaps(change(n, revision=revision) for n, revision in enumerate(revisions)) == expected


PRINTS = """
from tests.faults.systems.setting import subject_of
print([subject_of(7, n) for n in range(200)])
"""


def test_the_same_seed_gives_the_same_commands() -> None:
    first = [subject_of(7, n) for n in range(200)]
    assert printed_elsewhere(PRINTS) == repr(first)
    assert first != [subject_of(8, n) for n in range(200)]
    assert len(set(first)) > 40


def test_waits_are_read_as_they_are_written() -> None:
    assert parse_waits("") == {}
    assert parse_waits("700:2.5,9:1") == {700: 2.5, 9: 1.0}
