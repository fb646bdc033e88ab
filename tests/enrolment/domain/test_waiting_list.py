"""Rules about joining the waiting list and the order of offers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import INSTANT, PLACES

from hub_enrolment.domain.enrolments import Occupancy, Places, grant
from hub_enrolment.domain.waiting_list import (
    Waiting,
    accept,
    check_offers,
    expires_at,
    give_up,
    join,
    next_offers,
)
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_kernel.working_days import day_off
from hub_platform.bank_holidays import bank_holidays

FULL = replace(PLACES, taken=20)
OFFERED = datetime(2025, 9, 19, 9, 0, tzinfo=UTC)
ENDS = datetime(2025, 9, 27, tzinfo=UTC)
A, B = "110001", "110002"


def outcome(decide: Callable[[], object]) -> str:
    """How a decision ends."""
    try:
        decide()
    except Refused as refusal:
        return refusal.code
    return "done"


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (FULL, "done"),
        (replace(FULL, taken=19), "place_free"),
        (replace(FULL, taken=19, waiting=1), "done"),
        (replace(FULL, taken=18, offered=1), "done"),
        (replace(FULL, held_by_teacher=True), "already_enrolled"),
    ],
)
def test_only_who_cannot_have_a_place_waits(places: Places, code: str) -> None:
    assert outcome(lambda: join(places, on_list=False)) == code


def test_a_teacher_stands_on_a_list_once() -> None:
    assert outcome(lambda: join(FULL, on_list=True)) == "already_waiting"


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (replace(FULL, taken=19), "done"),
        (replace(FULL, taken=19, waiting=1), "waiting_list_first"),
        (replace(FULL, taken=18, offered=1), "waiting_list_first"),
        (FULL, "work_group_full"),
    ],
)
def test_no_request_overtakes_the_waiting_list(places: Places, code: str) -> None:
    assert outcome(lambda: grant(places)) == code


@pytest.mark.parametrize(("taken", "offered"), [(19, 1), (18, 2)])
def test_an_open_offer_reserves_a_place_for_its_teacher(taken: int, offered: int) -> None:
    places = replace(FULL, taken=taken, offered=offered, waiting=3)
    assert grant(places, offered=True).school_joins


def test_an_offer_adds_no_place() -> None:
    with pytest.raises(Refused, match="work_group_full"):
        grant(replace(FULL, taken=21, offered=1), offered=True)


def queue(*schools: str) -> list[Waiting]:
    return [Waiting(UUID(int=n), school) for n, school in enumerate(schools, start=1)]


def offered(
    occupancy: Occupancy, waiting: list[Waiting], *, cap: int | None = None, **kept: int
) -> list[int]:
    """The places in the queue of those who are offered a place."""
    by_school = {urn[1:]: n for urn, n in kept.items()}
    return [one.int for one in next_offers(occupancy, waiting, by_school, max_per_school=cap)]


@pytest.mark.parametrize(
    ("taken", "open_n", "who"), [(20, 0, []), (19, 1, []), (19, 0, [1]), (17, 1, [1, 2])]
)
def test_the_first_are_offered_what_is_free(taken: int, open_n: int, who: list[int]) -> None:
    occupancy = Occupancy(status="running", capacity=20, taken=taken, offered=open_n, waiting=3)
    assert offered(occupancy, queue(A, A, B)) == who


@pytest.mark.parametrize("status", ["draft", "evaluating", "closed", "cancelled"])
def test_a_group_that_is_not_recruiting_offers_no_place(status: str) -> None:
    assert offered(Occupancy(status=status, capacity=20, taken=0, waiting=1), queue(A)) == []


def test_whose_school_has_all_its_places_is_passed_over() -> None:
    occupancy = Occupancy(status="recruiting", capacity=20, taken=18, waiting=4)
    assert offered(occupancy, queue(A, A, B, B), cap=2, _110001=1) == [1, 3]
    assert offered(occupancy, queue(A, A, B, B), cap=2, _110001=2) == [3, 4]
    assert offered(occupancy, queue(A, A), cap=2, _110001=2) == []


@given(
    capacity=st.integers(1, 20),
    taken=st.integers(0, 20),
    schools=st.lists(st.sampled_from([A, B]), max_size=20),
    cap=st.none() | st.integers(1, 5),
)
def test_entries_are_skipped_only_for_the_cap(
    capacity: int, taken: int, schools: list[str], cap: int | None
) -> None:
    occupancy = Occupancy(status="recruiting", capacity=capacity, taken=taken, waiting=len(schools))
    waiting = queue(*schools)
    chosen = offered(occupancy, waiting, cap=cap)
    assert len(chosen) <= max(capacity - taken, 0)
    full = Counter(waiting[n - 1].school for n in chosen)
    last = chosen[-1] if chosen else 0
    if cap is None:
        assert chosen == list(range(1, min(len(schools), occupancy.free) + 1))
    else:
        assert max(full.values(), default=0) <= cap
        assert all(full[waiting[n - 1].school] == cap for n in range(1, last + 1) if n not in chosen)


@pytest.mark.parametrize(
    ("occupancy", "offers_n", "code"),
    [
        (replace(FULL, status="closed", waiting=1), 0, "work_group_not_recruiting"),
        (replace(FULL, taken=19), 0, "nobody_waiting"),
        (replace(FULL, waiting=1), 0, "no_place_free"),
        (replace(FULL, taken=19, waiting=1), 0, "school_cap_reached"),
        (replace(FULL, taken=19, waiting=1), 1, "done"),
    ],
)
def test_why_nothing_can_be_offered(occupancy: Occupancy, offers_n: int, code: str) -> None:
    assert outcome(lambda: check_offers(occupancy, offers_n)) == code


@pytest.mark.parametrize(
    ("offered_on", "last_day"),
    [
        (date(2025, 9, 15), date(2025, 9, 22)),  # Monday to Monday
        (date(2025, 9, 19), date(2025, 9, 26)),  # Friday to Friday
        (date(2025, 9, 20), date(2025, 9, 26)),  # of a Saturday the first working day is Monday
        (date(2025, 12, 22), date(2025, 12, 31)),  # over Christmas and Boxing Day
        (date(2025, 12, 29), date(2026, 1, 6)),  # over New Year's Day
        (date(2026, 4, 1), date(2026, 4, 10)),  # over Good Friday and Easter Monday
    ],
)
def test_an_offer_stands_for_five_working_days(offered_on: date, last_day: date) -> None:
    ends = expires_at(offered_on, bank_holidays())
    assert day_in_england(ends - INSTANT) == last_day
    assert day_in_england(ends) == last_day + timedelta(days=1)


def test_the_end_of_the_day_is_englands() -> None:
    assert expires_at(date(2025, 9, 15), bank_holidays()) == datetime(2025, 9, 22, 23, 0, tzinfo=UTC)
    assert expires_at(date(2025, 11, 3), bank_holidays()) == datetime(2025, 11, 11, 0, 0, tzinfo=UTC)


@given(st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_five_working_days_lie_between_whatever_the_day(offered_on: date) -> None:
    ends_on = day_in_england(expires_at(offered_on, bank_holidays()))
    between = [offered_on + timedelta(days=n) for n in range(1, (ends_on - offered_on).days)]
    assert sum(day_off(day, bank_holidays()) is None for day in between) == 5
    assert day_off(between[-1], bank_holidays()) is None


@pytest.mark.parametrize(
    ("at", "code"),
    [(ENDS - INSTANT, "done"), (ENDS, "offer_expired"), (ENDS + INSTANT, "offer_expired")],
)
def test_an_answer_at_the_end_is_late(at: datetime, code: str) -> None:
    assert outcome(lambda: accept("offered", ENDS, told_at=OFFERED, at=at)) == code


@pytest.mark.parametrize("status", ["waiting", "accepted", "declined", "expired", "left"])
def test_only_an_open_offer_is_accepted(status: str) -> None:
    with pytest.raises(Refused, match="not_offered"):
        accept(status, ENDS, told_at=OFFERED, at=ENDS - INSTANT)


def test_giving_up_before_and_after_an_offer() -> None:
    assert (give_up("waiting"), give_up("offered")) == ("left", "declined")


@pytest.mark.parametrize("status", ["accepted", "declined", "expired", "left"])
def test_what_has_ended_is_not_given_up(status: str) -> None:
    with pytest.raises(Refused, match="not_waiting"):
        give_up(status)
