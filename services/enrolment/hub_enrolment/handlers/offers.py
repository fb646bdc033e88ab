"""Deadlines of offers of places: counted from the e-mail about the offer, and expired.

Notifications publishes when it sent the e-mail; the five working days count from that instant.
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
from hub_messaging.delivery import Delivery
from hub_platform.bank_holidays import bank_holidays
from hub_platform.database import Sessions
from hub_platform.reaction_context import ReactionContext

TEMPLATE: Final = "place_offered"  # the template of the e-mail about an offer


def expire_all(sessions: Sessions, *, now: datetime, by: str) -> None:
    """End every offer whose deadline has passed, one transaction per group, and offer the places again.

    An offer stays open, with its place, until the e-mail about it was sent or finally failed.
    """
    with sessions() as session:
        group_ids = store.groups_with_expired(session, now=now)
    for group_id in group_ids:
        with sessions.begin() as session:
            expire_offers(session, group_id, now=now, by=by)


def expire_offers(session: Session, work_group_id: UUID, *, now: datetime, by: str) -> None:
    """End the offers of one group whose deadline has passed, and offer the places again.

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


def on_message_sent(session: Session, delivery: Delivery[MessageSent], context: ReactionContext) -> None:
    """Count the deadline of an offer from the e-mail about it."""
    _count_from(session, delivery, context, named_end=delivery.event.expires_at)


def on_message_failed(session: Session, delivery: Delivery[MessageFailed], context: ReactionContext) -> None:
    """Count the deadline of an offer from the last attempt to send the e-mail about it.

    Hub staff see the failure in notifications. Without a deadline the offer would hold its place for ever.
    """
    _count_from(session, delivery, context, named_end=None)


def _count_from(
    session: Session,
    delivery: Delivery[MessageSent | MessageFailed],
    context: ReactionContext,
    *,
    named_end: datetime | None,
) -> None:
    """Set the deadline of an open offer, if the e-mail's recipient is the teacher who has the offer."""
    entry = _lock_offer(session, delivery.event)
    if entry is None or entry.offered_at is None or entry.expires_at is None:
        return
    before = waiting_list.Offer(entry.offered_at, entry.told_at, entry.expires_at)
    offer = waiting_list.count_from(
        before,
        delivery.occurred_at,
        named_end=named_end,
        now=context.now,
        bank_holidays=bank_holidays(),
    )
    if offer == before:
        return
    entry.told_at, entry.expires_at = offer.told_at, offer.expires_at
    entry.touch(now=context.now, by=context.by)
    session.flush()
    if offer.expires_at != before.expires_at:
        event = PlaceOfferExtended(**offer_facts(entry))
        outbox.record(session, event, occurred_at=context.now, by=context.by)


def _lock_offer(session: Session, event: MessageSent | MessageFailed) -> WaitingEntry | None:
    """Return the entry with the open offer that an e-mail is about, its group locked; None without one."""
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
