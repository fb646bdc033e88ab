"""Rules about merging two records of one person."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.memberships import Membership
from hub_enrolment.domain.mergers import (
    Address,
    HeldPlace,
    Record,
    address_unconfirmed_since,
    check,
    join,
    obstacles,
    place_to_give_up,
)
from hub_kernel.refusals import Conflict, Refused

FIRST = date(2025, 9, 1)


def day(number: int) -> date:
    return FIRST + timedelta(number)


def record(**changes: Any) -> Record:
    values: dict[str, Any] = {"id": uuid4(), "trn": None, "merged_into": None, "anonymised": False}
    return Record(**values | changes)


def membership(first: int, last: int | None, urn: str = "110001") -> Membership:
    return Membership(id=uuid4(), urn=urn, starts_on=day(first), ends_on=None if last is None else day(last))


def place(used: bool, hour: int = 9) -> HeldPlace:
    at = datetime(2025, 9, 1, hour, tzinfo=UTC)
    return HeldPlace(id=uuid4(), work_group_id=UUID(int=1), enrolled_at=at, used=used)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"merged_into": uuid4()}, "already_merged"), ({"anonymised": True}, "teacher_anonymised")],
)
@pytest.mark.parametrize("pointer", ["/from_id", "/into_id"])
def test_a_record_that_is_gone_is_not_merged(changes: dict[str, Any], code: str, pointer: str) -> None:
    pair = [record(), record()]
    pair[pointer == "/into_id"] = record(**changes)
    with pytest.raises(Conflict) as refused:
        check(*pair)
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_a_record_is_not_merged_with_itself() -> None:
    one = record()
    with pytest.raises(Refused, match="same_teacher"):
        check(one, one)


@pytest.mark.parametrize(
    ("numbers", "used", "codes"),
    [
        ((None, None), (False, False), []),
        (("5580001", None), (True, False), []),
        ((None, "5580001"), (False, True), []),
        (("5580001", "5580002"), (False, False), ["both_have_trn"]),
        ((None, None), (True, True), ["both_places_used"]),
        (("5580001", "5580002"), (True, True), ["both_have_trn", "both_places_used"]),
    ],
)
def test_where_a_person_must_decide(
    numbers: tuple[str | None, str | None], used: tuple[bool, bool], codes: list[str]
) -> None:
    pair = [record(trn=number) for number in numbers]
    found = obstacles(pair[0], pair[1], [(place(used[0]), place(used[1]))])
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("one", "other", "gone"),
    [
        ((False, 9), (False, 10), 1),
        ((False, 10), (False, 9), 0),
        ((True, 10), (False, 9), 1),
        ((False, 9), (True, 10), 0),
    ],
)
def test_which_place_is_given_up(one: tuple[bool, int], other: tuple[bool, int], gone: int) -> None:
    pair = (place(*one), place(*other))
    assert place_to_give_up(*pair) == pair[gone]


@pytest.mark.parametrize(
    ("own", "others", "joined"),
    [
        ((0, None), (5, None), (0, None)),
        ((0, 9), (9, None), (0, None)),
        ((0, 9), (10, None), None),
        ((5, 7), (0, 20), (0, 20)),
        ((5, 20), (0, 5), (0, 20)),
        ((5, 20), (0, 4), None),
    ],
)
def test_memberships_that_overlap_become_one(
    own: tuple[int, int | None], others: tuple[int, int | None], joined: tuple[int, int | None] | None
) -> None:
    found = join([membership(*own)], [membership(*others)])
    assert [(one.kept.starts_on, one.kept.ends_on) for one in found] == (
        [] if joined is None else [(day(joined[0]), None if joined[1] is None else day(joined[1]))]
    )


def test_of_two_that_last_as_long_the_targets_is_kept_and_another_school_is_none_of_it() -> None:
    own, other = membership(5, None), membership(0, None)
    (found,) = join([own], [other, membership(0, None, "110002")])
    assert (found.kept.id, found.dropped) == (own.id, (other.id,))


spans = st.lists(
    st.builds(
        lambda first, length: membership(first, None if length is None else first + length),
        st.integers(0, 30),
        st.none() | st.integers(0, 10),
    ),
    max_size=4,
)


def days_of(held: Sequence[Membership]) -> set[date]:
    return {day(n) for n in range(60) for one in held if one.starts_on <= day(n) <= (one.ends_on or date.max)}


@given(spans, spans)
def test_joined_memberships_cover_the_same_days_and_never_overlap(
    own: list[Membership], others: list[Membership]
) -> None:
    after = {one.id: one for one in [*own, *others]}
    for joined in join(own, others):
        for gone in joined.dropped:
            del after[gone]
        after[joined.kept.id] = joined.kept
    assert days_of([*own, *others]) == days_of(list(after.values()))
    for one, other in combinations(after.values(), 2):
        assert not days_of([one]) & days_of([other])


ASKED, EARLIER, MERGED = (datetime(2026, month, 1, tzinfo=UTC) for month in (2, 1, 3))


@pytest.mark.parametrize(
    ("target", "origin", "since"),
    [
        # email, unconfirmed since, schools
        (("a@x.example", None, "1"), ("a@x.example", None, "2"), None),
        (("a@x.example", ASKED, "1"), ("a@x.example", None, "1"), ASKED),
        (("a@x.example", None, "1"), ("a@x.example", ASKED, "2"), ASKED),
        (("a@x.example", ASKED, "1"), ("a@x.example", EARLIER, "2"), EARLIER),
        (("a@x.example", None, "1"), ("b@x.example", None, "1"), None),
        (("a@x.example", None, "12"), ("b@x.example", None, "2"), None),
        (("a@x.example", None, "1"), ("b@x.example", ASKED, "1"), None),
        (("a@x.example", None, "1"), ("b@x.example", None, "2"), MERGED),
        (("a@x.example", None, "1"), ("b@x.example", None, "12"), MERGED),
        (("a@x.example", ASKED, "1"), ("b@x.example", None, "2"), ASKED),
    ],
)
def test_an_address_is_in_question_when_another_record_has_another_one_at_another_school(
    target: tuple[str, datetime | None, str], origin: tuple[str, datetime | None, str], since: datetime | None
) -> None:
    left, gone = (
        Address(email=email, unconfirmed_since=asked, urns=list(urns))
        for email, asked, urns in (target, origin)
    )
    assert address_unconfirmed_since(left, gone, answered=False, now=MERGED) == since
    assert address_unconfirmed_since(left, gone, answered=True, now=MERGED) is None
