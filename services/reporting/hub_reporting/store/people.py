"""People by their remaining record: events before a merger name the record that was merged into it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.models import LeaderPost, Merger, Place


def remaining(teacher_id: sa.ColumnExpressionArgument[UUID]) -> sa.ColumnElement[UUID]:
    """Select the remaining record of a person; needs an outer join on `merged`."""
    return sa.func.coalesce(Merger.into_id, teacher_id)


def merged(model: type[Place] | type[LeaderPost]) -> sa.ColumnElement[bool]:
    """Return the condition of an outer join of a read model that names teachers with the hub's mergers."""
    return sa.and_(Merger.hub == model.hub, Merger.from_id == model.teacher_id)


def mergers(session: Session, hub: str) -> dict[UUID, UUID]:
    """Return the remaining record by each merged record."""
    rows = session.execute(sa.select(Merger.from_id, Merger.into_id).where(Merger.hub == hub))
    return {row.from_id: row.into_id for row in rows}


def posts(hub: str) -> sa.Subquery:
    """Select every hub role once: its events may name both records of a merged person."""
    same = (
        LeaderPost.leader_role_id,
        remaining(LeaderPost.teacher_id).label("teacher_id"),
        LeaderPost.role,
        LeaderPost.urn,
        LeaderPost.trust_uid,
        LeaderPost.core_leadership,
        LeaderPost.starts_on,
    )
    return (
        sa.select(
            *same, sa.func.min(LeaderPost.ends_on).label("ends_on")
        )  # the last day is only ever brought forward
        .outerjoin(Merger, merged(LeaderPost))
        .where(LeaderPost.hub == hub)
        .group_by(*same)
        .subquery("posts")
    )
