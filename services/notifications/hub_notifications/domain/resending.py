"""A message that was sent, told once more on request: the same, unless it no longer holds for this person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.standing import PlaceState, Session, Standing, WaitingState
from hub_notifications.domain.threads import Subject
from hub_notifications.domain.told import News, ToldSession

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
    }


def again(kind: Kind, about: Mapping[str, Any], subject: Subject, *, now: datetime) -> News:
    """Rebuild the news of a message from what it remembers and what is true now.

    Raises:
        NoLongerHolds: `withdrawn`, `session_cancelled`, `session_begun`, `offer_over` or `cancelled`.
    """
    items = dict(about["items"])
    if not isinstance(subject, Standing):
        if subject.cancelled is not None and kind in {Kind.PD_DAY_CONFIRMED, Kind.VISIT_PLANNED}:
            raise NoLongerHolds("cancelled")
        return News(kind=kind, items=items)
    _check_person(kind, subject)
    told = [ToldSession.from_json(facts) for item, facts in items.items() if item.startswith("session:")]
    if kind is Kind.PLACE_CONFIRMED:
        return News(kind=kind, items=items, added=subject.sessions_to_come(now), held_place=True)
    before = {key: ToldSession.from_json(facts) for key, facts in about.get("before", {}).items()}
    standing = [_standing(subject, each, now) for each in told if not each.removed]
    reasons = about.get("reasons", {})
    return News(
        kind=kind,
        items=items,
        about=about.get("about"),
        added=tuple(each for each in standing if str(each.session_id) not in before),
        moved=tuple(
            (before[str(each.session_id)], each) for each in standing if str(each.session_id) in before
        ),
        cancelled=tuple(
            (each, reasons[str(each.session_id)]) for each in told if str(each.session_id) in reasons
        ),
        held_place=bool(about.get("held_place")),
    )


def _check_person(kind: Kind, subject: Standing) -> None:
    place, waiting = subject.place, subject.waiting
    if kind in OF_A_PARTICIPANT and (place is None or place.state is not PlaceState.ACTIVE):
        raise NoLongerHolds("withdrawn")
    if kind in {Kind.PLACE_OFFERED, Kind.OFFER_LAST_DAY} and (
        waiting is None or waiting.state is not WaitingState.OFFERED
    ):
        raise NoLongerHolds("offer_over")


def _standing(subject: Standing, told: ToldSession, now: datetime) -> Session:
    session = subject.sessions.get(told.session_id)
    if session is None or session.cancelled is not None:
        raise NoLongerHolds("session_cancelled")
    if session.starts_at <= now:
        raise NoLongerHolds("session_begun")
    return session
