"""Offer free places to the waiting list."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOffered
from hub_enrolment.domain import waiting_list
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store.work_groups import Locked
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.bank_holidays import bank_holidays


class OfferFacts(TypedDict):
    """The fields that every event about an offer has."""

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    urn: str
    expires_at: datetime


def offer_free_places(session: Session, locked: Locked, *, now: datetime, by: str) -> list[WaitingEntry]:
    """Offer each free place to the next entry of the waiting list; return the entries with a new offer.

    Call it after every change that frees or adds a place, while the group is locked.
    """
    group, programme = locked
    occupancy = enrolment_store.occupancy(session, group, programme)
    if not occupancy.waiting:
        return []
    queue = store.queue(session, group.id, day=day_in_england(now))
    chosen = waiting_list.next_offers(
        occupancy, queue.waiting, queue.kept_by_school, max_per_school=programme.max_per_school
    )
    entries = [session.get_one(WaitingEntry, entry_id) for entry_id in chosen]
    for entry in entries:
        entry.status, entry.offered_at = "offered", now
        entry.expires_at = waiting_list.offer_ends(now, bank_holidays())
        entry.touch(now=now, by=by)
        session.flush()
        outbox.record(session, PlaceOffered(**offer_facts(entry)), occurred_at=now, by=by)
    return entries


def offer_facts(entry: WaitingEntry) -> OfferFacts:
    """Return the published facts of an entry with an offer.

    Raises:
        TypeError: the entry has no offer, which is a fault of the caller.
    """
    if entry.expires_at is None:
        raise TypeError("the entry has no offer")
    return {
        "waiting_id": entry.id,
        "work_group_id": entry.work_group_id,
        "teacher_id": entry.teacher_id,
        "urn": entry.urn,
        "expires_at": entry.expires_at,
    }
