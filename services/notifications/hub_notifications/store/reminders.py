"""Whom to remind of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Integer, String, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from hub_notifications.domain.standing import PlaceState, WaitingState
from hub_notifications.models import GroupSession, Message, Place, ToldItem, WaitingEntry


@dataclass(frozen=True, kw_only=True)
class SessionToRemind:
    """A session to come of which one participant has been told."""

    session_id: UUID
    work_group_id: UUID
    enrolment_id: UUID
    teacher_id: UUID
    starts_at: datetime
    sequence: int


@dataclass(frozen=True, kw_only=True)
class OpenOffer:
    """An offer of which one person on a waiting list has been told."""

    waiting_id: UUID
    work_group_id: UUID
    teacher_id: UUID
    expires_at: datetime
    told_at: datetime


def session_key(session_id: UUID, enrolment_id: UUID, days: int, *, starts_at: datetime) -> str:
    """One reminder for each participant, session, number of days and start."""
    return f"reminder:{session_id}:{enrolment_id}:d{days}:{int(starts_at.timestamp())}"


STILL_WRITTEN: Final = timedelta(days=3)  # after its time, where the service was away then

# The person was told of the session as it is now.
_KNOWN_AS_IT_IS: Final = and_(
    ToldItem.concerns == func.concat("work-groups/", cast(Place.work_group_id, String)),
    ToldItem.teacher_id == Place.teacher_id,
    ToldItem.item == func.concat("session:", cast(GroupSession.session_id, String)),
    cast(ToldItem.facts["sequence"].astext, Integer) == GroupSession.ics_sequence,
)


def _key(days: int) -> ColumnElement[str]:
    """`session_key` in SQL."""
    return func.concat(
        "reminder:",
        cast(GroupSession.session_id, String),
        ":",
        cast(Place.enrolment_id, String),
        f":d{days}:",
        cast(cast(func.extract("epoch", GroupSession.starts_at), BigInteger), String),
    )


def sessions_to_remind(session: Session, *, now: datetime, days: int) -> Sequence[SessionToRemind]:
    """Sessions that start in so many days or a little less, with all participants who know them as they are.

    Left out: who was told of it within that time, and who has that reminder already. This is asked often, and
    hardly ever gives a row.
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
        .join(ToldItem, _KNOWN_AS_IT_IS)
        .where(
            Place.state == PlaceState.ACTIVE,
            GroupSession.starts_at > now + max(timedelta(days=days) - STILL_WRITTEN, timedelta()),
            GroupSession.starts_at <= now + timedelta(days=days),
            GroupSession.cancelled_reason.is_(None),
            ToldItem.told_at + func.make_interval(0, 0, 0, days) <= GroupSession.starts_at,
            ~exists().where(Message.dedupe_key == _key(days)),
        )
        .order_by(GroupSession.starts_at, Place.enrolment_id)
    )
    return [SessionToRemind(**row) for row in rows.mappings()]


def open_offers(session: Session, *, now: datetime, until: datetime) -> Sequence[OpenOffer]:
    """Offers that end within a time and that were told."""
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
