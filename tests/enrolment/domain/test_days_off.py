"""Days to look at again: weekends, bank holidays, school holidays, days without pupils."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.days_off import warnings
from hub_kernel.school_calendars import Span
from hub_platform.bank_holidays import bank_holidays

AUTUMN = {
    "2026/27": [
        Span(date(2026, 9, 2), date(2026, 10, 23), frozenset({date(2026, 10, 23)})),
        Span(date(2026, 11, 2), date(2026, 12, 18)),
    ]
}
YEAR = {"2026/27": [*AUTUMN["2026/27"], *[Span(date(2027, n, 4), date(2027, n, 25)) for n in (1, 2, 3, 5)]]}


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 12, 16), None),
        (date(2026, 12, 18), None),
        (date(2026, 12, 19), "weekend"),
        (date(2026, 12, 23), "school_holidays"),
        (date(2026, 12, 25), "bank_holiday"),
        (date(2026, 12, 30), "school_holidays"),
        (date(2026, 10, 23), "non_school_day"),
        (date(2026, 10, 28), "school_holidays"),
        (date(2027, 9, 1), None),  # of that year no calendar is known
    ],
)
def test_a_day_has_the_reason_that_concerns_most_people(day: date, reason: str | None) -> None:
    assert [(one.on, one.reason) for one in warnings([day], YEAR, bank_holidays())] == (
        [] if reason is None else [(day, reason)]
    )


@given(st.lists(st.dates(date(2026, 9, 1), date(2027, 8, 31))))
def test_a_calendar_adds_warnings_and_takes_none_away(days: list[date]) -> None:
    without, known = warnings(days, {}, bank_holidays()), warnings(days, YEAR, bank_holidays())
    assert [one for one in known if one.reason in {"weekend", "bank_holiday"}] == without
    assert [one.on for one in known] == [day for day in days if day in {one.on for one in known}]
