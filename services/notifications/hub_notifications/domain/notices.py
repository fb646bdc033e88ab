"""Notices about one Work Group: the difference between a person's current and notified state.

Decided at the moment of sending. One difference is one message, however many events caused it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice, NotifiedSession, NotifiedState
from hub_notifications.domain.participations import (
    ApplicationState,
    Participation,
    Place,
    PlaceState,
    WaitingState,
)
from hub_notifications.domain.session_notices import (
    first_start,
    notified_items,
    removed_items,
    sessions_changed,
)

OPEN_APPLICATIONS: Final = frozenset({ApplicationState.SUBMITTED, ApplicationState.WAITLISTED})
NOTIFY_CANCELLATION_WITHIN: Final = timedelta(days=28)  # longer than any outage of a mail server
AFFECTED_WAITING: Final = frozenset(
    {WaitingState.WAITING, WaitingState.OFFERED, WaitingState.GROUP_CANCELLED}
)


def work_group_notice(
    participation: Participation, notified: NotifiedState, *, now: datetime
) -> Notice | None:
    """Return the notice that is due at `now` (hub time); None: nothing to notify."""
    for rule in RULES:
        found = rule(participation, notified, now)
        if found is not None:
            return found
    return None


def unannounced_items(
    participation: Participation, notified: NotifiedState, *, now: datetime
) -> dict[str, Facts]:
    """Return the items to record as notified without an e-mail; only calendar entries are sent for them.

    These are of a transferred place: the message about the new Work Group explains the transfer.
    """
    place = participation.place
    if (
        place is None
        or place.state is not PlaceState.TRANSFERRED
        or not notified.knows_held_place(place.enrolment_id)
    ):
        return {}
    return {"place": _place_item(place)} | removed_items(notified.expected_sessions(now))


def _group_cancelled(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:
    """Notify once each person who held a place, waited or had applied when the Work Group was cancelled."""
    place, waiting = participation.place, participation.waiting
    if (
        participation.cancelled is None
        or notified.group_cancelled
        or _is_long_past(participation.cancelled_at, now)
    ):
        return None
    held = place is not None and place.state in {PlaceState.ACTIVE, PlaceState.GROUP_CANCELLED}
    waited = waiting is not None and waiting.state in AFFECTED_WAITING
    applied = any(
        each.state in OPEN_APPLICATIONS or each.ended_by_cancellation for each in participation.applications
    )
    if not (held or waited or applied):
        return None
    removed = notified.expected_sessions(now)
    items: dict[str, Facts] = {"group": {"cancelled": participation.cancelled}} | removed_items(removed)
    if place is not None:
        items["place"] = _place_item(place, PlaceState.GROUP_CANCELLED)
    return Notice(
        kind=Kind.WORK_GROUP_CANCELLED,
        items=items,
        starts_at=first_start(session.starts_at for session in removed),
        cancelled=tuple((session, None) for session in removed),
        held_place=held,
    )


def _completed(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:  # noqa: ARG001 - a rule
    place = participation.place
    if place is None or place.state is not PlaceState.COMPLETED:
        return None
    if notified.knows_place(place.enrolment_id, PlaceState.COMPLETED):
        return None
    return Notice(kind=Kind.PARTICIPANT_COMPLETED, items={"place": _place_item(place)})


def _place_ended(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:
    """Notify once a participant who has withdrawn, even if the place had not been confirmed yet."""
    place = participation.place
    if place is None or place.state is not PlaceState.WITHDRAWN:
        return None
    if notified.knows_place(place.enrolment_id, PlaceState.WITHDRAWN) or participation.has_ended(now):
        return None
    removed = notified.expected_sessions(now)
    return Notice(
        kind=Kind.PLACE_ENDED,
        items={"place": _place_item(place)} | removed_items(removed),
        starts_at=first_start(session.starts_at for session in removed),
        cancelled=tuple((session, None) for session in removed),
    )


def _place_confirmed(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:
    """Notify a new participant of the place and all upcoming sessions, unless the Work Group has ended."""
    place = participation.place
    if place is None or place.state is not PlaceState.ACTIVE or participation.cancelled is not None:
        return None
    if notified.knows_held_place(place.enrolment_id) or participation.has_ended(now):
        return None
    added = participation.upcoming_sessions(now)
    not_held = [
        NotifiedSession.of(each) for each in participation.sessions.values() if each.cancelled is not None
    ]
    return Notice(
        kind=Kind.PLACE_CONFIRMED,
        items={"place": _place_item(place)} | notified_items(added) | removed_items(not_held),
        starts_at=first_start(session.starts_at for session in added),
        added=added,
        held_place=True,
    )


def _offer(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:  # noqa: ARG001 - a rule
    """Notify a teacher on the waiting list of an offer and, if it expires, of its end."""
    waiting = participation.waiting
    if waiting is None or waiting.expires_at is None or participation.cancelled is not None:
        return None
    if waiting.state not in {WaitingState.OFFERED, WaitingState.EXPIRED} or _is_participant(participation):
        return None
    item = {"waiting_id": str(waiting.waiting_id), "state": str(waiting.state)}
    known = notified.waiting or {}
    if {name: known.get(name) for name in item} == item:
        return None
    kind = Kind.PLACE_OFFERED if waiting.state is WaitingState.OFFERED else Kind.PLACE_OFFER_EXPIRED
    stored = item | {"expires_at": waiting.expires_at.isoformat()}
    return Notice(kind=kind, items={"waiting": stored}, about=f"waiting-list/{waiting.waiting_id}")


def _application(participation: Participation, notified: NotifiedState, now: datetime) -> Notice | None:  # noqa: ARG001 - a rule
    """Notify a teacher named by an application that it is waitlisted or declined."""
    if participation.cancelled is not None or _is_participant(participation):
        return None
    kinds = {
        ApplicationState.WAITLISTED: Kind.APPLICATION_WAITLISTED,
        ApplicationState.DECLINED: Kind.APPLICATION_DECLINED,
    }
    for each in participation.applications:
        kind = kinds.get(each.state)
        if kind is not None and notified.applications.get(each.application_id) != each.state:
            item: dict[str, Facts] = {f"application:{each.application_id}": {"state": str(each.state)}}
            return Notice(kind=kind, items=item, about=f"applications/{each.application_id}")
    return None


def _is_long_past(instant: datetime | None, now: datetime) -> bool:
    """Return whether a cancellation is too old to notify, such as one read from the event log later."""
    return instant is not None and now - instant > NOTIFY_CANCELLATION_WITHIN


Rule = Callable[[Participation, NotifiedState, datetime], Notice | None]
RULES: Final[tuple[Rule, ...]] = (
    _group_cancelled,
    _completed,
    _place_ended,
    _place_confirmed,
    sessions_changed,
    _offer,
    _application,
)


def _is_participant(participation: Participation) -> bool:
    return participation.place is not None and participation.place.state is PlaceState.ACTIVE


def _place_item(place: Place, state: PlaceState | None = None) -> Facts:
    return {"enrolment_id": str(place.enrolment_id), "state": str(state or place.state)}
