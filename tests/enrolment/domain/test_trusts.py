"""Which trust a school belongs to, from which day on."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.trusts import Membership, change_trust, join_on

SEPTEMBER = date(2025, 9, 1)
DAY = timedelta(days=1)


def of(trust_uid: str, starts_on: date, ends_on: date | None = None) -> Membership:
    return Membership(trust_uid=trust_uid, starts_on=starts_on, ends_on=ends_on)


def test_a_first_trust_begins_on_its_day() -> None:
    assert change_trust([], "1", on=SEPTEMBER) == [of("1", SEPTEMBER)]


def test_another_trust_ends_the_one_before_on_the_day_before() -> None:
    held = [of("1", date(2024, 9, 1))]
    assert change_trust(held, "2", on=SEPTEMBER) == [
        of("1", date(2024, 9, 1), SEPTEMBER - DAY),
        of("2", SEPTEMBER),
    ]


def test_a_school_that_leaves_belongs_to_none() -> None:
    assert change_trust([of("1", SEPTEMBER)], None, on=SEPTEMBER + DAY) == [of("1", SEPTEMBER, SEPTEMBER)]


def test_the_same_trust_again_changes_nothing() -> None:
    held = [of("1", SEPTEMBER)]
    assert change_trust(held, "1", on=SEPTEMBER + DAY) == held


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-1, [of("2", SEPTEMBER)]),
        (0, [of("2", SEPTEMBER)]),
        (1, [of("1", SEPTEMBER, SEPTEMBER), of("2", SEPTEMBER + DAY)]),
    ],
)
def test_what_would_end_before_it_begins_was_never_so(offset: int, expected: list[Membership]) -> None:
    assert change_trust([of("1", SEPTEMBER)], "2", on=SEPTEMBER + offset * DAY) == expected


def test_who_comes_back_begins_after_the_last_end() -> None:
    held = [of("1", date(2024, 9, 1), SEPTEMBER)]
    assert change_trust(held, "1", on=date(2025, 1, 1))[-1] == of("1", SEPTEMBER + DAY)


@pytest.mark.parametrize(
    ("offset", "joined"), [(-1, None), (0, None), (1, SEPTEMBER + DAY), (2, SEPTEMBER + 2 * DAY)]
)
def test_a_school_joins_after_it_has_left_the_trust_before(offset: int, joined: date | None) -> None:
    held = [of("1", date(2024, 9, 1), SEPTEMBER), of("2", date(2025, 10, 1))]
    found = join_on(held, "2", SEPTEMBER + offset * DAY)
    assert found == (None if joined is None else [held[0], of("2", joined)])


@pytest.mark.parametrize(
    ("joined_on", "ends_on"),
    [
        (SEPTEMBER - DAY, SEPTEMBER - 2 * DAY),
        (date(2024, 9, 2), date(2024, 9, 1)),
        (date(2024, 9, 1), None),
        (SEPTEMBER, SEPTEMBER - DAY),
        (SEPTEMBER + DAY, SEPTEMBER - DAY),
    ],
)
def test_an_end_that_followed_from_a_file_moves_with_the_joined_date(
    joined_on: date, ends_on: date | None
) -> None:
    held = [of("1", date(2024, 9, 1), SEPTEMBER - DAY), of("2", SEPTEMBER)]
    expected = None if ends_on is None else [of("1", date(2024, 9, 1), ends_on), of("2", joined_on)]
    assert join_on(held, "2", joined_on) == expected


@pytest.mark.parametrize("held", [[], [of("2", SEPTEMBER)], [of("1", SEPTEMBER, SEPTEMBER)]])
def test_a_joined_date_of_another_trust_than_todays_says_nothing(held: list[Membership]) -> None:
    assert join_on(held, "1", SEPTEMBER) is None


days = st.dates(date(2024, 1, 1), date(2024, 2, 1))


@given(st.lists(st.tuples(st.sampled_from(["1", "2", None]), days), max_size=12))
def test_memberships_never_overlap_and_only_the_last_is_open(changes: list[tuple[str | None, date]]) -> None:
    history: list[Membership] = []
    for trust_uid, on in changes:
        history = change_trust(history, trust_uid, on=on)
        current = history[-1] if history and history[-1].ends_on is None else None
        assert (current.trust_uid if current else None) == trust_uid
    for earlier, later in pairwise(history):
        assert earlier.ends_on is not None
        assert earlier.starts_on <= earlier.ends_on < later.starts_on
