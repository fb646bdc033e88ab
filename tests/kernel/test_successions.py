"""The same school in time: open days, successors, circles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.successions import Succession, Successions, first_day_of_successor, is_open

LAST_DAY = date(2025, 8, 31)
ONE_DAY = timedelta(days=1)
NEXT_DAY = LAST_DAY + ONE_DAY
URNS = [f"98000{n}" for n in range(6)]
DAYS = [LAST_DAY + timedelta(days=n) for n in range(4)]


def link(urn: str, successor_urn: str, first_day: date = NEXT_DAY) -> Succession:
    return Succession(urn=urn, successor_urn=successor_urn, first_day=first_day)


@pytest.mark.parametrize(
    ("status", "open_date", "close_date", "opened"),
    [
        ("open", None, None, True),
        ("open", LAST_DAY, None, True),
        ("open", NEXT_DAY, None, False),
        ("proposed_to_close", None, LAST_DAY - ONE_DAY, True),  # the register has not confirmed it
        ("closed", None, LAST_DAY, True),  # the last day
        ("closed", None, LAST_DAY - ONE_DAY, False),
        ("closed", None, None, False),
        ("proposed_to_open", None, None, False),
        ("proposed_to_open", LAST_DAY, None, False),
    ],
)
def test_a_school_is_open_from_its_first_to_its_last_day(
    status: str, open_date: date | None, close_date: date | None, *, opened: bool
) -> None:
    assert is_open(status=status, open_date=open_date, close_date=close_date, day=LAST_DAY) is opened


@pytest.mark.parametrize(
    ("close_date", "established_on", "first_day"),
    [
        (LAST_DAY, date(2025, 4, 1), NEXT_DAY),
        (None, date(2025, 4, 1), date(2025, 4, 1)),
        (None, None, date(2025, 10, 2)),
    ],
)
def test_a_successor_stands_from_the_day_after_the_last_day(
    close_date: date | None, established_on: date | None, first_day: date
) -> None:
    found = first_day_of_successor(
        close_date=close_date, established_on=established_on, announced_on=date(2025, 10, 2)
    )
    assert found == first_day


def test_a_chain_is_followed_as_far_as_the_day_allows() -> None:
    chain = Successions([link("980000", "980001"), link("980001", "980002", NEXT_DAY + ONE_DAY)])
    assert [chain.standing("980000", day) for day in DAYS[:3]] == ["980000", "980001", "980002"]
    assert chain.stood_for("980002", DAYS[2]) == {"980000", "980001", "980002"}
    assert chain.stood_for("980000", DAYS[0]) == {"980000"}


def test_two_schools_that_merge_are_the_same_from_that_day() -> None:
    merged = Successions([link("980000", "980002"), link("980001", "980002")])
    assert not merged.same("980000", "980001", LAST_DAY)
    assert merged.same("980000", "980001", NEXT_DAY)


def test_a_school_of_no_succession_stands_for_itself() -> None:
    assert Successions([]).standing("980000", LAST_DAY) == "980000"


@st.composite
def links(draw: st.DrawFn) -> list[Succession]:
    """Any links between six schools, circles included."""
    return [
        link(urn, draw(st.sampled_from([u for u in URNS if u != urn])), draw(st.sampled_from(DAYS)))
        for urn in draw(st.sets(st.sampled_from(URNS)))
    ]


@given(links(), st.sampled_from(DAYS))
def test_schools_of_a_day_fall_into_classes(known: list[Succession], day: date) -> None:
    successions = Successions(known)
    for urn in URNS:
        root = successions.standing(urn, day)
        assert successions.standing(root, day) == root
        assert successions.stood_for(urn, day) == {u for u in URNS if successions.same(u, urn, day)}
