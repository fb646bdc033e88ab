"""Half terms: which one a day lies in, which calendar covers a school, what a calendar must be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON, LINTON_YEAR

from hub_kernel.academic_years import academic_year_of
from hub_kernel.refusals import Refused
from hub_visits.domain import calendars

ONE_DAY = timedelta(days=1)
YEAR_OF_DAYS = st.dates(date(2023, 9, 1), date(2024, 8, 31))


@pytest.mark.parametrize("half_term", LINTON, ids=lambda half_term: half_term.id)
def test_a_half_term_holds_its_first_and_last_day_and_no_neighbour(
    half_term: calendars.HalfTerm,
) -> None:
    assert calendars.half_term_on(LINTON, half_term.starts_on - ONE_DAY) is None
    assert calendars.half_term_on(LINTON, half_term.starts_on) == half_term
    assert calendars.half_term_on(LINTON, half_term.ends_on) == half_term
    assert calendars.half_term_on(LINTON, half_term.ends_on + ONE_DAY) is None


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 9, 1),  # training day before the first lesson
        date(2023, 10, 23),  # first weekday of the October holiday
        date(2023, 12, 25),
        date(2024, 2, 19),
        date(2024, 4, 1),  # Easter Monday
        date(2024, 7, 22),
    ],
)
def test_a_weekday_in_the_holidays_belongs_to_no_half_term(day: date) -> None:
    assert calendars.half_term_on(LINTON, day) is None


@pytest.mark.parametrize("day", [date(2023, 9, 29), date(2024, 2, 16), date(2023, 9, 9)])
def test_a_training_day_or_weekend_within_a_half_term_belongs_to_it(day: date) -> None:
    assert calendars.half_term_on(LINTON, day) is not None


@given(day=YEAR_OF_DAYS)
def test_every_day_lies_in_the_one_half_term_that_covers_it_or_in_none(day: date) -> None:
    covering = [half_term for half_term in LINTON if half_term.starts_on <= day <= half_term.ends_on]
    assert len(covering) <= 1
    assert calendars.half_term_on(LINTON, day) == (covering[0] if covering else None)


def test_school_days_leave_out_weekends_and_days_without_pupils() -> None:
    first = LINTON[0]
    assert first.school_days_from(date(2023, 8, 1)) == 34  # seven weeks less the training day of 29 September
    assert first.school_days_from(date(2023, 10, 16)) == 5
    assert first.school_days_from(date(2023, 10, 20)) == 1
    assert first.school_days_from(date(2023, 10, 21)) == 0


@given(day=YEAR_OF_DAYS)
def test_school_days_only_ever_run_out(day: date) -> None:
    for half_term in LINTON:
        assert half_term.school_days_from(day) - half_term.school_days_from(day + ONE_DAY) in (0, 1)


@given(day=st.dates(date(2000, 9, 1), date(2090, 1, 1)))
def test_a_day_lies_in_its_academic_year(day: date) -> None:
    year = academic_year_of(day)
    assert date(calendars.first_year_of(year), 9, 1) <= day <= calendars.last_day_of(year)


@pytest.mark.parametrize(
    "text", ["2025", "2025/27", "2025-26", "25/26", "2025/2026", "2025/26\n", "٢٠٢٥/26", "9999/00"]
)
def test_an_academic_year_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        calendars.first_year_of(text)
    assert refusal.value.code == "bad_academic_year"


def test_real_calendar_is_valid_complete_or_without_later_half_terms() -> None:
    calendars.check_half_terms(LINTON_YEAR, LINTON)
    calendars.check_half_terms(LINTON_YEAR, LINTON[:4])


@pytest.mark.parametrize(
    ("index", "change", "code"),
    [
        (1, {"n": 3}, "half_terms_out_of_order"),
        (1, {"ends_on": date(2023, 10, 29)}, "half_terms_out_of_order"),
        (1, {"starts_on": date(2023, 10, 20)}, "half_terms_overlap"),
        (0, {"starts_on": date(2023, 8, 31)}, "outside_academic_year"),
        (5, {"ends_on": date(2024, 9, 1)}, "outside_academic_year"),
        (3, {"non_school_days": frozenset({date(2024, 3, 29)})}, "non_school_day_outside"),
    ],
)
def test_refusal_of_a_calendar_points_to_the_invalid_half_term(
    index: int, change: dict[str, object], code: str
) -> None:
    given_half_terms = [*LINTON]
    given_half_terms[index] = replace(LINTON[index], **change)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        calendars.check_half_terms(LINTON_YEAR, given_half_terms)
    assert refusal.value.code == code
    assert refusal.value.pointer.startswith(f"/half_terms/{index}")
