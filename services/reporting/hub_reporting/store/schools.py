"""Schools and people, as the rules want them."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.domain import leadership, schools
from hub_reporting.models import Closure, Connection, School, Succession, Teacher
from hub_reporting.store import people


def register(session: Session, hub: str, day: date) -> schools.Register:
    """Every school heard of, to be seen on one day."""
    closes_later = Closure.revision > School.revision  # said after the facts
    rows = session.execute(
        sa.select(
            School.urn,
            School.name,
            School.la_code,
            School.la_name,
            School.district_name,
            School.phase,
            School.eligible,
            sa.case((closes_later, "closed"), else_=School.status),
            School.trust_uid,
            School.trust_name,
            School.easting,
            School.northing,
            School.opened_on,
            sa.case(
                (closes_later, sa.func.coalesce(Closure.closed_on, School.closed_on)), else_=School.closed_on
            ),
        )
        .outerjoin(Closure, sa.and_(Closure.hub == School.hub, Closure.urn == School.urn))
        .where(School.hub == hub)
    )
    return schools.Register(
        {row[0]: schools.School._make(row) for row in rows}, _successors(session, hub), day
    )


def _successors(session: Session, hub: str) -> dict[str, str]:
    """Who carries on whom: what the links say comes before what the closing said."""
    closures = sa.select(Closure.urn, Closure.successor_urn).where(
        Closure.hub == hub, Closure.successor_urn.is_not(None)
    )
    links = sa.select(Succession.urn, Succession.successor_urn).where(Succession.hub == hub)
    found = {row.urn: str(row.successor_urn) for row in session.execute(closures)}
    return found | {row.urn: row.successor_urn for row in session.execute(links)}


def connections(session: Session, hub: str, until: date) -> list[schools.Connection]:
    """Who was connected by a day."""
    rows = session.execute(
        sa.select(Connection.urn, Connection.connected_on, Connection.via).where(
            Connection.hub == hub, Connection.connected_on <= until
        )
    )
    return [schools.Connection._make(row) for row in rows]


def posts(session: Session, hub: str) -> list[leadership.Post]:
    """Every role that was given."""
    given = people.posts(hub).c
    rows = session.execute(
        sa.select(
            given.teacher_id,
            given.role,
            given.urn,
            given.trust_uid,
            given.core_leadership,
            given.starts_on,
            given.ends_on,
        )
    )
    return [leadership.Post._make(row) for row in rows]


def homes(session: Session, hub: str, teacher_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The school of each of some people: of their latest role, or where they teach."""
    asked = list(teacher_ids)
    teachers = sa.select(Teacher.teacher_id, Teacher.urn).where(
        Teacher.hub == hub, Teacher.teacher_id.in_(asked)
    )
    given = people.posts(hub).c
    roles = (
        sa.select(given.teacher_id, given.urn)
        .where(given.teacher_id.in_(asked))
        .order_by(given.starts_on, given.leader_role_id)
    )
    found = {row.teacher_id: row.urn for row in session.execute(teachers)}
    return found | {row.teacher_id: row.urn for row in session.execute(roles)}
