"""Which obligation a visit meets, and until when it is logged on time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.support_visits import first_end_to_log, kind_met_by, last_day_to_log

# Of Christmas 2025 and Easter 2026 in England.
HOLIDAYS = frozenset(
    date.fromisoformat(day) for day in ("2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06")
)


@pytest.mark.parametrize(
    ("kind", "met"),
    [
        ("support", "visit"),
        ("lesson_planning", "visit"),
        ("observation", "visit"),
        ("pd_day", "visit"),
        ("department_pd", "department_pd"),
    ],
)
def test_work_with_the_department_is_counted_apart(kind: str, met: str) -> None:
    assert kind_met_by(kind) == met


@pytest.mark.parametrize(
    ("ends_on", "last"),
    [
        (date(2025, 10, 24), date(2025, 11, 7)),
        (date(2025, 12, 19), date(2026, 1, 7)),  # Christmas Day, Boxing Day and New Year's Day between
        (date(2026, 4, 2), date(2026, 4, 20)),  # Good Friday and Easter Monday
    ],
)
def test_a_visit_is_logged_on_time_until_the_tenth_working_day(ends_on: date, last: date) -> None:
    assert last_day_to_log(ends_on, HOLIDAYS) == last


@given(
    day=st.dates(date(2025, 12, 1), date(2026, 4, 30)),
    holidays=st.frozensets(st.dates(date(2025, 11, 1), date(2026, 5, 31)), max_size=20),
)
def test_the_first_end_is_the_earliest_of_which_a_visit_is_on_time(
    day: date, holidays: frozenset[date]
) -> None:
    first = first_end_to_log(day, holidays)
    assert first <= day <= last_day_to_log(first, holidays)
    assert last_day_to_log(first - timedelta(days=1), holidays) < day
