"""School calendars, of which visits tells: the most specific one warns, whatever order they come in."""

from datetime import date
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import apply, schools
from tests.enrolment.register_files import gias, row

from hub_contracts.visits import CalendarHalfTerm, CalendarSet
from hub_enrolment.handlers import calendars
from hub_enrolment.models import SchoolCalendar
from hub_enrolment.store.calendars import warnings
from hub_messaging.testing import delivered

WEDNESDAY = date(2026, 12, 16)
TRUST = {"Trusts (code)": "3180", "Trusts (name)": "The Trust"}


def told(scope: str, ends_on: date, *without_pupils: date) -> CalendarSet:
    """A calendar of one half term, which is all that is known of the year until spring."""
    half_terms = [
        CalendarHalfTerm(n=1, starts_on=date(2026, 9, 2), ends_on=ends_on, non_school_days=without_pupils),
        CalendarHalfTerm(n=2, starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 11), non_school_days=()),
    ]
    return CalendarSet(scope=scope, academic_year="2026/27", half_terms=half_terms)


def reasons(session: Session, host_urn: str | None, *days: date) -> list[str]:
    return [one.reason for one in warnings(session, days or [WEDNESDAY], host_urn=host_urn)]


def test_the_most_specific_calendar_of_the_host_counts(session: Session) -> None:
    known = row(**TRUST)
    apply(session, gias(known))
    urn, la_code = known["URN"], known["LA (code)"]
    shut, open_ = date(2026, 12, 11), date(2026, 12, 18)
    expected = []
    for scope, ends_on in (
        ("hub", shut),
        (f"la:{la_code}", open_),
        ("trust:3180", shut),
        (f"school:{urn}", open_),
    ):
        calendars.on_calendar_set(session, delivered(told(scope, ends_on)))
        expected.append(["school_holidays"] if ends_on == shut else [])
        assert reasons(session, urn) == expected[-1]
    assert expected == [["school_holidays"], [], ["school_holidays"], []]
    assert reasons(session, None) == ["school_holidays"]  # without a host the hub's


def test_another_schools_and_another_years_calendars_say_nothing(session: Session) -> None:
    ours, theirs = schools(session, 2)
    calendars.on_calendar_set(session, delivered(told(f"school:{theirs}", date(2026, 12, 11))))
    assert (reasons(session, ours), reasons(session, theirs)) == ([], ["school_holidays"])
    assert reasons(session, theirs, date(2025, 12, 17)) == []


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_any_order_and_any_repeats_leave_the_newest(session: Session, order: tuple[int, ...]) -> None:
    ends = {1: date(2026, 12, 11), 2: date(2026, 12, 14), 3: date(2026, 12, 18)}
    for revision in (*order, *order[:2]):
        calendars.on_calendar_set(session, delivered(told("hub", ends[revision]), revision))
    (kept,) = session.scalars(select(SchoolCalendar)).all()
    assert (kept.revision, kept.half_terms[0][1]) == (3, "2026-12-18")
    assert reasons(session, None) == []


def test_training_day_is_warned_about_and_a_bank_holiday_first(session: Session) -> None:
    christmas = date(2026, 12, 25)
    calendars.on_calendar_set(session, delivered(told("hub", christmas, WEDNESDAY, christmas)))
    assert reasons(session, None, WEDNESDAY, christmas, date(2026, 12, 30)) == [
        "non_school_day",
        "bank_holiday",
        "school_holidays",
    ]
