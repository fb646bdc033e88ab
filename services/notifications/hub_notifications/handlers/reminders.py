"""Scheduling reminders of sessions and offers."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_notifications.domain import waiting_list
from hub_notifications.domain.kinds import URGENCY, Kind
from hub_notifications.domain.reminders import DAYS_BEFORE, reminder_days
from hub_notifications.domain.sending_hours import sendable_from
from hub_notifications.domain.threads import group_thread
from hub_notifications.store import due, facts
from hub_notifications.store import reminders as store
from hub_notifications.store.due import Due

LONGEST_OFFER: Final = timedelta(days=60)  # limits the search for offers that expire today


def schedule_reminders(session: Session, *, now: datetime) -> int:
    """Schedule the reminders that are due now; return how many are new.

    A participant who was notified of the session within the reminder's time is not reminded of it.
    """
    messages = [message for days in DAYS_BEFORE for message in _before_sessions(session, days, now=now)]
    messages += _last_days(session, now=now)
    return due.add_new(session, messages, now=now)


def _before_sessions(session: Session, days: int, *, now: datetime) -> list[Due]:
    """Return the reminders `days` before sessions, unless a nearer reminder is due."""
    found = [
        each
        for each in store.sessions_to_remind(session, now=now, days=days)
        if reminder_days(each.starts_at, now) == days
    ]
    if not found:
        return []
    holidays = facts.holidays(session)
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
    """Return reminders of offers whose last day is today and that were notified on an earlier day."""
    today = day_in_england(now)
    offers = store.open_offers(session, now=now, until=now + LONGEST_OFFER)
    if not offers:
        return []
    holidays = facts.holidays(session)
    found = []
    for offer in offers:
        is_new_today = day_in_england(offer.told_at) >= today
        if is_new_today or waiting_list.last_day(offer.expires_at) != today:
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
