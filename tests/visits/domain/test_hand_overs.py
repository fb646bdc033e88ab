"""When a PD lead may be replaced, who leads a chain of assignments, and that each half term is owed once."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON

from hub_kernel.refusals import Conflict, Refused
from hub_visits.domain.assignments import KINDS_OWED, Owed, check_free, obligations
from hub_visits.domain.hand_overs import (
    Tenure,
    check_end,
    check_hand_over,
    is_without_lead,
    lead_of,
    lead_until,
)

ADA, BEN, CAT = (UUID(int=n) for n in (1, 2, 3))
FIRST, LAST = date(2023, 9, 4), date(2024, 8, 31)
DAY = timedelta(days=1)
WHOLE = Tenure(pd_lead_id=ADA, starts_on=FIRST, ends_on=LAST, is_ended=False)
JANUARY = date(2024, 1, 8)


def chain_of(*starts: date, end: date | None = None) -> list[Tenure]:
    """Ada, then Ben, then Cat …, each from a day on; the last one until `end`, if it was ended."""
    leads = [ADA, BEN, CAT, *(uuid4() for _ in starts)]
    tenures = []
    for index, start in enumerate(starts):
        is_last = index == len(starts) - 1
        last_day = (end or LAST) if is_last else starts[index + 1] - DAY
        tenures.append(
            Tenure(
                pd_lead_id=leads[index],
                starts_on=start,
                ends_on=last_day,
                is_ended=not is_last or end is not None,
            )
        )
    return tenures


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (FIRST - DAY, "before_assignment"),
        (FIRST, None),  # the assignment never takes effect
        (FIRST + DAY, None),
        (LAST, None),
        (LAST + DAY, "after_assignment"),
    ],
)
def test_a_hand_over_lies_within_the_assignment(on: date, code: str | None) -> None:
    if code is None:
        check_hand_over(WHOLE, to_pd_lead_id=BEN, on=on, last_logged_on=None)
        return
    with pytest.raises(Refused) as refusal:
        check_hand_over(WHOLE, to_pd_lead_id=BEN, on=on, last_logged_on=None)
    assert (refusal.value.code, refusal.value.pointer) == (code, "/on")


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (FIRST - DAY, "before_assignment"),
        (FIRST, None),
        (LAST, None),
        (LAST + DAY, "after_assignment"),
    ],
)
def test_the_last_day_of_an_assignment_lies_within_it(on: date, code: str | None) -> None:
    if code is None:
        check_end(WHOLE, on=on, last_logged_on=None)
        return
    with pytest.raises(Refused, match=code):
        check_end(WHOLE, on=on, last_logged_on=None)


def test_an_assignment_is_not_handed_over_to_its_own_pd_lead() -> None:
    with pytest.raises(Refused, match="same_pd_lead"):
        check_hand_over(WHOLE, to_pd_lead_id=ADA, on=JANUARY, last_logged_on=None)


def test_an_assignment_ends_once() -> None:
    ended = replace(WHOLE, ends_on=JANUARY, is_ended=True)
    with pytest.raises(Conflict, match="already_ended"):
        check_hand_over(ended, to_pd_lead_id=BEN, on=JANUARY, last_logged_on=None)
    with pytest.raises(Conflict, match="already_ended"):
        check_end(ended, on=JANUARY, last_logged_on=None)


@pytest.mark.parametrize(("logged_on", "refused"), [(-1, False), (0, True), (1, True)])
def test_a_hand_over_is_after_the_last_visit_that_was_logged(logged_on: int, refused: bool) -> None:
    last = JANUARY + logged_on * DAY
    if not refused:
        check_hand_over(WHOLE, to_pd_lead_id=BEN, on=JANUARY, last_logged_on=last)
        return
    with pytest.raises(Conflict, match="visits_logged_since"):
        check_hand_over(WHOLE, to_pd_lead_id=BEN, on=JANUARY, last_logged_on=last)


@pytest.mark.parametrize(("logged_on", "refused"), [(-1, False), (0, False), (1, True)])
def test_an_assignment_ends_on_the_day_of_its_last_visit_or_later(logged_on: int, refused: bool) -> None:
    last = JANUARY + logged_on * DAY
    if not refused:
        check_end(WHOLE, on=JANUARY, last_logged_on=last)
        return
    with pytest.raises(Conflict, match="visits_logged_since"):
        check_end(WHOLE, on=JANUARY, last_logged_on=last)


@pytest.mark.parametrize(
    ("number", "day", "lead"),
    [
        (0, JANUARY - DAY, ADA),
        (0, JANUARY, BEN),  # Ada's assignment belongs to the following PD lead
        (1, JANUARY - DAY, BEN),  # Ben plans ahead; Ada does not see what will be his
        (1, JANUARY, BEN),
        (2, JANUARY, CAT),
        (0, date(2024, 4, 15), CAT),
        (1, date(2024, 4, 15), CAT),
        (2, date(2024, 12, 1), CAT),  # after the year, until another assignment follows
    ],
)
def test_chain_belongs_to_its_current_pd_lead(number: int, day: date, lead: UUID) -> None:
    chain = chain_of(FIRST, JANUARY, date(2024, 4, 15))
    assert lead_of(chain[number], chain, day=day) == lead


def test_an_end_without_a_successor_leaves_a_chain_to_hub_staff() -> None:
    chain = chain_of(FIRST, JANUARY, end=date(2024, 3, 1))
    for tenure in chain:
        assert lead_of(tenure, chain, day=date(2024, 3, 1)) == BEN
        assert lead_of(tenure, chain, day=date(2024, 3, 2)) is None


def test_assignment_handed_over_on_its_first_day_has_no_own_pd_lead() -> None:
    chain = chain_of(FIRST, FIRST)
    assert lead_of(chain[0], chain, day=FIRST - DAY) is None
    assert lead_of(chain[1], chain, day=FIRST - DAY) == BEN
    assert lead_of(chain[0], chain, day=FIRST) == BEN


@pytest.mark.parametrize(
    ("status", "planned_on", "today", "without"),
    [
        ("planned", date(2024, 3, 1), FIRST, False),
        ("planned", date(2024, 3, 2), FIRST, True),
        ("planned", date(2024, 3, 1), date(2024, 3, 2), True),  # no PD lead can log it any more
        ("planned", date(2024, 3, 1), date(2024, 3, 1), False),
        ("logged", date(2024, 3, 1), date(2024, 3, 2), False),
        ("cancelled", date(2024, 3, 2), date(2024, 3, 2), False),
    ],
)
def test_a_planned_visit_is_without_a_lead_after_the_chains_last_day(
    status: str, planned_on: date, today: date, without: bool
) -> None:
    chain = chain_of(FIRST, JANUARY, end=date(2024, 3, 1))
    assert is_without_lead(chain, status=status, planned_on=planned_on, today=today) is without


@pytest.mark.parametrize(
    ("ended_on", "role_ends_on", "until"),
    [
        (None, None, None),
        (None, LAST, None),
        (None, LAST - DAY, LAST - DAY),
        (JANUARY, None, JANUARY),
        (JANUARY, JANUARY - DAY, JANUARY - DAY),
        (JANUARY, LAST, JANUARY),
        (LAST, None, None),
    ],
)
def test_an_assignment_has_a_lead_until_it_or_the_role_ends(
    ended_on: date | None, role_ends_on: date | None, until: date | None
) -> None:
    assert lead_until(last_day=LAST, ended_on=ended_on, role_ends_on=role_ends_on) == until


@pytest.mark.parametrize(("gap", "refused"), [(0, True), (1, False), (30, False)])
def test_assignments_of_one_school_and_year_do_not_overlap(gap: int, refused: bool) -> None:
    starts_on = JANUARY + gap * DAY
    if not refused:
        check_free([date(2023, 10, 1), JANUARY], starts_on=starts_on, academic_year="2023/24")
        return
    with pytest.raises(Conflict, match="already_assigned"):
        check_free([date(2023, 10, 1), JANUARY], starts_on=starts_on, academic_year="2023/24")


@pytest.mark.parametrize(
    ("on", "kept"),
    [
        (date(2023, 10, 9), []),  # ten school days of autumn 1 remain: the successor owes it
        (date(2023, 10, 10), ["2023-1"]),  # nine: who has led the school until now
        (date(2023, 10, 25), ["2023-1"]),  # in the holidays
        (date(2023, 12, 6), ["2023-1"]),  # eleven school days of autumn 2 remain
        (date(2023, 12, 8), ["2023-1", "2023-2"]),
        (FIRST, []),
    ],
)
def test_a_half_term_is_owed_by_the_successor_while_ten_school_days_remain(on: date, kept: list[str]) -> None:
    before = obligations(LINTON, ["visit"], starts_on=FIRST, followed_on=on)
    after = obligations(LINTON, ["visit"], starts_on=on)
    assert [each.half_term for each in before] == kept
    assert [each.half_term for each in (*before, *after)] == [f"2023-{n}" for n in range(1, 7)]


@given(
    starts=st.lists(st.dates(date(2023, 9, 1), LAST), min_size=1, max_size=6).map(sorted),
    kinds=st.sets(st.sampled_from(KINDS_OWED), min_size=1),
)
def test_a_chain_owes_each_half_term_and_kind_once_as_one_assignment_would(
    starts: list[date], kinds: set[str]
) -> None:
    owed: list[Owed] = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        owed += obligations(LINTON, kinds, starts_on=start, followed_on=following)
    assert owed == obligations(LINTON, kinds, starts_on=starts[0])


@given(
    starts=st.lists(st.dates(date(2023, 9, 1), LAST), min_size=1, max_size=5).map(sorted),
    end=st.none() | st.dates(date(2023, 9, 1), LAST),
    day=st.dates(date(2023, 8, 1), date(2024, 12, 31)),
)
def test_on_each_day_one_person_at_most_leads_a_chain(
    starts: list[date], end: date | None, day: date
) -> None:
    chain = chain_of(*starts, end=None if end is None else max(end, starts[-1]))
    leading = {each.pd_lead_id for each in chain if each.leads_on(day)}
    assert len(leading) <= 1
    for tenure in chain:
        if tenure.starts_on <= day:
            assert lead_of(tenure, chain, day=day) == next(iter(leading), None)
