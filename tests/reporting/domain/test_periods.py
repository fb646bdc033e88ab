"""Academic years, the period of a report, half terms."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused
from hub_reporting.domain.periods import Period, choose_period, half_term_name, last_of_month, parse_year

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 8, 31), "2024/25"), (date(2025, 9, 1), "2025/26"), (date(1999, 9, 1), "1999/00")],
)
def test_an_academic_year_begins_on_1_september(day: date, year: str) -> None:
    assert str(AcademicYear.of(day)) == year


@given(DAYS)
def test_academic_year_contains_its_days_and_parses_its_own_name(day: date) -> None:
    year = AcademicYear.of(day)
    assert year.starts_on <= day <= year.ends_on
    assert year.ends_on + timedelta(1) == AcademicYear(year.first + 1).starts_on
    assert parse_year(str(year)) == year


@pytest.mark.parametrize(
    "text", ["2025", "2025/27", "2025/26 ", "25/26", "0001/02", "9999/00", "2200/01", ""]
)
def test_malformed_academic_year_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="unknown_year"):
        parse_year(text)


@pytest.mark.parametrize(
    ("starts", "ends", "as_at", "latest", "expected"),
    [
        # No dates: the latest year with a recorded fact, to its end or today.
        (None, None, None, date(2026, 7, 20), Period(date(2025, 9, 1), date(2026, 8, 31), date(2026, 8, 31))),
        (None, None, None, date(2026, 10, 1), Period(date(2026, 9, 1), TODAY, TODAY)),
        (None, None, None, None, Period(date(2026, 9, 1), TODAY, TODAY)),
        # Facts after today are ignored.
        (None, None, None, date(2031, 1, 1), Period(date(2026, 9, 1), TODAY, TODAY)),
        # One end given: the rest of its year.
        (
            date(2025, 11, 1),
            None,
            None,
            None,
            Period(date(2025, 11, 1), date(2026, 8, 31), date(2026, 8, 31)),
        ),
        (None, date(2026, 2, 28), None, None, Period(date(2025, 9, 1), date(2026, 2, 28), date(2026, 2, 28))),
        # A period that ends after today is as at today.
        (date(2026, 9, 1), date(2027, 8, 31), None, None, Period(date(2026, 9, 1), date(2027, 8, 31), TODAY)),
        (
            date(2025, 9, 1),
            date(2026, 8, 31),
            date(2026, 2, 1),
            None,
            Period(date(2025, 9, 1), date(2026, 8, 31), date(2026, 2, 1)),
        ),
    ],
)
def test_requested_period_is_completed(
    starts: date | None, ends: date | None, as_at: date | None, latest: date | None, expected: Period
) -> None:
    assert choose_period(starts, ends, as_at, latest=latest, today=TODAY) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "as_at", "code", "pointer"),
    [
        (date(2026, 2, 1), date(2026, 1, 31), None, "period_reversed", "/to"),
        (date(1900, 1, 1), date(2026, 1, 31), None, "period_too_long", "/from"),
        (None, None, TODAY + timedelta(1), "as_at_in_future", "/as_at"),
    ],
)
def test_invalid_period_is_refused(
    starts: date | None, ends: date | None, as_at: date | None, code: str, pointer: str
) -> None:
    with pytest.raises(Refused) as refused:
        choose_period(starts, ends, as_at, latest=None, today=TODAY)
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_a_day_as_at_today_and_a_period_of_one_day_are_allowed() -> None:
    assert choose_period(TODAY, TODAY, TODAY, latest=None, today=TODAY) == Period(TODAY, TODAY, TODAY)


def test_nothing_after_as_at_is_counted() -> None:
    assert Period(date(2025, 9, 1), date(2026, 8, 31), date(2026, 2, 1)).last_counted == date(2026, 2, 1)
    assert Period(date(2025, 9, 1), date(2025, 12, 31), date(2026, 2, 1)).last_counted == date(2025, 12, 31)


def test_months_end_with_the_last_day_counted() -> None:
    period = Period(date(2025, 12, 10), date(2026, 8, 31), date(2026, 2, 14))
    assert period.month_ends() == [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 14)]


@given(DAYS)
def test_day_after_the_last_of_a_month_is_in_another_month(day: date) -> None:
    last = last_of_month(day)
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(1)).day == 1


def test_half_terms_have_names() -> None:
    assert [half_term_name(f"2025-{n}") for n in range(1, 7)] == [
        "Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2",
    ]  # fmt: skip
