"""What events have told: titles, school names, sessions, places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_notifications.models import Base, GroupSession, Place, School, WorkGroup


@dataclass(frozen=True)
class Facts:
    """What the words of some messages need."""

    titles: dict[UUID, str] = field(default_factory=dict)
    sessions: dict[UUID, GroupSession] = field(default_factory=dict)
    schools: dict[str, str] = field(default_factory=dict)


def keep(session: Session, model: type[Base], key: str, values: dict[str, Any]) -> bool:
    """Write a row unless a later revision of it is there; whether it was written."""
    statement = insert(model).values(**values)
    kept = session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: value for name, value in values.items() if name != key},
            where=model.__table__.c.revision < values["revision"],
        ).returning(model.__table__.c.revision)
    )
    return kept.first() is not None


def sessions_ahead(session: Session, work_group_id: UUID, at: datetime) -> Sequence[UUID]:
    """The sessions of a group that stand and have not ended at an instant, in order."""
    return session.scalars(
        select(GroupSession.session_id)
        .where(
            GroupSession.work_group_id == work_group_id,
            GroupSession.ends_at > at,
            GroupSession.cancelled.is_(False),
        )
        .order_by(GroupSession.starts_at, GroupSession.session_id)
    ).all()


def active_places(session: Session, work_group_id: UUID) -> Sequence[Place]:
    """Who holds a place on a group."""
    return session.scalars(
        select(Place).where(Place.work_group_id == work_group_id, Place.active).order_by(Place.enrolment_id)
    ).all()


def holds_place(session: Session, work_group_id: UUID, teacher_id: UUID, *, since: datetime) -> bool:
    """Whether a teacher holds a place on a group that was given at an instant or later."""
    given = select(Place.enrolment_id).where(
        Place.work_group_id == work_group_id,
        Place.active,
        Place.teacher_id == teacher_id,
        Place.changed_at >= since,
    )
    return session.execute(given.limit(1)).first() is not None


def load(
    session: Session, group_ids: Iterable[UUID], session_ids: Iterable[UUID], urns: Iterable[str]
) -> Facts:
    """Read what a batch of messages needs, each kind in one query."""
    sessions = {
        row.session_id: row
        for row in session.scalars(select(GroupSession).where(GroupSession.session_id.in_(set(session_ids))))
    }
    hosts = {row.host_urn for row in sessions.values() if row.host_urn}
    titles = session.execute(
        select(WorkGroup.work_group_id, WorkGroup.title).where(WorkGroup.work_group_id.in_(set(group_ids)))
    )
    schools = session.execute(select(School.urn, School.name).where(School.urn.in_(set(urns) | hosts)))
    return Facts(
        titles={row.work_group_id: row.title for row in titles},
        sessions=sessions,
        schools={row.urn: row.name for row in schools},
    )
