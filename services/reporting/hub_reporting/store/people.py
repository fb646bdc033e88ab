"""People by the record that is left of them: events of before a merger name the one that was given up."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.models import LeaderPost, Merger


def left(teacher_id: Any) -> sa.ColumnElement[UUID]:
    """The record that is left of a person; goes with `merged`."""
    return sa.func.coalesce(Merger.into_id, teacher_id)


def merged(model: Any) -> sa.ColumnElement[bool]:
    """Joins a read model that names teachers, from outside, with the mergers of the same hub."""
    return sa.and_(Merger.hub == model.hub, Merger.from_id == model.teacher_id)


def mergers(session: Session, hub: str) -> dict[UUID, UUID]:
    """The record that is left, by each one that was given up."""
    rows = session.execute(sa.select(Merger.from_id, Merger.into_id).where(Merger.hub == hub))
    return {row.from_id: row.into_id for row in rows}


def posts(hub: str) -> sa.Subquery:
    """Every role that was given, once: it may be told under one record and end under the other."""
    same = (
        LeaderPost.leader_role_id,
        left(LeaderPost.teacher_id).label("teacher_id"),
        LeaderPost.role,
        LeaderPost.urn,
        LeaderPost.trust_uid,
        LeaderPost.core_leadership,
        LeaderPost.starts_on,
    )
    return (
        sa.select(*same, sa.func.min(LeaderPost.ends_on).label("ends_on"))  # an end is only brought forward
        .outerjoin(Merger, merged(LeaderPost))
        .where(LeaderPost.hub == hub)
        .group_by(*same)
        .subquery("posts")
    )
