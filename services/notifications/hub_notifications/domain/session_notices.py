"""Notices about the sessions of a Work Group: new, moved and cancelled ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice, NotifiedSession, NotifiedState
from hub_notifications.domain.participations import Participation, Place, PlaceState, Session


def sessions_changed(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:
    """Notify a participant of new, moved and cancelled sessions that have not begun."""
    place = participation.place
    if (
        place is None
        or place.state is not PlaceState.ACTIVE
        or not notified.knows_held_place(place.enrolment_id)
    ):
        return None
    added, moved = [], []
    for session in participation.upcoming_sessions(now):
        before = notified.sessions.get(session.session_id)
        if before is None or before.removed:
            added.append(session)
        elif before.differs_from(session):
            moved.append((before, session))
    cancelled = _cancelled_sessions(participation, notified, place, now)
    if not (added or moved or cancelled):
        return None
    starts = [session.starts_at for session in added]
    starts += [start for before, after in moved for start in (before.starts_at, after.starts_at)]
    starts += [session.starts_at for session, _ in cancelled]
    return Notice(
        kind=_kind_of_change(added, moved, cancelled),
        items=notified_items(added)
        | notified_items(session for _, session in moved)
        | removed_items(session for session, _ in cancelled),
        starts_at=first_start(start for start in starts if start > now),
        added=tuple(added),
        moved=tuple(moved),
        cancelled=tuple(cancelled),
        held_place=True,
    )


def _cancelled_sessions(
    participation: Participation, notified: NotifiedState, place: Place, now: datetime
) -> list[tuple[NotifiedSession, str | None]]:
    """Return upcoming sessions cancelled since the place was given, which the participant may expect."""
    found: list[tuple[NotifiedSession, str | None]] = []
    for session in sorted(
        participation.sessions.values(), key=lambda each: (each.starts_at, each.session_id)
    ):
        if session.cancelled is None or session.cancelled_at is None:
            continue
        before = notified.sessions.get(session.session_id)
        if before is None and session.cancelled_at > place.since and session.starts_at > now:
            found.append((NotifiedSession.of(session), session.cancelled))
        if before is not None and not before.removed and before.starts_at > now:
            found.append((before, session.cancelled))
    return found


def _kind_of_change(added: object, moved: object, cancelled: object) -> Kind:
    match (bool(added), bool(moved), bool(cancelled)):
        case (True, False, False):
            return Kind.SESSION_SCHEDULED
        case (False, True, False):
            return Kind.SESSION_RESCHEDULED
        case (False, False, True):
            return Kind.SESSION_CANCELLED
    return Kind.SESSIONS_CHANGED


def first_start(starts: Iterable[datetime]) -> datetime | None:
    """Return the earliest start; None without any."""
    return min(starts, default=None)


def notified_items(sessions: Iterable[Session]) -> dict[str, Facts]:
    """Return the items of sessions in their current state, to store as notified."""
    return {f"session:{each.session_id}": NotifiedSession.of(each).to_json() for each in sessions}


def removed_items(sessions: Iterable[NotifiedSession]) -> dict[str, Facts]:
    """Return the items of sessions that are removed from the person's calendar."""
    return {f"session:{each.session_id}": replace(each, removed=True).to_json() for each in sessions}
