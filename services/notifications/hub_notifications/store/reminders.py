"""Sessions and offers for which reminders may be due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, String, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from hub_notifications.domain.participations import PlaceState, WaitingState
from hub_notifications.models import GroupSession, Message, Place, ToldItem, WaitingEntry


@dataclass(frozen=True, kw_only=True)
class SessionToRemind:
    """An upcoming session of which one participant was notified."""

    session_id: UUID
    work_group_id: UUID
    enrolment_id: UUID
    teacher_id: UUID
    starts_at: datetime
    sequence: int


@dataclass(frozen=True, kw_only=True)
class OpenOffer:
    """An offer of which one teacher on a waiting list was notified."""

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    expires_at: datetime
    told_at: datetime


def session_key(session_id: UUID, enrolment_id: UUID, days: int, *, starts_at: datetime) -> str:
    """Return the deduplication key of a reminder: one for each participant, session, days and start."""
    return f"reminder:{session_id}:{enrolment_id}:d{days}:{int(starts_at.timestamp())}"


LATE_BY_AT_MOST: Final = timedelta(days=3)  # a reminder that an outage delayed longer is left out

# The participant was notified of the session's current version.
_IS_NOTIFIED: Final = and_(
    ToldItem.concerns == func.concat("work-groups/", cast(Place.work_group_id, String)),
    ToldItem.teacher_id == Place.teacher_id,
    ToldItem.item == func.concat("session:", cast(GroupSession.session_id, String)),
    cast(ToldItem.facts["sequence"].astext, Integer) == GroupSession.ics_sequence,
)


def _key(days: int) -> ColumnElement[str]:
    """Return `session_key` as an SQL expression."""
    return func.concat(
        "reminder:",
        cast(GroupSession.session_id, String),
        ":",
        cast(Place.enrolment_id, String),
        f":d{days}:",
        cast(cast(func.extract("epoch", GroupSession.starts_at), BigInteger), String),
    )


def sessions_to_remind(session: Session, *, now: datetime, days: int) -> Sequence[SessionToRemind]:
    """Return sessions that start within `days`, with each participant notified of the current version.

    Participants who were notified within that time or have that reminder already are left out. The query
    runs often and rarely returns a row.
    """
    rows = session.execute(
        select(
            GroupSession.session_id,
            GroupSession.work_group_id,
            Place.enrolment_id,
            Place.teacher_id,
            GroupSession.starts_at,
            GroupSession.ics_sequence.label("sequence"),
        )
        .join(Place, Place.work_group_id == GroupSession.work_group_id)
        .join(ToldItem, _IS_NOTIFIED)
        .where(
            Place.state == PlaceState.ACTIVE,
            GroupSession.starts_at > now + max(timedelta(days=days) - LATE_BY_AT_MOST, timedelta()),
            GroupSession.starts_at <= now + timedelta(days=days),
            GroupSession.cancelled_reason.is_(None),
            ToldItem.told_at + func.make_interval(0, 0, 0, days) <= GroupSession.starts_at,
            ~exists().where(Message.dedupe_key == _key(days)),
        )
        .order_by(GroupSession.starts_at, Place.enrolment_id)
    )
    return [SessionToRemind(**row) for row in rows.mappings()]


def open_offers(session: Session, *, now: datetime, until: datetime) -> Sequence[OpenOffer]:
    """Return notified offers that expire after `now` and by `until`."""
    rows = session.execute(
        select(
            WaitingEntry.waiting_id,
            WaitingEntry.work_group_id,
            WaitingEntry.teacher_id,
            WaitingEntry.expires_at,
            ToldItem.told_at,
        )
        .join(
            ToldItem,
            and_(
                ToldItem.concerns == func.concat("work-groups/", cast(WaitingEntry.work_group_id, String)),
                ToldItem.teacher_id == WaitingEntry.teacher_id,
                ToldItem.item == "waiting",
                ToldItem.facts["waiting_id"].astext == cast(WaitingEntry.waiting_id, String),
            ),
        )
        .where(
            WaitingEntry.state == WaitingState.OFFERED,
            WaitingEntry.expires_at > now,
            WaitingEntry.expires_at <= until,
        )
        .order_by(WaitingEntry.waiting_id)
    )
    return [OpenOffer(**row) for row in rows.mappings()]
