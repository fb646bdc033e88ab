"""What one person must be told about one Work Group: the difference between what is true and what they know.

Decided at the moment of sending. One difference is one message, whatever number of events made it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.standing import (
    ApplicationState,
    Place,
    PlaceState,
    Session,
    Standing,
    WaitingState,
)
from hub_notifications.domain.told import Facts, News, Told, ToldSession

OPEN_APPLICATIONS: Final = frozenset({ApplicationState.SUBMITTED, ApplicationState.WAITLISTED})
CANCELLATION_IS_NEWS: Final = timedelta(days=28)  # longer than any mail server is away
CONCERNED_WAITING: Final = frozenset(
    {WaitingState.WAITING, WaitingState.OFFERED, WaitingState.GROUP_CANCELLED}
)


def news(standing: Standing, told: Told, *, now: datetime) -> News | None:
    """Compare what is true at `now` (hub time) with what the person has been told; None: nothing to say."""
    for rule in RULES:
        found = rule(standing, told, now)
        if found is not None:
            return found
    return None


def without_words(standing: Standing, told: Told, *, now: datetime) -> dict[str, Facts]:
    """What the person need not be told in words, as stored; their calendar follows it.

    A place that was transferred: the message about the other Work Group tells of it.
    """
    place = standing.place
    if place is None or place.state is not PlaceState.TRANSFERRED or not told.holds(place.enrolment_id):
        return {}
    return {"place": _place_item(place)} | _removed(told.standing_sessions(now))


def _group_cancelled(standing: Standing, told: Told, now: datetime) -> News | None:
    """Everybody who was concerned when the Work Group was cancelled is told, once."""
    place, waiting = standing.place, standing.waiting
    if standing.cancelled is None or told.group_cancelled or _is_long_past(standing.cancelled_at, now):
        return None
    held = place is not None and place.state in {PlaceState.ACTIVE, PlaceState.GROUP_CANCELLED}
    waited = waiting is not None and waiting.state in CONCERNED_WAITING
    applied = any(
        each.state in OPEN_APPLICATIONS or each.ended_by_cancellation for each in standing.applications
    )
    if not (held or waited or applied):
        return None
    removed = told.standing_sessions(now)
    items: dict[str, Facts] = {"group": {"cancelled": standing.cancelled}} | _removed(removed)
    if place is not None:
        items["place"] = _place_item(place, PlaceState.GROUP_CANCELLED)
    return News(
        kind=Kind.WORK_GROUP_CANCELLED,
        items=items,
        starts_at=_first_start(session.starts_at for session in removed),
        cancelled=tuple((session, None) for session in removed),
        held_place=held,
    )


def _completed(standing: Standing, told: Told, now: datetime) -> News | None:  # noqa: ARG001 - a rule
    place = standing.place
    if place is None or place.state is not PlaceState.COMPLETED:
        return None
    if told.knows_place(place.enrolment_id, PlaceState.COMPLETED):
        return None
    return News(kind=Kind.PARTICIPANT_COMPLETED, items={"place": _place_item(place)})


def _place_ended(standing: Standing, told: Told, now: datetime) -> News | None:
    """A participant who has withdrawn is told once, also when the place had not been confirmed yet."""
    place = standing.place
    if place is None or place.state is not PlaceState.WITHDRAWN:
        return None
    if told.knows_place(place.enrolment_id, PlaceState.WITHDRAWN) or standing.is_over(now):
        return None
    removed = told.standing_sessions(now)
    return News(
        kind=Kind.PLACE_ENDED,
        items={"place": _place_item(place)} | _removed(removed),
        starts_at=_first_start(session.starts_at for session in removed),
        cancelled=tuple((session, None) for session in removed),
    )


def _place_confirmed(standing: Standing, told: Told, now: datetime) -> News | None:
    """A new participant is told of the place and of all sessions to come; of a past Work Group nothing."""
    place = standing.place
    if place is None or place.state is not PlaceState.ACTIVE or standing.cancelled is not None:
        return None
    if told.holds(place.enrolment_id) or standing.is_over(now):
        return None
    added = standing.sessions_to_come(now)
    not_held = [ToldSession.of(each) for each in standing.sessions.values() if each.cancelled is not None]
    return News(
        kind=Kind.PLACE_CONFIRMED,
        items={"place": _place_item(place)} | _told(added) | _removed(not_held),
        starts_at=_first_start(session.starts_at for session in added),
        added=added,
        held_place=True,
    )


def _sessions_changed(standing: Standing, told: Told, now: datetime) -> News | None:
    """A participant is told of sessions that are new, moved or cancelled, unless they have begun."""
    place = standing.place
    if place is None or place.state is not PlaceState.ACTIVE or not told.holds(place.enrolment_id):
        return None
    added, moved = [], []
    for session in standing.sessions_to_come(now):
        before = told.sessions.get(session.session_id)
        if before is None or before.removed:
            added.append(session)
        elif before.differs_from(session):
            moved.append((before, session))
    cancelled = _cancelled_sessions(standing, told, place, now)
    if not (added or moved or cancelled):
        return None
    starts = [session.starts_at for session in added]
    starts += [start for before, after in moved for start in (before.starts_at, after.starts_at)]
    starts += [session.starts_at for session, _ in cancelled]
    return News(
        kind=_kind_of_change(added, moved, cancelled),
        items=_told(added)
        | _told(session for _, session in moved)
        | _removed(session for session, _ in cancelled),
        starts_at=_first_start(start for start in starts if start > now),
        added=tuple(added),
        moved=tuple(moved),
        cancelled=tuple(cancelled),
        held_place=True,
    )


def _cancelled_sessions(
    standing: Standing, told: Told, place: Place, now: datetime
) -> list[tuple[ToldSession, str | None]]:
    """Sessions to come that were cancelled while the person held the place and that they may expect."""
    found: list[tuple[ToldSession, str | None]] = []
    for session in sorted(standing.sessions.values(), key=lambda each: (each.starts_at, each.session_id)):
        if session.cancelled is None or session.cancelled_at is None:
            continue
        before = told.sessions.get(session.session_id)
        if before is None and session.cancelled_at > place.since and session.starts_at > now:
            found.append((ToldSession.of(session), session.cancelled))
        if before is not None and not before.removed and before.starts_at > now:
            found.append((before, session.cancelled))
    return found


def _offer(standing: Standing, told: Told, now: datetime) -> News | None:  # noqa: ARG001 - a rule
    """A person on the waiting list is told of an offer and, unless it was answered, of its end."""
    waiting = standing.waiting
    if waiting is None or waiting.expires_at is None or standing.cancelled is not None:
        return None
    if waiting.state not in {WaitingState.OFFERED, WaitingState.EXPIRED} or _is_participant(standing):
        return None
    item = {"waiting_id": str(waiting.waiting_id), "state": str(waiting.state)}
    known = told.waiting or {}
    if {name: known.get(name) for name in item} == item:
        return None
    kind = Kind.PLACE_OFFERED if waiting.state is WaitingState.OFFERED else Kind.PLACE_OFFER_EXPIRED
    stored = item | {"expires_at": waiting.expires_at.isoformat()}
    return News(kind=kind, items={"waiting": stored}, about=f"waiting-list/{waiting.waiting_id}")


def _application(standing: Standing, told: Told, now: datetime) -> News | None:  # noqa: ARG001 - a rule
    """A teacher for whom a school has applied is told of a decision that is put off or that is a no."""
    if standing.cancelled is not None or _is_participant(standing):
        return None
    kinds = {
        ApplicationState.WAITLISTED: Kind.APPLICATION_WAITLISTED,
        ApplicationState.DECLINED: Kind.APPLICATION_DECLINED,
    }
    for each in standing.applications:
        kind = kinds.get(each.state)
        if kind is not None and told.applications.get(each.application_id) != each.state:
            item: dict[str, Facts] = {f"application:{each.application_id}": {"state": str(each.state)}}
            return News(kind=kind, items=item, about=f"applications/{each.application_id}")
    return None


def _is_long_past(instant: datetime | None, now: datetime) -> bool:
    """Whether a cancellation was read from the log, of a time before this service heard of cancellations."""
    return instant is not None and now - instant > CANCELLATION_IS_NEWS


Rule = Callable[[Standing, Told, datetime], News | None]
RULES: Final[tuple[Rule, ...]] = (
    _group_cancelled,
    _completed,
    _place_ended,
    _place_confirmed,
    _sessions_changed,
    _offer,
    _application,
)


def _is_participant(standing: Standing) -> bool:
    return standing.place is not None and standing.place.state is PlaceState.ACTIVE


def _place_item(place: Place, state: PlaceState | None = None) -> Facts:
    return {"enrolment_id": str(place.enrolment_id), "state": str(state or place.state)}


def _kind_of_change(added: object, moved: object, cancelled: object) -> Kind:
    match (bool(added), bool(moved), bool(cancelled)):
        case (True, False, False):
            return Kind.SESSION_SCHEDULED
        case (False, True, False):
            return Kind.SESSION_RESCHEDULED
        case (False, False, True):
            return Kind.SESSION_CANCELLED
    return Kind.SESSIONS_CHANGED


def _first_start(starts: Iterable[datetime]) -> datetime | None:
    return min(starts, default=None)


def _told(sessions: Iterable[Session]) -> dict[str, Facts]:
    return {f"session:{each.session_id}": ToldSession.of(each).to_json() for each in sessions}


def _removed(sessions: Iterable[ToldSession]) -> dict[str, Facts]:
    return {f"session:{each.session_id}": replace(each, removed=True).to_json() for each in sessions}
