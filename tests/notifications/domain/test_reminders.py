"""Reminders of a session 7 days and 1 day before it, as it was notified."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.participations import (
    DAY,
    INSTANT,
    NOW,
    a_place,
    a_session,
    cancelled,
    participation,
    tell,
)

from hub_notifications.domain.notified import read
from hub_notifications.domain.participations import PlaceState, Session
from hub_notifications.domain.reminders import Reminder, reminder_applies, reminder_days

STARTS = NOW + 7 * DAY


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (STARTS - 7 * DAY - INSTANT, None),
        (STARTS - 7 * DAY, 7),
        (STARTS - 7 * DAY + INSTANT, 7),
        (STARTS - DAY - INSTANT, 7),
        (STARTS - DAY, 1),
        (STARTS - DAY + INSTANT, 1),
        (STARTS - INSTANT, 1),
        (STARTS, None),
        (STARTS + INSTANT, None),
    ],
)
def test_a_reminder_is_due_7_days_and_1_day_before(now: datetime, days: int | None) -> None:
    assert reminder_days(STARTS, now) == days


@given(st.lists(st.integers(0, 12 * 24 * 60), min_size=1))
def test_reminders_of_a_session_are_sent_in_order(minutes: list[int]) -> None:
    instants = [STARTS - 10 * DAY + timedelta(minutes=n) for n in sorted(minutes)]
    due = [days for now in instants if (days := reminder_days(STARTS, now)) is not None]
    assert due == sorted(due, reverse=True)


SESSION = a_session(1)  # in seven days
TOLD = participation(SESSION, place=a_place())
REMINDER = Reminder(session_id=SESSION.session_id, days=7, sequence=0)


def knows_held_place(
    meeting: Session = SESSION,
    place: PlaceState = PlaceState.ACTIVE,
    now: datetime = NOW,
    **changes: int,
) -> bool:
    known = read(tell(TOLD, now=NOW - 9 * DAY))
    reminder = replace(REMINDER, session_id=meeting.session_id, **changes)
    return reminder_applies(reminder, participation(meeting, place=a_place(place)), known, now=now)


def test_participant_is_reminded_of_a_session_as_it_was_notified() -> None:
    assert knows_held_place()
    assert knows_held_place(days=1, now=SESSION.starts_at - DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"meeting": cancelled(SESSION)},
        {"meeting": replace(SESSION, sequence=1)},  # not told yet
        {"meeting": a_session(2)},  # never told
        {"place": PlaceState.WITHDRAWN},
        {"place": PlaceState.COMPLETED},
        {"sequence": 1},  # the reminder is of the session before a change
        {"days": 1},
        {"now": SESSION.starts_at - DAY},  # the second reminder is due instead of the first
        {"now": SESSION.starts_at, "days": 1},
    ],
)
def test_no_reminder_of_a_changed_or_cancelled_session(changes: dict[str, Any]) -> None:
    assert not knows_held_place(**changes)


def test_no_reminder_without_a_place() -> None:
    known = read(tell(TOLD))
    assert not reminder_applies(REMINDER, participation(SESSION), known, now=NOW)


def test_no_reminder_of_an_unknown_session() -> None:
    known = read(tell(TOLD))
    assert not reminder_applies(REMINDER, participation(place=a_place()), known, now=NOW)
