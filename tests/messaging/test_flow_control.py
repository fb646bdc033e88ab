"""A reader has no more in hand than it can finish, and no more on its way than lately came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.flow_control import (
    BATCH,
    LITTLE_SECONDS,
    PREFETCH,
    PREFETCH_FIRST,
    PREFETCH_SINGLE,
    STEP_SECONDS,
    USED_UP,
    FlowControl,
)

LIMIT = 6.0


def used_up(flow: FlowControl, now: float) -> None:
    for _ in range(USED_UP):
        flow.note_arrivals(flow.prefetch, flow.prefetch, now)


@pytest.mark.parametrize(("only_batches", "most"), [(True, PREFETCH), (False, PREFETCH_SINGLE)])
def test_more_is_asked_for_each_time_that_it_was_used_up_until_it_is_enough(
    only_batches: bool, most: int
) -> None:
    flow = FlowControl(only_batches, LIMIT)
    asked = [flow.prefetch]
    for now in range(10):
        used_up(flow, now)
        if flow.should_adjust(now):
            asked.append(flow.prefetch)
    assert asked[0] == PREFETCH_FIRST
    assert asked[-1] == most
    assert asked == sorted(set(asked))


def test_now_and_then_a_full_hand_is_no_reason_to_ask_for_more() -> None:
    flow = FlowControl(only_batches=True, limit_seconds=LIMIT)
    for now in range(3 * USED_UP):
        flow.note_arrivals(flow.prefetch, flow.prefetch if now % USED_UP else 1, now)
        assert not flow.should_adjust(now)


def test_when_little_comes_less_is_sent_ahead_so_that_a_stop_soon_has_it_in_hand() -> None:
    flow = FlowControl(only_batches=True, limit_seconds=LIMIT)
    used_up(flow, 100.0)
    assert flow.should_adjust(100.0)
    flow.note_arrivals(1, 1, 101.0)
    assert not flow.should_adjust(101.0 + LITTLE_SECONDS)
    assert flow.should_adjust(101.1 + LITTLE_SECONDS)
    assert flow.prefetch == PREFETCH_FIRST


def test_a_reader_of_batches_takes_whole_ones_and_one_slow_moment_changes_nothing() -> None:
    flow = FlowControl(only_batches=True, limit_seconds=LIMIT)
    flow.learn(1.0, 1)  # of one message alone: a full batch would have taken hardly longer
    assert not flow.should_adjust(0)
    assert flow.step == BATCH


def test_slow_work_lowers_what_is_asked_for_until_it_fits_and_quick_work_raises_it_again() -> None:
    flow = FlowControl(only_batches=False, limit_seconds=LIMIT)
    assert flow.step == BATCH
    for _ in range(50):
        flow.learn(3.0, 1)
    assert flow.should_adjust(0)
    assert (flow.prefetch, flow.step) == (1, 1)
    used_up(flow, 1)
    assert not flow.should_adjust(1)
    for _ in range(50):
        flow.learn(0.01, 1)
    used_up(flow, 2)
    assert flow.should_adjust(2)
    assert flow.prefetch > 1


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(1, BATCH), st.integers(0, 400)), max_size=30),
    st.booleans(),
)
def test_whatever_it_learns_at_least_one_message_is_taken_and_no_more_than_fit(
    measured: list[tuple[float, int, int]], only_batches: bool
) -> None:
    flow = FlowControl(only_batches=only_batches, limit_seconds=LIMIT)
    for now, (seconds, messages, in_hand) in enumerate(measured):
        flow.learn(seconds, messages)
        flow.note_arrivals(messages, in_hand, now)
        if flow.should_adjust(now):
            assert flow.prefetch * flow.seconds <= LIMIT or flow.prefetch == 1
        assert 1 <= flow.step <= BATCH
        assert 1 <= flow.prefetch <= PREFETCH
        assert only_batches or flow.step == 1 or flow.step * flow.seconds <= STEP_SECONDS
