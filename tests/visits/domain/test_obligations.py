"""How what a school is owed stands on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_platform.bank_holidays import bank_holidays
from hub_visits.domain.obligations import STATUSES, Facts, status_of

ENDS_ON = date(2023, 10, 20)
LAST_DAY_TO_LOG = date(2023, 11, 3)  # the tenth working day after it
NOTHING = Facts(ends_on=ENDS_ON, met=False, excused=False, planned=False)


def status_on(today: date, facts: Facts) -> str:
    return status_of(facts, today=today, bank_holidays=bank_holidays())


@pytest.mark.parametrize(
    ("today", "status", "with_a_visit_planned"),
    [
        (ENDS_ON - timedelta(days=15), "open", "open"),
        (ENDS_ON - timedelta(days=14), "due_soon", "open"),
        (ENDS_ON, "due_soon", "open"),
        (ENDS_ON + timedelta(days=1), "awaiting_log", "awaiting_log"),
        (LAST_DAY_TO_LOG, "awaiting_log", "awaiting_log"),
        (LAST_DAY_TO_LOG + timedelta(days=1), "missed", "missed"),
    ],
)
def test_status_without_a_visit_is_open_due_soon_awaiting_log_then_missed(
    today: date, status: str, with_a_visit_planned: str
) -> None:
    assert status_on(today, NOTHING) == status
    assert status_on(today, replace(NOTHING, planned=True)) == with_a_visit_planned


@given(
    facts=st.builds(
        Facts, ends_on=st.just(ENDS_ON), met=st.booleans(), excused=st.booleans(), planned=st.booleans()
    ),
    days=st.integers(-60, 60),
)
def test_a_visit_counts_before_an_excuse_and_both_before_the_date(facts: Facts, days: int) -> None:
    status = status_on(ENDS_ON + timedelta(days=days), facts)
    assert status in STATUSES
    assert (status == "met") == facts.met
    assert (status == "excused") == (facts.excused and not facts.met)
    waits = not facts.met and not facts.excused
    assert (status == "awaiting_log") == (waits and 0 < days <= 14)
    assert (status == "missed") == (waits and days > 14)
