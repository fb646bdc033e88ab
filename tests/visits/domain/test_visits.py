"""Visits: when they may have happened, when they are late, what they must say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON

from hub_visits.domain import visits
from hub_visits.domain.calendars import half_term_on
from hub_visits.domain.refusals import Conflict, Refused

SPAN = visits.Span(starts_on=date(2023, 9, 11), ends_on=date(2024, 8, 31))
AUTUMN_1 = LINTON[0]
ONE_DAY = timedelta(days=1)


def hold(happened_on: date, today: date) -> visits.Held:
    half_term = half_term_on(LINTON, happened_on)
    return visits.hold(half_term, happened_on=happened_on, span=SPAN, today=today)


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2023, 10, 20), False),
        (date(2023, 11, 3), False),  # the tenth working day after 20 October
        (date(2023, 11, 4), True),
    ],
)
def test_a_visit_logged_after_ten_working_days_is_late(today: date, late: bool) -> None:
    assert hold(date(2023, 10, 18), today) == visits.Held(half_term="2023-1", out_of_term=False, late=late)


def test_a_visit_in_the_holidays_is_kept_and_flagged_and_never_late() -> None:
    held = hold(date(2023, 10, 25), date(2024, 6, 1))
    assert held == visits.Held(half_term=None, out_of_term=True, late=False)


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
def test_department_pd_says_who_was_there(
    kind: str, present: int | None, size: int | None, code: str | None
) -> None:
    if code is None:
        visits.check_department(kind, present, size)
        return
    with pytest.raises(Refused) as refusal:
        visits.check_department(kind, present, size)
    assert refusal.value.code == code


def test_nothing_is_agreed_for_a_day_before_the_visit() -> None:
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
