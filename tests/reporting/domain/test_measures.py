"""Rates are rounded down, and relations between figures are checked."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_reporting.domain.measures import Ratio, median, nested, part_of_whole


@pytest.mark.parametrize(
    ("n", "of", "rate"),
    [
        (0, 0, None),
        (0, 7, 0.0),
        (7, 7, 100.0),
        (1, 3, 33.3),
        (2, 3, 66.6),  # 66.67 would be rounded up
        (6996, 10_000, 69.9),  # 69.96 is not 70
        (7000, 10_000, 70.0),
        (699_999, 1_000_000, 69.9),
        (197, 272, 72.4),
        (379, 541, 70.0),
        (378, 541, 69.8),
        (49, 50, 98.0),
        (999, 1000, 99.9),
        (9999, 10_000, 99.9),  # never 100 while one is missing
    ],
)
def test_a_rate_has_one_decimal_and_is_rounded_down(n: int, of: int, rate: float | None) -> None:
    assert Ratio(n, of).rate == rate


@given(of=st.integers(1, 10**7), data=st.data())
def test_rate_is_at_most_a_tenth_below_the_exact_percentage(of: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, of))
    rate = Ratio(n, of).rate
    assert rate is not None
    tenths = round(rate * 10)
    assert Fraction(tenths, 10) <= Fraction(100 * n, of) < Fraction(tenths + 1, 10)
    assert f"{rate:.1f}" == str(rate), "it prints with one decimal"
    assert (rate == 100.0) == (n == of)


def test_check_fails_for_a_part_larger_than_its_whole() -> None:
    assert part_of_whole(Ratio(5, 5), "schools").holds
    assert not part_of_whole(Ratio(6, 5), "schools").holds


def test_check_fails_for_numbers_that_are_not_nested() -> None:
    assert nested("trusts_schools_people", ("trusts", 6), ("schools", 12), ("people", 14)).holds
    broken = nested("trusts_schools_people", ("trusts", 6), ("schools", 15), ("people", 14))
    assert not broken.holds
    assert broken.detail == "trusts 6 ≤ schools 15 ≤ people 14."


@pytest.mark.parametrize(
    ("numbers", "middle"),
    [([], None), ([9], 9.0), ([20, 10], 15.0), ([21, 9, 10], 10.0), ([1, 2, 3, 10], 2.5)],
)
def test_the_median_is_the_number_in_the_middle(numbers: list[int], middle: float | None) -> None:
    assert median(numbers) == middle
