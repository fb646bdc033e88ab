"""The figures are what they say."""

import pytest
from tests.bench.arithmetic import Figure, percentile, ratio, when_reached
from tests.bench.contenders.work import REVISIONS, newest
from tests.bench.filling import in_some_order


def test_a_figure_is_the_median_with_its_extremes() -> None:
    assert Figure.of([3.0, 1.0, 10.0]) == Figure(middle=3.0, low=1.0, high=10.0)
    assert Figure.of([1.0, 2.0]).middle == 1.5


def test_a_ratio_compares_runs_of_the_same_round() -> None:
    # The machine slowed down for both in the second round: the ratio does not move.
    assert ratio([800.0, 80.0, 900.0], [100.0, 10.0, 100.0]) == Figure(middle=8.0, low=8.0, high=9.0)


def test_a_ratio_of_unequal_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50), (99, 99), (99.1, 100), (100, 100), (1, 1), (0.5, 1)]
)
def test_a_percentile_is_the_nearest_rank(percent: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_a_percentile_of_nothing_or_beyond_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


def test_a_count_is_reached_when_it_was_first_seen_so_high() -> None:
    seen = [(0.1, 0), (0.2, 2), (0.3, 2), (0.4, 5)]
    assert when_reached([1, 2, 3, 5], seen) == [0.2, 0.2, 0.4, 0.4]


def test_a_count_that_was_never_reached_is_no_figure() -> None:
    with pytest.raises(ValueError, match="6 was never reached"):
        when_reached([6], [(0.4, 5)])


def test_events_come_mixed_with_the_revisions_of_each_subject_in_order() -> None:
    events = in_some_order(40)
    assert events == in_some_order(40)
    assert [subject for subject, _ in events] != sorted(subject for subject, _ in events)
    for subject in range(40 // REVISIONS):
        assert [revision for s, revision in events if s == subject] == list(range(1, REVISIONS + 1))


def test_a_batch_is_written_with_the_newest_row_of_each_subject() -> None:
    rows = [{"subject": "b", "revision": 1}, {"subject": "a", "revision": 2}, {"subject": "a", "revision": 1}]
    assert newest(rows) == '[{"subject": "a", "revision": 2}, {"subject": "b", "revision": 1}]'
