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


def reminder_holds(
    standing: Standing, told: Told, session: Session, *, days: int, sequence: int, now: datetime
) -> bool:
    """Whether a participant should be reminded of a session `days` before: it stands as they were told of it.

    A reminder that waited until the next one is due, or that was written down before a change (`sequence`)
    of which the participant was told since, is left out.
    """
    place, known = standing.place, told.sessions.get(session.session_id)
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
