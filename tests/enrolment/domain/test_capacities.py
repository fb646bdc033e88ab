"""Places of a Work Group: its capacity, and the programme's maximum once it takes place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.capacities import TAKES_PLACE, check_capacity, most_teachers, places_n
from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_kernel.refusals import Refused


@pytest.mark.parametrize(("allowed", "most"), [(None, 20), (19, 20), (20, 20), (21, 21), (25, 25)])
def test_a_hub_lead_allows_more_never_fewer(allowed: int | None, most: int) -> None:
    assert most_teachers(20, allowed) == most


@pytest.mark.parametrize(
    ("status", "capacity", "places"),
    [
        ("recruiting", 25, 25),
        ("draft", 25, 25),
        ("confirmed", 19, 19),
        ("confirmed", 20, 20),
        ("confirmed", 21, 20),
        ("at_risk", 25, 20),
        ("running", 25, 20),
        ("evaluating", 25, 20),
    ],
)
def test_a_group_that_takes_place_has_at_most_so_many_places(status: str, capacity: int, places: int) -> None:
    assert places_n(status, capacity, most=20) == places


@pytest.mark.parametrize(
    ("status", "known", "asked", "reason", "decided"),
    [
        ("recruiting", 20, 25, None, False),
        ("recruiting", 20, 25, "a large hall", False),
        ("confirmed", 18, 20, None, False),
        ("confirmed", 20, 21, None, "too_many_teachers"),
        ("running", 20, 25, None, "too_many_teachers"),
        ("confirmed", 20, 21, "a large hall", True),
        ("confirmed", 20, 20, "a large hall", False),
        ("confirmed", 25, 25, None, False),
        ("confirmed", 25, 23, None, False),
        ("confirmed", 25, 25, "a large hall", True),
    ],
)
def test_more_than_the_maximum_takes_a_reason(
    status: str, known: int, asked: int, reason: str | None, decided: bool | str
) -> None:
    if isinstance(decided, bool):
        assert check_capacity(status, known=known, asked=asked, most=20, override_reason=reason) is decided
        return
    with pytest.raises(Refused, match=decided) as caught:
        check_capacity(status, known=known, asked=asked, most=20, override_reason=reason)
    assert caught.value.pointer == "/capacity"


@given(
    status=st.sampled_from(WorkGroupStatus),
    known=st.integers(1, 40),
    asked=st.integers(1, 40),
    most=st.integers(1, 40),
)
def test_without_a_reason_no_change_gives_a_group_more_places_than_are_allowed(
    status: str, known: int, asked: int, most: int
) -> None:
    try:
        check_capacity(status, known=known, asked=asked, most=most, override_reason=None)
    except Refused:
        return
    if status in TAKES_PLACE:
        assert places_n(status, asked, most=most) <= most
