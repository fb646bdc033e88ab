"""A reader has no more in hand than it can finish."""

from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.pace import BATCH, PREFETCH, PREFETCH_SINGLE, STEP_SECONDS, Pace

LIMIT = 6.0


def test_a_reader_of_batches_takes_whole_ones_and_one_slow_moment_changes_nothing() -> None:
    pace = Pace(only_batches=True, limit_seconds=LIMIT)
    pace.learn(1.0, 1)  # of one message alone: a full batch would have taken hardly longer
    assert not pace.ask_for_less()
    assert (pace.prefetch, pace.step) == (PREFETCH, BATCH)


def test_slow_work_lowers_what_is_asked_for_until_it_fits() -> None:
    pace = Pace(only_batches=False, limit_seconds=LIMIT)
    assert (pace.prefetch, pace.step) == (PREFETCH_SINGLE, BATCH)
    for _ in range(50):
        pace.learn(1.0, 1)
    assert pace.ask_for_less()
    assert pace.prefetch == 3
    assert pace.step == 1
    assert not pace.ask_for_less()


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, BATCH)), max_size=30), st.booleans())
def test_whatever_it_learns_at_least_one_message_is_taken_and_no_more_than_fit(
    measured: list[tuple[float, int]], only_batches: bool
) -> None:
    pace = Pace(only_batches=only_batches, limit_seconds=LIMIT)
    for seconds, messages in measured:
        pace.learn(seconds, messages)
        while pace.ask_for_less():
            assert pace.prefetch * pace.seconds <= LIMIT or pace.prefetch == 1
        assert 1 <= pace.step <= BATCH
        assert 1 <= pace.prefetch <= PREFETCH
        assert only_batches or pace.step == 1 or pace.step * pace.seconds <= STEP_SECONDS
