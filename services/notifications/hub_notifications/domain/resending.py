"""A message that was sent, told once more on request: the same, unless it no longer holds for this person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub_notifications.domain.hand_overs import Support, again_of
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.standing import (
    ApplicationState,
    PlaceState,
    Session,
    Standing,
    Waiting,
    WaitingState,
)
from hub_notifications.domain.threads import Subject
from hub_notifications.domain.told import Facts, News, ToldSession
from hub_notifications.domain.visits import Visit

OF_A_PARTICIPANT: Final = frozenset(
    {
        Kind.PLACE_CONFIRMED,
        Kind.SESSION_SCHEDULED,
        Kind.SESSION_RESCHEDULED,
        Kind.SESSION_CANCELLED,
        Kind.SESSIONS_CHANGED,
        Kind.SESSION_REMINDER,
    }
)


OF_WHO_HOLDS_NO_PLACE: Final = frozenset(
    {
        Kind.PLACE_ENDED,
        Kind.PLACE_OFFERED,
        Kind.OFFER_LAST_DAY,
        Kind.PLACE_OFFER_EXPIRED,
        Kind.APPLICATION_WAITLISTED,
        Kind.APPLICATION_DECLINED,
    }
)
STATE_OF_OFFER: Final = {
    Kind.PLACE_OFFERED: WaitingState.OFFERED,
    Kind.OFFER_LAST_DAY: WaitingState.OFFERED,
    Kind.PLACE_OFFER_EXPIRED: WaitingState.EXPIRED,
}
STATE_OF_APPLICATION: Final = {
    Kind.APPLICATION_WAITLISTED: ApplicationState.WAITLISTED,
    Kind.APPLICATION_DECLINED: ApplicationState.DECLINED,
}


class NoLongerHolds(Exception):
    """What the message said is not true for this person any longer. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def remember(found: News) -> dict[str, Any]:
    """What a sent message keeps, so that it can be told again: ids and times."""
    return {
        "items": dict(found.items),
        "before": {str(before.session_id): before.to_json() for before, _ in found.moved},
        "reasons": {str(session.session_id): reason for session, reason in found.cancelled},
        "held_place": found.held_place,
        "about": found.about,
        "visits": {}
        if found.hand_over is None
        else {str(key): facts for key, facts in found.hand_over.told_of_visits().items()},
    }


def again(kind: Kind, about: Mapping[str, Any], subject: Subject, *, now: datetime) -> News:
    """Rebuild the news of a message from what it remembers and what is true now.

    Raises:
        NoLongerHolds: `withdrawn`, `place_given`, `session_cancelled`, `session_begun`, `offer_over`,
            `application_over`, `cancelled` or `over`.
    """
    items = dict(about["items"])
    if kind is Kind.CALENDAR_ENTRY:  # as it was last sent, which says whether it stands
        return News(kind=kind, items=items)
    if isinstance(subject, Support):
        found = again_of(subject, items, about.get("visits", {}), now=now)
        if found is None:
            raise NoLongerHolds("over")
        return found
    if not isinstance(subject, Standing):
        _check_date(kind, subject, now)
        return News(kind=kind, items=items)
    _check_person(kind, subject, items)
    told = [ToldSession.from_json(facts) for item, facts in items.items() if item.startswith("session:")]
    if kind is Kind.PLACE_CONFIRMED:
        return News(kind=kind, items=items, added=subject.sessions_to_come(now), held_place=True)
    before = {key: ToldSession.from_json(facts) for key, facts in about.get("before", {}).items()}
    standing = [_standing(subject, each, now) for each in told if not each.removed]
    reasons = about.get("reasons", {})
    if kind is Kind.SESSION_RESCHEDULED and not before:  # of a version that did not keep what was before
        kind = Kind.SESSION_SCHEDULED
    return News(
        kind=kind,
        items=items,
        about=about.get("about"),
        added=tuple(each for each in standing if str(each.session_id) not in before),
        moved=tuple(
            (before[str(each.session_id)], each) for each in standing if str(each.session_id) in before
        ),
        cancelled=tuple((each, reasons.get(str(each.session_id))) for each in told if each.removed),
        held_place=bool(about.get("held_place")),
    )


def _check_date(kind: Kind, subject: PDDay | Visit, now: datetime) -> None:
    if subject.cancelled is not None and kind in {Kind.PD_DAY_CONFIRMED, Kind.VISIT_PLANNED}:
        raise NoLongerHolds("cancelled")
    begins_at = subject.begins_at if isinstance(subject, PDDay) else subject.planned_at
    if begins_at <= now or (isinstance(subject, Visit) and subject.logged):
        raise NoLongerHolds("over")


def _check_person(kind: Kind, subject: Standing, items: Mapping[str, Facts]) -> None:
    is_participant = subject.place is not None and subject.place.state is PlaceState.ACTIVE
    if kind in OF_A_PARTICIPANT and not is_participant:
        raise NoLongerHolds("withdrawn")
    if kind in OF_WHO_HOLDS_NO_PLACE and is_participant:
        raise NoLongerHolds("place_given")
    if kind in STATE_OF_OFFER and not _is_of_offer(subject.waiting, STATE_OF_OFFER[kind], items):
        raise NoLongerHolds("offer_over")
    if kind in STATE_OF_APPLICATION and not any(
        each.state is STATE_OF_APPLICATION[kind] for each in subject.applications
    ):
        raise NoLongerHolds("application_over")


def _is_of_offer(waiting: Waiting | None, state: WaitingState, items: Mapping[str, Facts]) -> bool:
    """Whether the latest entry on the waiting list is the one that was told, in that state."""
    if waiting is None or waiting.state is not state:
        return False
    told = items.get("waiting", {}).get("waiting_id")
    return told is None or told == str(waiting.waiting_id)  # none: told by an earlier version


def _standing(subject: Standing, told: ToldSession, now: datetime) -> Session:
    session = subject.sessions.get(told.session_id)
    if session is None or session.cancelled is not None:
        raise NoLongerHolds("session_cancelled")
    if session.starts_at <= now:
        raise NoLongerHolds("session_begun")
    return session
