"""Visits: when they may have happened, when they are late, what they must say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON

from hub_kernel.refusals import Conflict, Refused
from hub_platform.bank_holidays import bank_holidays
from hub_visits.domain import visits
from hub_visits.domain.calendars import HalfTerm, half_term_on

SPAN = visits.Span(starts_on=date(2023, 9, 11), ends_on=date(2024, 8, 31))
AUTUMN_1 = LINTON[0]
ONE_DAY = timedelta(days=1)


def placed(
    half_term: HalfTerm | None, happened_on: date, span: visits.Span, today: date
) -> visits.TermPlacement:
    return visits.place_logged(
        half_term, happened_on=happened_on, span=span, today=today, bank_holidays=bank_holidays()
    )


def hold(happened_on: date, today: date) -> visits.TermPlacement:
    half_term = half_term_on(LINTON, happened_on)
    return placed(half_term, happened_on, SPAN, today)


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2023, 10, 20), False),
        (date(2023, 11, 3), False),  # the tenth working day after 20 October
        (date(2023, 11, 4), True),
    ],
)
def test_a_visit_logged_after_ten_working_days_is_late(today: date, late: bool) -> None:
    assert hold(date(2023, 10, 18), today) == visits.TermPlacement(
        half_term="2023-1", out_of_term=False, late=late
    )


@pytest.mark.parametrize(
    ("half_term_ends", "last_on_time"),
    [
        (date(2025, 12, 19), date(2026, 1, 7)),  # Christmas Day, Boxing Day and New Year's Day between
        (date(2026, 4, 2), date(2026, 4, 20)),  # Good Friday and Easter Monday
        (date(2026, 12, 18), date(2027, 1, 6)),  # 26 December is a Saturday: its bank holiday is Monday 28
        (date(2026, 5, 22), date(2026, 6, 8)),  # the spring bank holiday
    ],
)
def test_bank_holidays_are_not_counted_among_the_ten_working_days(
    half_term_ends: date, last_on_time: date
) -> None:
    happened_on = half_term_ends - 3 * ONE_DAY
    half_term = HalfTerm(first_year=2025, n=2, starts_on=happened_on, ends_on=half_term_ends)
    span = visits.Span(starts_on=happened_on, ends_on=date(2027, 8, 31))
    days = (last_on_time - ONE_DAY, last_on_time, last_on_time + ONE_DAY)
    held = [placed(half_term, happened_on, span, today) for today in days]
    assert [each.late for each in held] == [False, False, True]


def test_a_visit_logged_on_5_january_is_on_time_for_the_half_term_that_ended_on_19_december() -> None:
    half_term = HalfTerm(first_year=2025, n=2, starts_on=date(2025, 11, 3), ends_on=date(2025, 12, 19))
    span = visits.Span(starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31))
    held = placed(half_term, date(2025, 12, 19), span, date(2026, 1, 5))
    assert held == visits.TermPlacement(half_term="2025-2", out_of_term=False, late=False)


def test_visit_in_the_holidays_is_out_of_term_and_never_late() -> None:
    held = hold(date(2023, 10, 25), date(2024, 6, 1))
    assert held == visits.TermPlacement(half_term=None, out_of_term=True, late=False)


@pytest.mark.parametrize(
    ("happened_on", "code"),
    [
        (SPAN.starts_on - ONE_DAY, "before_assignment"),
        (SPAN.starts_on, None),
        (SPAN.ends_on, None),
        (SPAN.ends_on + ONE_DAY, "after_assignment"),
    ],
)
def test_a_visit_happens_within_its_assignment(happened_on: date, code: str | None) -> None:
    today = date(2024, 12, 1)
    if code is None:
        hold(happened_on, today)
        return
    with pytest.raises(Refused) as refusal:
        hold(happened_on, today)
    assert (refusal.value.code, refusal.value.pointer) == (code, "/happened_on")


@given(day=st.dates(SPAN.starts_on, SPAN.ends_on), ahead=st.integers(-5, 5))
def test_a_visit_is_logged_on_the_day_or_after_it(day: date, ahead: int) -> None:
    today = day - timedelta(days=ahead)
    if ahead > 0:
        with pytest.raises(Refused) as refusal:
            hold(day, today)
        assert refusal.value.code == "in_future"
    else:
        half_term = half_term_on(LINTON, day)
        assert hold(day, today).half_term == (half_term.id if half_term else None)


@pytest.mark.parametrize(
    ("kind", "present", "size", "code"),
    [
        ("department_pd", 8, 8, None),
        ("department_pd", 0, 8, None),
        ("department_pd", 9, 8, "more_staff_than_department"),
        ("department_pd", None, 8, "department_needed"),
        ("department_pd", 8, None, "department_needed"),
        ("support", None, None, None),
        ("support", 3, None, "department_not_expected"),
        ("support", None, 8, "department_not_expected"),
    ],
)
def test_department_pd_requires_numbers_of_staff(
    kind: str, present: int | None, size: int | None, code: str | None
) -> None:
    if code is None:
        visits.check_department(kind, present, size)
        return
    with pytest.raises(Refused) as refusal:
        visits.check_department(kind, present, size)
    assert refusal.value.code == code


def test_action_due_before_the_visit_is_refused() -> None:
    day = date(2023, 10, 18)
    visits.check_actions([day, day + ONE_DAY], happened_on=day)
    with pytest.raises(Refused) as refusal:
        visits.check_actions([day, day - ONE_DAY], happened_on=day)
    assert (refusal.value.code, refusal.value.pointer) == ("action_due_before_visit", "/actions/1/due_on")


@pytest.mark.parametrize(
    ("status", "code"), [("logged", "already_logged"), ("cancelled", "already_cancelled")]
)
def test_only_a_planned_visit_is_logged_or_cancelled(status: str, code: str) -> None:
    visits.check_planned("planned")
    with pytest.raises(Conflict) as refusal:
        visits.check_planned(status)
    assert refusal.value.code == code
