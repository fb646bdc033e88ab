"""Reminders: 7 days and 1 day before a session, and on the last day of an offer."""

from datetime import datetime, timedelta
from typing import Final

from hub_notifications.domain.notified import NotifiedState
from hub_notifications.domain.participations import Participation, PlaceState, Session

# The nearest first: a participant who enrols the day before gets one reminder, not two.
DAYS_BEFORE: Final = (1, 7)


def reminder_days(starts_at: datetime, now: datetime) -> int | None:
    """Return which reminder of a session is due, 1 or 7 (days before its start); None: none is due."""
    if starts_at <= now:
        return None
    return next((days for days in DAYS_BEFORE if now >= starts_at - timedelta(days=days)), None)


def reminder_applies(
    participation: Participation,
    notified: NotifiedState,
    session: Session,
    *,
    days: int,
    sequence: int,
    now: datetime,
) -> bool:
    """Return whether a scheduled reminder still applies: the session is as the participant was notified.

    False when the next reminder is due already, and when the reminder was scheduled before a change
    (`sequence`) of which the participant has been notified since.
    """
    place, known = participation.place, notified.sessions.get(session.session_id)
    return (
        place is not None
        and place.state is PlaceState.ACTIVE
        and session.cancelled is None
        and session.sequence == sequence
        and reminder_days(session.starts_at, now) == days
        and known is not None
        and not known.removed
        and not known.differs_from(session)
    )
