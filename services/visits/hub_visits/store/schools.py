"""Schools and leaders, as published by enrolment."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub_kernel.refusals import Refused
from hub_kernel.successions import Succession, Successions, first_day_of_successor
from hub_visits.domain.assignments import OwnSchool, Post
from hub_visits.domain.assignments import Workplace as WorkplaceFacts
from hub_visits.domain.school_years import Affiliation, PublishedAffiliation, affiliations
from hub_visits.models import LeaderPost, Merger, School, SchoolFacts, Workplace

# The given URNs with all their predecessors and successors, at any distance.
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
    """Return a school whose facts have been published, or None."""
    return session.scalar(select(School).where(School.urn == urn, School.facts_revision > 0))


def get_school(session: Session, urn: str, *, day: date) -> School:
    """Return the school of a URN on a day, or the successor that has replaced it by then.

    Raises:
        Refused: `unknown_school`.
    """
    standing = successions(session, {urn}).standing(urn, day)
    school = known_school(session, standing)
    if school is None:
        successor = "" if standing == urn else f" or {standing}, the successor of {urn},"
        detail = f"No school with this URN{successor} has been imported yet. Try again shortly."
        raise Refused("unknown_school", detail, "/urn")
    return school


def own_schools(
    session: Session, urns: Collection[str], trusts: Mapping[str, str | None], *, day: date
) -> list[OwnSchool]:
    """Return a PD lead's own schools, each replaced by its successor by a day.

    `trusts`: the trust of each school when the role was published, for schools that are not stored.
    """
    replaced = successions(session, urns)
    found = []
    for urn in urns:
        standing = replaced.standing(urn, day)
        known = known_school(session, standing)
        trust_uid = known.trust_uid if known else trusts.get(urn)
        found.append(OwnSchool(urn=standing, trust_uid=trust_uid))
    return found


def family_of(session: Session, urns: Collection[str]) -> set[str]:
    """Return some URNs with all their predecessors and successors, past and future."""
    return set(session.scalars(_FAMILY, {"urns": sorted(urns)}))


def lock_family(session: Session, urn: str) -> None:
    """Lock a school with its predecessors and successors until the transaction ends."""
    rows = select(School.urn).where(School.urn.in_(family_of(session, {urn})))
    session.execute(rows.order_by(School.urn).with_for_update())


def links(session: Session, urns: Collection[str]) -> list[Succession]:
    """Return the successions between some schools and all their predecessors and successors."""
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
    """Return the same successions, indexed for look-ups as of a day."""
    return Successions(links(session, urns))


def urns_of(session: Session, urn: str, day: date) -> frozenset[str]:
    """Return all URNs of one school on a day: its own and those of the schools that it has replaced."""
    return successions(session, {urn}).stood_for(urn, day)


def affiliations_of(session: Session, urns: Collection[str]) -> dict[str, list[Affiliation]]:
    """Return the authority and trust of each known school over time."""
    published: dict[str, list[PublishedAffiliation]] = defaultdict(list)
    rows = session.scalars(
        select(SchoolFacts).where(SchoolFacts.urn.in_(urns)).order_by(SchoolFacts.urn, SchoolFacts.revision)
    )
    for row in rows:
        published[row.urn].append(
            PublishedAffiliation(
                published_on=row.told_on,
                trust_since=row.trust_since,
                la_code=row.la_code,
                trust_uid=row.trust_uid,
            )
        )
    return {urn: affiliations(each) for urn, each in published.items()}


def posts_of(session: Session, teacher_id: UUID) -> list[Post]:
    """Return the roles of one leader, including roles of records that were merged into theirs."""
    rows = session.scalars(select(LeaderPost).where(_is_person(LeaderPost.teacher_id, teacher_id)))
    return [
        Post(
            role=row.role, urn=row.urn, trust_uid=row.trust_uid, starts_on=row.starts_on, ends_on=row.ends_on
        )
        for row in rows
    ]


def workplaces_of(session: Session, teacher_id: UUID) -> list[WorkplaceFacts]:
    """Return the current and former schools of one person, including those of merged records."""
    rows = session.scalars(select(Workplace).where(_is_person(Workplace.teacher_id, teacher_id)))
    return [WorkplaceFacts(urn=row.urn, ends_on=row.ends_on) for row in rows]


def upsert_post(session: Session, row: LeaderPost) -> None:
    """Store a leader's role unless a later event has; its last day can only move earlier.

    Revisions are counted for each person: after a merger, a role is published under the remaining record with
    lower revisions. The last day therefore ignores the revision.
    """
    values = {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}
    new = insert(LeaderPost).values(**values)
    is_later = new.excluded.revision > LeaderPost.revision
    changes = {
        name: case((is_later, new.excluded[name]), else_=getattr(LeaderPost, name))
        for name in values
        if name not in {"leader_role_id", "ends_on"}
    }
    earliest = func.least(LeaderPost.ends_on, new.excluded.ends_on)  # ignores NULL
    session.execute(
        new.on_conflict_do_update(index_elements=["leader_role_id"], set_=changes | {"ends_on": earliest})
    )


def _is_person(column: InstrumentedAttribute[UUID], teacher_id: UUID) -> sa.ColumnElement[bool]:
    """Return the SQL condition that a record is a person's own or was merged into it."""
    return or_(column == teacher_id, column.in_(select(Merger.from_id).where(Merger.into_id == teacher_id)))
