"""What enrolment has announced about schools and leaders."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub_kernel.successions import Succession, Successions, first_day_of_successor
from hub_visits.domain.assignments import Post
from hub_visits.domain.assignments import Workplace as WorkplaceFacts
from hub_visits.domain.school_years import Belonging, Told, belongings
from hub_visits.models import LeaderPost, Merger, School, SchoolFacts, Workplace

# Every URN that succeeds one of some URNs, or is succeeded by it, at whatever distance, and these themselves.
_FAMILY: Final = sa.text(
    """
    WITH RECURSIVE family (urn) AS (
      SELECT unnest(CAST(:urns AS text[]))
      UNION
      SELECT CASE WHEN schools.urn = family.urn THEN schools.successor_urn ELSE schools.urn END
      FROM family JOIN schools ON schools.urn = family.urn OR schools.successor_urn = family.urn
      WHERE schools.successor_urn IS NOT NULL
    )
    SELECT urn FROM family
    """
)


def known_school(session: Session, urn: str) -> School | None:
    """A school whose facts have been announced."""
    return session.scalar(select(School).where(School.urn == urn, School.facts_revision > 0))


def family_of(session: Session, urns: Collection[str]) -> set[str]:
    """Some schools with all that they succeed or that succeed them, whenever that takes effect."""
    return set(session.scalars(_FAMILY, {"urns": sorted(urns)}))


def lock_family(session: Session, urn: str) -> None:
    """Let nobody else decide about a school or one of its successors until this transaction has ended."""
    rows = select(School.urn).where(School.urn.in_(family_of(session, {urn})))
    session.execute(rows.order_by(School.urn).with_for_update())


def links(session: Session, urns: Collection[str]) -> list[Succession]:
    """The successions that concern some schools."""
    rows = session.scalars(
        select(School)
        .where(School.urn.in_(family_of(session, urns)), School.successor_urn.is_not(None))
        .order_by(School.urn)
    )
    return [
        Succession(
            urn=row.urn,
            successor_urn=str(row.successor_urn),
            first_day=first_day_of_successor(
                close_date=row.last_day,
                established_on=row.established_on,
                announced_on=row.succeeded_on or date.min,
            ),
        )
        for row in rows
    ]


def successions(session: Session, urns: Collection[str]) -> Successions:
    """The successions that concern some schools, to be asked as of a day."""
    return Successions(links(session, urns))


def urns_of(session: Session, urn: str, day: date) -> frozenset[str]:
    """Every URN of one school on a day: that of the school that stands, and those it stands for."""
    return successions(session, {urn}).stood_for(urn, day)


def belongings_of(session: Session, urns: Collection[str]) -> dict[str, list[Belonging]]:
    """What each known school of some belonged to in the course of time."""
    told: dict[str, list[Told]] = defaultdict(list)
    rows = session.scalars(
        select(SchoolFacts).where(SchoolFacts.urn.in_(urns)).order_by(SchoolFacts.urn, SchoolFacts.revision)
    )
    for row in rows:
        told[row.urn].append(
            Told(
                told_on=row.told_on,
                trust_since=row.trust_since,
                la_code=row.la_code,
                trust_uid=row.trust_uid,
            )
        )
    return {urn: belongings(each) for urn, each in told.items()}


def posts_of(session: Session, teacher_id: UUID) -> list[Post]:
    """The roles of one leader, also those told of under a record that was merged into theirs."""
    rows = session.scalars(select(LeaderPost).where(_is_person(LeaderPost.teacher_id, teacher_id)))
    return [
        Post(
            role=row.role, urn=row.urn, trust_uid=row.trust_uid, starts_on=row.starts_on, ends_on=row.ends_on
        )
        for row in rows
    ]


def workplaces_of(session: Session, teacher_id: UUID) -> list[WorkplaceFacts]:
    """The schools at which one person works or has worked, likewise."""
    rows = session.scalars(select(Workplace).where(_is_person(Workplace.teacher_id, teacher_id)))
    return [WorkplaceFacts(urn=row.urn, ends_on=row.ends_on) for row in rows]


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


def keep_facts(session: Session, urn: str, revision: int, told: Told) -> None:
    """Write what an event said a school belongs to, once."""
    values = {
        "told_on": told.told_on,
        "trust_since": told.trust_since,
        "la_code": told.la_code,
        "trust_uid": told.trust_uid,
    }
    statement = insert(SchoolFacts).values(urn=urn, revision=revision, **values)
    session.execute(statement.on_conflict_do_nothing())


def keep_workplace(
    session: Session, teacher_id: UUID, urn: str, revision: int, *, ends_on: date | None
) -> None:
    """Write whether a person works at a school, unless a later event has."""
    told = {"ends_on": ends_on, "revision": revision}
    statement = insert(Workplace).values(teacher_id=teacher_id, urn=urn, **told)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["teacher_id", "urn"], set_=told, where=Workplace.revision < revision
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


def _is_person(column: InstrumentedAttribute[UUID], teacher_id: UUID) -> sa.ColumnElement[bool]:
    """Whether a record is a person's, or was merged into theirs."""
    return or_(column == teacher_id, column.in_(select(Merger.from_id).where(Merger.into_id == teacher_id)))
