"""Memberships when another school carries on the work of the one where a person works."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.memberships import CarriedOn, Left, Membership, Move, carry_on, move, present_urn
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Succession, Successions

A, B, C, OTHER = "100001", "140001", "140002", "100009"
FIRST_DAY = date(2025, 9, 1)
DAY = timedelta(days=1)
TODAY = date(2025, 10, 15)
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
LINK = Succession(urn=A, successor_urn=B, first_day=FIRST_DAY)
NEXT = Succession(urn=B, successor_urn=C, first_day=date(2025, 10, 1))


def at(urn: str, starts_on: date, ends_on: date | None = None, id_: UUID = ONE) -> Membership:
    return Membership(id=id_, urn=urn, starts_on=starts_on, ends_on=ends_on)


def step(held: Sequence[Membership], *links: Succession, day: date = TODAY) -> CarriedOn | None:
    return carry_on(held, {link.urn: link for link in links}, day=day)


@pytest.mark.parametrize(
    ("starts_on", "new_start", "last_day"),
    [
        (date(2020, 9, 1), FIRST_DAY, FIRST_DAY - DAY),
        (FIRST_DAY - DAY, FIRST_DAY, FIRST_DAY - DAY),
        (FIRST_DAY, FIRST_DAY, None),
        (FIRST_DAY + DAY, FIRST_DAY + DAY, None),
    ],
)
def test_a_membership_goes_on_at_the_successor_from_its_first_day(
    starts_on: date, new_start: date, last_day: date | None
) -> None:
    found = step([at(A, starts_on)], LINK)
    assert found == CarriedOn(
        held=at(A, starts_on),
        to_urn=B,
        first_day=FIRST_DAY,
        starts_on=new_start,
        last_day=last_day,
        joins=None,
    )


@pytest.mark.parametrize(
    ("day", "moves"), [(FIRST_DAY - DAY, False), (FIRST_DAY, True), (FIRST_DAY + DAY, True)]
)
def test_a_succession_is_followed_from_its_first_day(day: date, *, moves: bool) -> None:
    assert (step([at(A, date(2020, 9, 1))], LINK, day=day) is not None) is moves


def test_a_membership_that_has_ended_and_one_of_another_school_stay() -> None:
    held = [at(A, date(2020, 9, 1), date(2025, 9, 30)), at(OTHER, date(2025, 10, 1), id_=TWO)]
    assert step(held, LINK) is None


@pytest.mark.parametrize(
    ("there_since", "starts_on"),
    [(date(2019, 9, 1), date(2019, 9, 1)), (date(2025, 10, 1), FIRST_DAY), (FIRST_DAY, FIRST_DAY)],
)
def test_a_person_who_is_at_the_successor_already_stays_there(there_since: date, starts_on: date) -> None:
    found = step([at(A, date(2020, 9, 1)), at(B, there_since, id_=TWO)], LINK)
    assert found is not None
    assert (found.joins, found.starts_on, found.last_day) == (TWO, starts_on, FIRST_DAY - DAY)


def test_no_two_memberships_of_the_successor_overlap() -> None:
    before = at(B, date(2025, 8, 1), date(2025, 9, 15), id_=TWO)
    found = step([at(A, date(2020, 9, 1)), before], LINK)
    assert found is not None
    assert found.starts_on == date(2025, 9, 16)


def follow(held: list[Membership], *links: Succession) -> list[Membership]:
    """Apply every step as a handler does."""
    while (found := step(held, *links)) is not None:
        kept = [one for one in held if one.id not in {found.held.id, found.joins}]
        if found.last_day is not None:
            kept.append(replace(found.held, ends_on=found.last_day))
        held = [*kept, at(found.to_urn, found.starts_on, id_=uuid4())]
    return sorted(held, key=lambda one: one.starts_on)


def test_a_chain_is_followed_school_by_school() -> None:
    held = follow([at(A, date(2020, 9, 1))], LINK, NEXT)
    assert [(one.urn, one.starts_on, one.ends_on) for one in held] == [
        (A, date(2020, 9, 1), date(2025, 8, 31)),
        (B, FIRST_DAY, date(2025, 9, 30)),
        (C, date(2025, 10, 1), None),
    ]


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@given(
    starts=st.lists(
        st.tuples(st.sampled_from([A, B, C, OTHER]), days), unique_by=lambda one: one[0], min_size=1
    )
)
def test_every_person_ends_where_a_school_stands_and_is_nowhere_twice(starts: list[tuple[str, date]]) -> None:
    held = follow([at(urn, day, id_=uuid4()) for urn, day in starts], LINK, NEXT)
    successions = Successions([LINK, NEXT])
    current = [one.urn for one in held if one.ends_on is None]
    assert all(successions.standing(urn, TODAY) == urn for urn in current)
    assert {successions.standing(urn, TODAY) for urn, _ in starts} == set(current)
    assert len(set(current)) == len(current)
    assert all(one.ends_on is None or one.starts_on <= one.ends_on for one in held)


CARRIED = [at(A, date(2020, 9, 1), FIRST_DAY - DAY), at(B, FIRST_DAY, id_=TWO)]


def leave(moved_on: date, held: Sequence[Membership] = CARRIED) -> Left | None:
    asked = Move(from_urn=B, to_urn=OTHER, moved_on=moved_on)
    return move(held, asked, today=TODAY, successions=Successions([LINK, NEXT]))


@pytest.mark.parametrize(
    ("moved_on", "left"),
    [
        (FIRST_DAY + DAY, Left(TWO, FIRST_DAY)),
        (FIRST_DAY, Left(ONE, FIRST_DAY - DAY, dropped=(TWO,))),
        (date(2025, 4, 1), Left(ONE, date(2025, 3, 31), dropped=(TWO,))),
    ],
)
def test_a_person_who_left_before_the_successor_began_was_never_there(moved_on: date, left: Left) -> None:
    assert leave(moved_on) == left


def test_a_move_reaches_back_over_a_chain_of_schools() -> None:
    held = [*CARRIED[:1], at(B, FIRST_DAY, date(2025, 9, 30), TWO), at(C, date(2025, 10, 1), id_=THREE)]
    asked = Move(from_urn=C, to_urn=OTHER, moved_on=date(2025, 6, 1))
    found = move(held, asked, today=TODAY, successions=Successions([LINK, NEXT]))
    assert found == Left(ONE, date(2025, 5, 31), dropped=(THREE, TWO))


def test_a_move_before_both_memberships_is_refused() -> None:
    with pytest.raises(Refused, match="moved_before_start"):
        leave(date(2020, 9, 1))


def test_a_school_left_on_the_day_before_another_was_joined_is_not_continued_by_it() -> None:
    held = [at(OTHER, date(2020, 9, 1), FIRST_DAY - DAY), at(B, FIRST_DAY, id_=TWO)]
    with pytest.raises((Refused, Conflict), match="moved_before_start"):
        leave(FIRST_DAY, held)


@pytest.mark.parametrize(("named", "found"), [(A, B), (B, B), (OTHER, OTHER), (None, None)])
def test_a_present_school_is_named_by_either_number(named: str | None, found: str | None) -> None:
    assert present_urn(CARRIED, named, Successions([LINK]), today=TODAY) == found
