"""An invented person and Work Group in domain values, for tests of rules."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hub_notifications.domain import notified
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice
from hub_notifications.domain.participations import (
    Application,
    ApplicationState,
    Participation,
    Place,
    PlaceState,
    Session,
    Waiting,
    WaitingState,
)
from hub_notifications.domain.threads import notice_for

GROUP_ID, PLACE_ID, WAITING_ID, APPLICATION_ID = (UUID(int=n) for n in (1, 2, 3, 4))
NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
INSTANT = timedelta.resolution
DAY = timedelta(days=1)
ENDS = NOW + 7 * DAY


def a_session(n: int = 1, **changes: Any) -> Session:
    """The n-th session, n weeks from now."""
    starts_at: datetime = changes.get("starts_at", NOW + 7 * n * DAY)
    values: dict[str, Any] = {
        "session_id": UUID(int=100 + n),
        "seq": n,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "mode": "in_person",
        "venue": "Mill Lane Centre",
    }
    return Session(**values | changes)


def cancelled(session: Session, *, at: datetime = NOW, reason: str = "weather") -> Session:
    """The session, cancelled."""
    values = vars(session) | {"sequence": session.sequence + 1, "cancelled": reason, "cancelled_at": at}
    return Session(**values)


def a_place(state: PlaceState = PlaceState.ACTIVE, **changes: Any) -> Place:
    """A place that was given a day ago."""
    values: dict[str, Any] = {"enrolment_id": PLACE_ID, "state": state, "since": NOW - DAY}
    return Place(**values | changes)


def an_entry(state: WaitingState, **changes: Any) -> Waiting:
    """An entry on the waiting list."""
    expires_at = None if state is WaitingState.WAITING else ENDS
    values: dict[str, Any] = {"waiting_id": WAITING_ID, "state": state, "expires_at": expires_at}
    return Waiting(**values | changes)


def an_application(state: ApplicationState, **changes: Any) -> Application:
    """An application that names the person."""
    values: dict[str, Any] = {"application_id": APPLICATION_ID, "state": state}
    return Application(**values | changes)


def participation(*sessions: Session, **changes: Any) -> Participation:
    """A Work Group with some sessions, and no relation of the person to it unless one is given."""
    values: dict[str, Any] = {
        "work_group_id": GROUP_ID,
        "title": "Fractions in Year 5",
        "sessions": {each.session_id: each for each in sessions},
    }
    return Participation(**values | changes)


def tell(
    subject: Participation, items: dict[str, Facts] | None = None, *, now: datetime = NOW
) -> dict[str, Facts]:
    """Return the items once the due notice has been sent."""
    found = notice_for(subject, items or {}, now=now)
    return (items or {}) | (dict(found.items) if found else {})


def found_in(
    subject: Participation, items: dict[str, Facts] | None = None, *, now: datetime = NOW
) -> Notice | None:
    """Return the notice that is due."""
    return notice_for(subject, items or {}, now=now)


def kind_of(
    subject: Participation, items: dict[str, Facts] | None = None, *, now: datetime = NOW
) -> Kind | None:
    """Return the kind of the notice that is due."""
    found = found_in(subject, items, now=now)
    return None if found is None else found.kind


def sessions_known(items: dict[str, Facts]) -> dict[int, bool]:
    """Whether the person believes in each session, by its number."""
    return {each.seq: not each.removed for each in notified.read(items).sessions.values()}
