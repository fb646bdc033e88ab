"""Offers of places to those who wait: made when a place comes free, over after five working days."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOffered, PlaceOfferExpired
from hub_enrolment.domain import waiting_list
from hub_enrolment.handlers.work_groups import Locked, lock_work_group
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import waiting_list as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import Sessions


def offer_free_places(session: Session, locked: Locked, *, now: datetime, by: str) -> list[WaitingEntry]:
    """Offer each place that is free to the next who waits; the entries that have an offer now.

    To be called after everything that frees a place or adds one, while the group is locked.
    """
    group, programme = locked
    room = enrolment_store.room(session, group)
    if not room.waiting:
        return []
    queue = store.queue(session, group.id)
    chosen = waiting_list.next_offers(
        room, queue.waiting, queue.kept_by_school, max_per_school=programme.max_per_school
    )
    entries = [session.get_one(WaitingEntry, entry_id) for entry_id in chosen]
    today = day_in_england(now)
    for entry in entries:
        entry.status, entry.offered_at = "offered", now
        entry.expires_at = waiting_list.expires_at(today)
        entry.touch(now=now, by=by)
        session.flush()
        outbox.record(session, PlaceOffered(**_facts(entry)), occurred_at=now, by=by)
    return entries


def expire_all(sessions: Sessions, *, now: datetime, by: str) -> None:
    """End every offer whose time is over, group by group, and offer the places to the next."""
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
        outbox.record(session, PlaceOfferExpired(**_facts(entry)), occurred_at=now, by=by)
    offer_free_places(session, locked, now=now, by=by)


def _facts(entry: WaitingEntry) -> dict[str, Any]:
    return {
        "waiting_id": entry.id,
        "work_group_id": entry.work_group_id,
        "teacher_id": entry.teacher_id,
        "urn": entry.urn,
        "expires_at": entry.expires_at,
    }
