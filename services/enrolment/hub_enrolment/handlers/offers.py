"""Places offered to those who wait: to the first, whenever one comes free."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOffered, PlaceOfferExpired
from hub_enrolment.domain import waiting_list
from hub_enrolment.domain.calendar import bank_holidays, day_in_england
from hub_enrolment.models import WaitingEntry, WorkGroup
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import waiting_list as store
from hub_messaging import outbox


def offer_free(session: Session, group: WorkGroup, *, now: datetime, by: str) -> list[WaitingEntry]:
    """Offer the places that are free to the first who wait; gives their entries.

    The group is locked by the caller.
    """
    count = waiting_list.offers(enrolment_store.room(session, group))
    entries = store.first_waiting(session, group.id, count)
    today = day_in_england(now)
    expires_at = waiting_list.expires_at(today, bank_holidays(today.year) | bank_holidays(today.year + 1))
    for entry in entries:
        entry.status, entry.offered_at, entry.expires_at = "offered", now, expires_at
        entry.touch(now=now, by=by)
    session.flush()
    events = [PlaceOffered(**_facts(entry), expires_at=expires_at) for entry in entries]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return entries


def expire(session: Session, group: WorkGroup, *, now: datetime, by: str) -> list[WaitingEntry]:
    """End the offers whose time is over; gives their entries. The group is locked by the caller."""
    entries = store.expired(session, group.id, now=now)
    for entry in entries:
        entry.status = "expired"
        entry.touch(now=now, by=by)
    session.flush()
    events = [
        PlaceOfferExpired(**_facts(entry), expires_at=entry.expires_at)
        for entry in entries
        if entry.expires_at is not None
    ]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return entries


def _facts(entry: WaitingEntry) -> dict[str, Any]:
    names = ("work_group_id", "teacher_id", "urn")
    return {"waiting_id": entry.id} | {name: getattr(entry, name) for name in names}
