"""Offers of places to those who wait: made when a place comes free, told by e-mail, and expired.

Notifications says when it sent the e-mail; the five working days count from then.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOfferExpired, PlaceOfferExtended
from hub_contracts.notifications import MessageFailed, MessageSent
from hub_enrolment.domain import waiting_list
from hub_enrolment.models import WaitingEntry
from hub_enrolment.steps.offers import offer_facts, offer_free_places
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store.work_groups import lock_work_group
from hub_messaging import outbox
from hub_platform.database import Sessions

TEMPLATE: Final = "place_offered"  # of the e-mail about an offer


def expire_all(sessions: Sessions, *, now: datetime, by: str) -> None:
    """End every offer whose time is over, group by group, and offer the places to the next.

    An offer of which the teacher has not been told stays open: its place is kept.
    """
    with sessions() as session:
        group_ids = store.groups_with_expired(session, now=now)
    for group_id in group_ids:
        with sessions.begin() as session:
            expire_offers(session, group_id, now=now, by=by)


def expire_offers(session: Session, work_group_id: UUID, *, now: datetime, by: str) -> None:
    """End the offers of one group whose time is over, and offer the places to the next.

    Raises:
        Unknown: `unknown_work_group`.
    """
    locked = lock_work_group(session, work_group_id)
    for entry in store.expired(session, work_group_id, now=now):
        entry.status = "expired"
        entry.touch(now=now, by=by)
        session.flush()
        outbox.record(session, PlaceOfferExpired(**offer_facts(entry)), occurred_at=now, by=by)
    offer_free_places(session, locked, now=now, by=by)


def on_message_sent(session: Session, event: MessageSent, *, at: datetime, now: datetime, by: str) -> None:
    """Count the deadline of an offer from the e-mail about it, sent at an instant `at`."""
    _count_from(session, event, at=at, named_end=event.expires_at, now=now, by=by)


def on_message_failed(
    session: Session, event: MessageFailed, *, at: datetime, now: datetime, by: str
) -> None:
    """Count the deadline of an offer from the last attempt to send the e-mail about it, made at `at`.

    Hub staff see the failure in notifications; without an end the offer would keep its place for ever.
    """
    _count_from(session, event, at=at, named_end=None, now=now, by=by)


def _count_from(
    session: Session,
    event: MessageSent | MessageFailed,
    *,
    at: datetime,
    named_end: datetime | None,
    now: datetime,
    by: str,
) -> None:
    """Follow a message about an open offer, when its recipient is the teacher who has the offer."""
    entry = _lock_offer(session, event)
    if entry is None or entry.offered_at is None or entry.expires_at is None:
        return
    before = waiting_list.Offer(entry.offered_at, entry.told_at, entry.expires_at)
    offer = waiting_list.count_from(before, at, named_end=named_end, now=now)
    if offer == before:
        return
    entry.told_at, entry.expires_at = offer.told_at, offer.expires_at
    entry.touch(now=now, by=by)
    session.flush()
    if offer.expires_at != before.expires_at:
        outbox.record(session, PlaceOfferExtended(**offer_facts(entry)), occurred_at=now, by=by)


def _lock_offer(session: Session, event: MessageSent | MessageFailed) -> WaitingEntry | None:
    """The entry with the open offer that a message is about, its group locked; None if there is none."""
    if event.template != TEMPLATE:
        return None
    waiting_id = waiting_list.entry_concerned(event.concerns)
    known = None if waiting_id is None else store.find_entry(session, waiting_id)
    if known is None:
        return None
    lock_work_group(session, known.work_group_id)
    entry = store.find_entry(session, known.id)  # as it is now that the group is locked
    if entry is None or entry.status != "offered":
        return None
    return entry if event.recipient_ref in teacher_store.refs_of(session, entry.teacher_id) else None
