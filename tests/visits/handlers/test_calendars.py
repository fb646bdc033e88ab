"""Calendars: saved and published together, or neither."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests.visits import factories
from tests.visits.factories import LINTON_DATES, LINTON_YEAR, SEPTEMBER, published

from hub_contracts.visits import CalendarSet
from hub_kernel.refusals import Refused, Stale
from hub_platform.database import Sessions
from hub_visits.handlers import calendars
from hub_visits.models import Calendar


def test_a_calendar_and_its_event_are_saved_together(sessions: Sessions) -> None:
    with sessions.begin() as session:
        calendars.set_calendar(session, factories.set_calendar(), expected=0, now=SEPTEMBER, by="admin")
    with sessions() as session:
        [calendar] = session.scalars(select(Calendar))
    [row] = published(sessions)
    assert (row.type, row.subject) == ("CalendarSet", f"calendars/hub/{LINTON_YEAR}")
    assert (row.revision, row.occurred_at, row.recorded_by) == (1, SEPTEMBER, "admin")
    event = CalendarSet.from_data(row.data)
    assert (event.scope, event.academic_year) == (calendar.scope, calendar.academic_year)
    told = {each.n: (each.starts_on, each.ends_on, [*each.non_school_days]) for each in event.half_terms}
    assert told == LINTON_DATES


def test_a_calendar_that_is_set_again_is_published_whole_with_the_next_revision(sessions: Sessions) -> None:
    earlier_end = (date(2024, 6, 3), date(2024, 7, 17), [date(2024, 7, 16), date(2024, 6, 28)])
    for expected, changes in enumerate(({}, {"half_term_6": earlier_end})):
        with sessions.begin() as session:
            command = factories.set_calendar("la:873", **changes)
            now = SEPTEMBER + timedelta(days=expected)
            calendars.set_calendar(session, command, expected=expected, now=now, by="admin")
    first, second = published(sessions)
    assert (first.revision, second.revision) == (1, 2)
    assert second.subject == f"calendars/la:873/{LINTON_YEAR}"
    assert second.data["half_terms"][:5] == first.data["half_terms"][:5]
    assert second.data["half_terms"][5] == {
        "n": 6,
        "starts_on": "2024-06-03",
        "ends_on": "2024-07-17",
        "non_school_days": ["2024-06-28", "2024-07-16"],
    }


def test_a_refused_calendar_is_neither_saved_nor_published(sessions: Sessions) -> None:
    overlapping = factories.set_calendar(half_term_2=(date(2023, 10, 20), date(2023, 12, 20), []))
    with pytest.raises(Refused, match="half_terms_overlap"), sessions.begin() as session:
        calendars.set_calendar(session, overlapping, expected=0, now=SEPTEMBER, by="admin")
    with pytest.raises(Stale), sessions.begin() as session:
        calendars.set_calendar(session, factories.set_calendar(), expected=1, now=SEPTEMBER, by="admin")
    with sessions() as session:
        assert session.scalars(select(Calendar)).all() == []
    assert published(sessions) == []
