"""Reminders: 7 days and 1 day before a session, and on the last day of an offer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_notifications.domain.notified import NotifiedState
from hub_notifications.domain.participations import Participation, PlaceState

# The nearest first: a participant who enrols the day before gets one reminder, not two.
DAYS_BEFORE: Final = (1, 7)


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A scheduled reminder of a session."""

    session_id: UUID
    days: int  # before the start of the session, one of `DAYS_BEFORE`
    sequence: int  # of the session when the reminder was scheduled


def reminder_days(starts_at: datetime, now: datetime) -> int | None:
    """Return which reminder of a session is due, 1 or 7 (days before its start); None: none is due."""
    if starts_at <= now:
        return None
    return next((days for days in DAYS_BEFORE if now >= starts_at - timedelta(days=days)), None)


def reminder_applies(
    reminder: Reminder, participation: Participation, notified: NotifiedState, *, now: datetime
) -> bool:
    """Return whether a scheduled reminder still applies: the session is as the participant was notified.

    False when the next reminder is due already, and when the reminder was scheduled before a change
    (`sequence`) of which the participant has been notified since.
    """
    place, session = participation.place, participation.sessions.get(reminder.session_id)
    known = notified.sessions.get(reminder.session_id)
    return (
        place is not None
        and place.state is PlaceState.ACTIVE
        and session is not None
        and session.cancelled is None
        and session.sequence == reminder.sequence
        and reminder_days(session.starts_at, now) == reminder.days
        and known is not None
        and not known.removed
        and not known.differs_from(session)
    )
