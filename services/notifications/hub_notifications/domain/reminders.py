"""Reminders: 7 days and 1 day before a session, and on the last day of an offer."""

from datetime import datetime, timedelta
from typing import Final

from hub_notifications.domain.standing import PlaceState, Session, Standing
from hub_notifications.domain.told import Told

# The nearest first: whoever is enrolled the day before gets one reminder, not two.
DAYS_BEFORE: Final = (1, 7)


def reminder_days(starts_at: datetime, now: datetime) -> int | None:
    """Which reminder of a session is due: 1 or 7 days before it starts; None: none yet, or it has begun."""
    if starts_at <= now:
        return None
    return next((days for days in DAYS_BEFORE if now >= starts_at - timedelta(days=days)), None)


def reminder_holds(standing: Standing, told: Told, session: Session, *, now: datetime) -> bool:
    """Whether a participant should be reminded of a session: it stands as they were told of it."""
    place, known = standing.place, told.sessions.get(session.session_id)
    return (
        place is not None
        and place.state is PlaceState.ACTIVE
        and session.to_come(now)
        and known is not None
        and not known.removed
        and not known.differs_from(session)
    )
