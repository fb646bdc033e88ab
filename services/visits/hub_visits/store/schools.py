"""What enrolment has announced about schools and leaders."""

from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_visits.domain.assignments import Post
from hub_visits.models import LeaderPost, Merger, School


def known_school(session: Session, urn: str, *, lock: bool = False) -> School | None:
    """A school whose facts have been announced."""
    statement = select(School).where(School.urn == urn, School.facts_revision > 0)
    return session.scalar(statement.with_for_update() if lock else statement)


def posts_of(session: Session, teacher_id: UUID) -> list[Post]:
    """The roles of one leader, also those told of under a record that was merged into theirs."""
    merged = select(Merger.from_id).where(Merger.into_id == teacher_id)
    rows = session.scalars(
        select(LeaderPost).where(or_(LeaderPost.teacher_id == teacher_id, LeaderPost.teacher_id.in_(merged)))
    )
    return [
        Post(
            role=row.role, urn=row.urn, trust_uid=row.trust_uid, starts_on=row.starts_on, ends_on=row.ends_on
        )
        for row in rows
    ]


def keep_school(session: Session, urn: str, counter: str, revision: int, values: dict[str, Any]) -> None:
    """Write what an event said about a school, unless `counter` has passed the event's revision."""
    told = {**values, counter: revision}
    statement = insert(School).values(urn=urn, **told)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["urn"],
            set_=told,
            where=getattr(School, counter) < revision,
        )
    )


def keep_merger(session: Session, from_id: UUID, into_id: UUID, revision: int) -> None:
    """Write which record is left of a person, unless a later event has."""
    told = {"into_id": into_id, "revision": revision}
    statement = insert(Merger).values(from_id=from_id, **told)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["from_id"], set_=told, where=Merger.revision < revision
        )
    )


def keep_post(session: Session, leader_role_id: UUID, revision: int, values: dict[str, Any]) -> None:
    """Write what an event said about a leader's role, unless a later one has; its last day only comes nearer.

    Revisions are counted by person: after a merger a role is told of under the record that is left, from a
    lower one. So the last day does not ask for it.
    """
    told = {**values, "revision": revision}
    new = insert(LeaderPost).values(leader_role_id=leader_role_id, **told)
    is_later = new.excluded.revision > LeaderPost.revision
    newest = {
        name: case((is_later, new.excluded[name]), else_=getattr(LeaderPost, name))
        for name in told
        if name != "ends_on"
    }
    nearest = func.least(LeaderPost.ends_on, new.excluded.ends_on)  # NULL is no day, and not the least
    session.execute(
        new.on_conflict_do_update(index_elements=["leader_role_id"], set_=newest | {"ends_on": nearest})
    )
