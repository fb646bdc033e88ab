"""Resending a message on request: the same content, unless it no longer applies to this person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from hub_notifications.domain.hand_overs import LedSchools, repeated_hand_over
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice, NotifiedSession
from hub_notifications.domain.participations import (
    ApplicationState,
    Participation,
    PlaceState,
    Session,
    Waiting,
    WaitingState,
)
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.threads import Subject
from hub_notifications.domain.visits import Visit

PARTICIPANT_KINDS: Final = frozenset(
    {
        Kind.PLACE_CONFIRMED,
        Kind.SESSION_SCHEDULED,
        Kind.SESSION_RESCHEDULED,
        Kind.SESSION_CANCELLED,
        Kind.SESSIONS_CHANGED,
        Kind.SESSION_REMINDER,
    }
)


NON_PARTICIPANT_KINDS: Final = frozenset(
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


class NoLongerApplies(Exception):
    """The content of the message is out of date for this person; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def resend_data(found: Notice) -> Facts:
    """Return what to store with a sent message so that it can be sent again: ids and times only."""
    return {
        "items": dict(found.items),
        "before": {str(before.session_id): before.to_json() for before, _ in found.moved},
        "reasons": {str(session.session_id): reason for session, reason in found.cancelled},
        "held_place": found.held_place,
        "about": found.about,
        "visits": {}
        if found.hand_over is None
        else {str(key): facts for key, facts in found.hand_over.notified_visits().items()},
    }


def repeated_notice(kind: Kind, about: Facts, subject: Subject, *, now: datetime) -> Notice:
    """Rebuild the notice of a sent message from its `resend_data` and the subject's current state.

    Raises:
        NoLongerApplies: `withdrawn`, `place_given`, `session_cancelled`, `session_begun`, `offer_over`,
            `application_over`, `cancelled` or `over`.
    """
    items = dict(about["items"])
    if kind is Kind.CALENDAR_ENTRY:  # as it was last sent, removed or not
        return Notice(kind=kind, items=items)
    if isinstance(subject, LedSchools):
        found = repeated_hand_over(subject, items, about.get("visits", {}), now=now)
        if found is None:
            raise NoLongerApplies("over")
        return found
    if not isinstance(subject, Participation):
        _check_date(kind, subject, now)
        return Notice(kind=kind, items=items)
    _check_person(kind, subject, items)
    notified = [
        NotifiedSession.from_json(facts) for item, facts in items.items() if item.startswith("session:")
    ]
    if kind is Kind.PLACE_CONFIRMED:
        return Notice(kind=kind, items=items, added=subject.upcoming_sessions(now), held_place=True)
    before = {key: NotifiedSession.from_json(facts) for key, facts in about.get("before", {}).items()}
    current = [_current_session(subject, each, now) for each in notified if not each.removed]
    reasons = about.get("reasons", {})
    if kind is Kind.SESSION_RESCHEDULED and not before:  # sent by a release that did not store the old state
        kind = Kind.SESSION_SCHEDULED
    return Notice(
        kind=kind,
        items=items,
        about=about.get("about"),
        added=tuple(each for each in current if str(each.session_id) not in before),
        moved=tuple(
            (before[str(each.session_id)], each) for each in current if str(each.session_id) in before
        ),
        cancelled=tuple((each, reasons.get(str(each.session_id))) for each in notified if each.removed),
        held_place=bool(about.get("held_place")),
    )


def _check_date(kind: Kind, subject: PDDay | Visit, now: datetime) -> None:
    if subject.cancelled is not None and kind in {Kind.PD_DAY_CONFIRMED, Kind.VISIT_PLANNED}:
        raise NoLongerApplies("cancelled")
    begins_at = subject.begins_at if isinstance(subject, PDDay) else subject.planned_at
    if begins_at <= now or (isinstance(subject, Visit) and subject.logged):
        raise NoLongerApplies("over")


def _check_person(kind: Kind, subject: Participation, items: Mapping[str, Facts]) -> None:
    is_participant = subject.place is not None and subject.place.state is PlaceState.ACTIVE
    if kind in PARTICIPANT_KINDS and not is_participant:
        raise NoLongerApplies("withdrawn")
    if kind in NON_PARTICIPANT_KINDS and is_participant:
        raise NoLongerApplies("place_given")
    if kind in STATE_OF_OFFER and not _is_of_offer(subject.waiting, STATE_OF_OFFER[kind], items):
        raise NoLongerApplies("offer_over")
    if kind in STATE_OF_APPLICATION and not any(
        each.state is STATE_OF_APPLICATION[kind] for each in subject.applications
    ):
        raise NoLongerApplies("application_over")


def _is_of_offer(waiting: Waiting | None, state: WaitingState, items: Mapping[str, Facts]) -> bool:
    """Return whether the latest waiting-list entry is the notified one, in the expected state."""
    if waiting is None or waiting.state is not state:
        return False
    notified = items.get("waiting", {}).get("waiting_id")
    return notified is None or notified == str(waiting.waiting_id)  # None: sent by an earlier release


def _current_session(subject: Participation, notified: NotifiedSession, now: datetime) -> Session:
    session = subject.sessions.get(notified.session_id)
    if session is None or session.cancelled is not None:
        raise NoLongerApplies("session_cancelled")
    if session.starts_at <= now:
        raise NoLongerApplies("session_begun")
    return session
