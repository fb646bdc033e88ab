"""Where people work: moves between schools."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.memberships import Left, Membership, Move, check_places, correct, move, present
from hub_enrolment.domain.teachers import names_before
from hub_kernel.refusals import Conflict, Refused

SINCE = date(2025, 9, 1)
TODAY = date(2025, 11, 10)
DAY = timedelta(days=1)
OLD, NEW = "110623", "110871"


def membership(
    urn: str = OLD, starts_on: date = SINCE, ends_on: date | None = None, number: int = 1
) -> Membership:
    return Membership(id=UUID(int=number), urn=urn, starts_on=starts_on, ends_on=ends_on)


def asked(moved_on: date = TODAY, from_urn: str | None = OLD, to_urn: str = NEW) -> Move:
    return Move(from_urn=from_urn, to_urn=to_urn, moved_on=moved_on)


def test_the_old_school_ends_on_the_day_before() -> None:
    assert move([membership()], asked(), today=TODAY) == Left(UUID(int=1), TODAY - DAY)


def test_without_a_school_that_is_left_one_more_is_joined() -> None:
    assert move([membership()], asked(from_urn=None), today=TODAY) is None


@pytest.mark.parametrize(
    ("moved_on", "code"),
    [
        (SINCE - DAY, "moved_before_start"),
        (SINCE, "moved_before_start"),
        (SINCE + DAY, None),
        (TODAY - DAY, None),
        (TODAY, None),
        (TODAY + DAY, "moved_in_future"),
    ],
)
def test_a_move_is_after_the_first_day_and_not_in_the_future(moved_on: date, code: str | None) -> None:
    if code is None:
        assert move([membership()], asked(moved_on), today=TODAY) == Left(UUID(int=1), moved_on - DAY)
        return
    with pytest.raises(Refused, match=code):
        move([membership()], asked(moved_on), today=TODAY)


@pytest.mark.parametrize(
    ("held", "from_urn", "to_urn", "code"),
    [
        ([membership()], OLD, OLD, "same_school"),
        ([membership()], "110999", NEW, "not_at_school"),
        ([membership(ends_on=TODAY - DAY)], OLD, NEW, "not_at_school"),
        ([membership(), membership(NEW, number=2)], OLD, NEW, "already_at_school"),
        ([membership(NEW)], None, NEW, "already_at_school"),
        ([], OLD, NEW, "not_at_school"),
    ],
)
def test_what_is_no_move_is_refused(
    held: list[Membership], from_urn: str | None, to_urn: str, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        move(held, asked(from_urn=from_urn, to_urn=to_urn), today=TODAY)


@pytest.mark.parametrize(("ended", "free"), [(TODAY - DAY, True), (TODAY, False), (TODAY + DAY, False)])
def test_a_teacher_can_return_the_day_after_leaving(ended: date, free: bool) -> None:
    held = [membership(), membership(NEW, SINCE - 300 * DAY, ended, number=2)]
    if free:
        assert move(held, asked(), today=TODAY) is not None
        return
    with pytest.raises(Conflict, match="already_at_school"):
        move(held, asked(), today=TODAY)


URNS = (OLD, NEW, "110999")
MOVES = st.tuples(st.none() | st.sampled_from(URNS), st.sampled_from(URNS), st.integers(-5, 75))


@given(st.lists(MOVES, max_size=12))
def test_no_move_gives_two_memberships_of_one_school_on_a_day(
    tries: list[tuple[str | None, str, int]],
) -> None:
    held = {UUID(int=1): membership()}
    for number, (from_urn, to_urn, days) in enumerate(tries, start=2):
        wanted = asked(SINCE + days * DAY, from_urn, to_urn)
        try:
            left = move(list(held.values()), wanted, today=TODAY)
        except Refused:
            continue
        if left is not None:
            one = held[left.id]
            held[left.id] = Membership(id=one.id, urn=one.urn, starts_on=one.starts_on, ends_on=left.ends_on)
        held[UUID(int=number)] = membership(to_urn, wanted.moved_on, number=number)
    for one in held.values():
        assert one.ends_on is None or one.ends_on >= one.starts_on
    for days in range(-5, 76):
        day = SINCE + days * DAY
        there = [m.urn for m in held.values() if m.starts_on <= day and (m.ends_on or date.max) >= day]
        assert len(there) == len(set(there))


@pytest.mark.parametrize(
    ("known", "old", "new", "kept"),
    [
        ([], "Ada Byron", "Ada King", ["Ada Byron"]),
        (["Ada Byron"], "Ada King", "Ada Lovelace", ["Ada Byron", "Ada King"]),
        (["Ada Byron"], "Ada Byron", "Ada King", ["Ada Byron"]),
        (["Ada Byron"], "Ada King", "Ada King", ["Ada Byron"]),
    ],
)
def test_a_name_that_goes_is_kept_once(known: list[str], old: str, new: str, kept: list[str]) -> None:
    assert names_before(known, old, new) == kept


@pytest.mark.parametrize("moved_on", [SINCE - 9 * DAY, SINCE - DAY, SINCE])
def test_a_move_before_the_day_of_the_registration_is_noted(moved_on: date) -> None:
    registered = replace(membership(), noted_on=SINCE)
    last = moved_on - DAY
    assert move([registered], asked(moved_on), today=TODAY) == Left(UUID(int=1), last, starts_on=last)
    before = membership(ends_on=last, starts_on=last - DAY, number=2)
    with pytest.raises(Refused, match="moved_before_start"):
        move([registered, before], asked(moved_on), today=TODAY)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "code"),
    [
        (SINCE - 99 * DAY, None, None),
        (TODAY, None, None),
        (TODAY + DAY, None, "starts_in_future"),
        (SINCE, SINCE - DAY, "ends_before_start"),
        (SINCE, SINCE, None),
        (SINCE, TODAY, None),
        (SINCE, TODAY + DAY, "ends_in_future"),
    ],
)
def test_days_are_corrected_to_what_can_be(starts_on: date, ends_on: date | None, code: str | None) -> None:
    right = membership(starts_on=starts_on, ends_on=ends_on)
    held = [membership(), membership(NEW, number=2)]
    if code is None:
        correct(held, right, today=TODAY)
        return
    with pytest.raises(Refused, match=code):
        correct(held, right, today=TODAY)


def test_the_only_school_where_a_person_works_gets_no_last_day() -> None:
    past = membership(NEW, SINCE - 99 * DAY, SINCE - DAY, number=2)
    with pytest.raises(Conflict, match="last_membership"):
        correct([membership(), past], membership(ends_on=TODAY), today=TODAY)
    correct([membership(), past], replace(past, ends_on=SINCE - 2 * DAY), today=TODAY)


DAYS = st.dates(SINCE, TODAY)


@given(DAYS, DAYS, DAYS, DAYS)
def test_corrections_of_one_school_never_overlap(a: date, b: date, c: date, d: date) -> None:
    other = membership(starts_on=min(a, b), ends_on=max(a, b), number=2)
    right = membership(starts_on=min(c, d), ends_on=max(c, d))
    held = [membership(), other, membership(NEW, number=3)]
    overlap = right.starts_on <= max(a, b) and min(a, b) <= max(c, d)
    if not overlap:
        correct(held, right, today=TODAY)
        return
    with pytest.raises(Conflict, match="already_at_school"):
        correct(held, right, today=TODAY)


def test_a_person_works_where_they_joined_last() -> None:
    held = [membership(), membership(NEW, SINCE + DAY, number=2), membership(NEW, TODAY, TODAY, number=3)]
    assert present(held).id == UUID(int=2)


def test_a_place_of_another_school_is_refused_with_its_pointer() -> None:
    check_places([])
    check_places([True, True])
    with pytest.raises(Refused, match="place_of_other_school") as caught:
        check_places([True, False, True])
    assert caught.value.pointer == "/also_places/1"
