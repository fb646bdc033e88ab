"""Facts and trust of a school as of a day."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_reporting.domain.school_history import (
    ALWAYS,
    NO_TRUST,
    Facts,
    Trust,
    TrustFacts,
    codes_until,
    facts_on,
    trust_on,
)

DAY = timedelta(days=1)
SEPTEMBER, RECODED = date(2025, 9, 1), date(2028, 4, 1)
LEFT, LATER = date(2026, 1, 4), date(2026, 2, 1)


def facts(revision: int, on: date, la_code: str, **others: Any) -> Facts:
    plain = Facts(
        revision, on, "School", la_code, f"LA {la_code}", f"E{la_code}", None, "primary", eligible=True
    )
    return plain._replace(**others)


def of_trust(
    revision: int, on: date, uid: str | None, since: date | None = None, **others: Any
) -> TrustFacts:
    return TrustFacts(revision, on, uid, uid and f"Trust {uid}", None, since)._replace(**others)


@pytest.mark.parametrize(
    ("day", "la_code", "codes"),
    [
        (date(2020, 1, 1), "873", {"873"}),  # the earliest known
        (SEPTEMBER, "873", {"873"}),
        (RECODED - DAY, "873", {"873"}),
        (RECODED, "940", {"873", "940"}),
    ],
)
def test_facts_hold_from_the_day_of_their_file(day: date, la_code: str, codes: set[str]) -> None:
    history = [facts(4, RECODED, "940"), facts(1, SEPTEMBER, "873")]
    assert facts_on(history, day).la_code == la_code
    las, districts = codes_until(history, day)
    assert (set(las), set(districts)) == (codes, {f"E{code}" for code in codes})


def test_later_event_holds_for_two_files_of_one_day() -> None:
    history = [facts(1, SEPTEMBER, "873"), facts(2, SEPTEMBER, "874", district_code=None)]
    assert [facts_on(history, day).la_code for day in (SEPTEMBER - DAY, SEPTEMBER)] == ["874", "874"]


X, Y, NONE = Trust("X", "Trust X"), Trust("Y", "Trust Y"), NO_TRUST
LEAVES = [of_trust(1, SEPTEMBER, "X"), of_trust(2, LATER, None, LEFT)]
MOVES = [of_trust(1, SEPTEMBER, "X"), of_trust(2, LATER, "Y")]


@pytest.mark.parametrize(
    ("history", "day", "trust"),
    [
        (LEAVES, date(2025, 12, 1), X),
        (LEAVES, LEFT - DAY, X),
        (LEAVES, LEFT, NONE),
        (LEAVES, ALWAYS, X),  # no earlier trust is known
        (MOVES, LATER - DAY, X),
        (MOVES, LATER, Y),
        ([*MOVES, of_trust(3, LATER + DAY, "Y", LEFT)], LEFT, Y),  # the joining day comes later
        ([*MOVES, of_trust(3, LATER + DAY, "Y", LEFT)], LEFT - DAY, X),
        ([*MOVES, of_trust(3, LATER + DAY, "Y", LATER + DAY)], LATER, X),  # and may correct the day
        ([of_trust(1, LATER, "Y", LEFT)], LEFT - DAY, NONE),  # the register names the day
        ([of_trust(1, LATER, "Y", LEFT)], LEFT, Y),
        ([of_trust(1, LATER, "Y", LATER)], LEFT, Y),  # the date of the first file gives no earlier day
        ([of_trust(1, LATER, "Y"), of_trust(2, LATER, "Y", LEFT)], LEFT - DAY, NONE),
        ([of_trust(1, ALWAYS, "Y"), of_trust(2, LATER, "Y", LEFT)], ALWAYS, Y),  # kept by an upgrade
        ([of_trust(1, SEPTEMBER, "X"), of_trust(2, SEPTEMBER, "Y")], SEPTEMBER, Y),  # corrected that day
        ([*MOVES, of_trust(3, LATER, "X")], LATER, X),  # and back: it never left
        ([of_trust(1, SEPTEMBER, None), of_trust(2, LATER, "X", LEFT)], LEFT - DAY, NONE),
        ([of_trust(1, SEPTEMBER, None), of_trust(2, LATER, "X", LEFT)], LEFT, X),
    ],
)
def test_a_school_belongs_to_a_trust_from_its_joining_day(
    history: list[TrustFacts], day: date, trust: Trust
) -> None:
    assert trust_on(history, day) == trust
    assert trust_on(reversed(history), day) == trust


def test_a_trust_is_named_as_on_the_day() -> None:
    history = [of_trust(1, SEPTEMBER, "X"), of_trust(2, LATER, "X", trust_name="Renamed")]
    assert [trust_on(history, day).name for day in (ALWAYS, LATER - DAY, LATER)] == [
        "Trust X", "Trust X", "Renamed",
    ]  # fmt: skip


DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 6))
EVENTS = st.lists(
    st.tuples(st.sampled_from(["X", "Y", None]), DAYS, st.none() | DAYS), min_size=1, max_size=6
)


@given(events=EVENTS, day=DAYS, data=st.data())
def test_highest_revision_holds_in_any_order_of_arrival(
    events: list[tuple[str | None, date, date | None]], day: date, data: st.DataObject
) -> None:
    history = [of_trust(n, on, uid, since) for n, (uid, on, since) in enumerate(events, start=1)]
    shuffled = data.draw(st.permutations(history))
    assert trust_on(shuffled, day) == trust_on(history, day)
    assert trust_on(history, date(2026, 1, 1)).uid == events[-1][0]
