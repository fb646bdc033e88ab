"""Reminders: written down when their time has come, for sessions and offers as they stand then."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_notifications.domain import waiting_list
from hub_notifications.domain.decent_hours import NONE_KNOWN, sendable_from
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.reminders import DAYS_BEFORE, reminder_days
from hub_notifications.domain.threads import group_thread
from hub_notifications.handlers.scheduling import holidays_of
from hub_notifications.store import due
from hub_notifications.store import reminders as store
from hub_notifications.store.due import Due

LONGEST_OFFER: Final = timedelta(days=60)  # bounds the search for offers whose last day has come


def remind(session: Session, *, now: datetime) -> int:
    """Write down the reminders whose time has come; gives how many are new.

    A participant who was told of the session within that time is not reminded of it.
    """
    messages = [message for days in DAYS_BEFORE for message in _before_sessions(session, days, now=now)]
    messages += _last_days(session, now=now)
    return due.add_new(session, messages, now=now)


def _before_sessions(session: Session, days: int, *, now: datetime) -> list[Due]:
    """Reminders `days` before sessions, unless a nearer one is due."""
    found = [
        each
        for each in store.sessions_to_remind(session, now=now, days=days)
        if reminder_days(each.starts_at, now) == days
    ]
    holidays = holidays_of(session) if found else NONE_KNOWN
    return [
        Due(
            thread=group_thread(each.work_group_id, each.teacher_id),
            kind=Kind.SESSION_REMINDER,
            due_at=sendable_from(
                URGENCY[Kind.SESSION_REMINDER], now=now, starts_at=each.starts_at, holidays=holidays
            ),
            item=f"reminder:{each.session_id}:{days}",
            about={"sequence": each.sequence},
            dedupe_key=store.session_key(each.session_id, each.enrolment_id, days, starts_at=each.starts_at),
        )
        for each in found
    ]


def _last_days(session: Session, *, now: datetime) -> list[Due]:
    """Reminders of offers whose last day it is and that were told on an earlier day."""
    today = day_in_england(now)
    offers = store.open_offers(session, now=now, until=now + LONGEST_OFFER)
    holidays = holidays_of(session) if offers else NONE_KNOWN
    found = []
    for offer in offers:
        told_today = day_in_england(offer.told_at) >= today
        if told_today or waiting_list.last_day(offer.expires_at) != today:
            continue
        due_at = sendable_from(URGENCY[Kind.OFFER_LAST_DAY], now=now, starts_at=None, holidays=holidays)
        found.append(
            Due(
                thread=group_thread(offer.work_group_id, offer.teacher_id),
                kind=Kind.OFFER_LAST_DAY,
                due_at=due_at,
                item=f"last-day:{offer.waiting_id}",
                dedupe_key=f"offer-last-day:{offer.waiting_id}:{today}",
            )
        )
    return found
