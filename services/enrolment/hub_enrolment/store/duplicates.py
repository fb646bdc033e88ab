"""Pairs of records that may be of one person."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased

from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.models.base import Base

SAME_EMAIL = "same_email"
SAME_NAME = "same_name_at_school"


def _initial_and_family(teacher: Any) -> ColumnElement[str]:
    """The first letter of the given name and the letters of the family name: "O'Neill" is "oneill"."""
    letters = func.regexp_replace(func.lower(teacher.family), "[^[:alpha:]]", "", "g")
    return func.concat(func.left(func.lower(teacher.given), 1), " ", letters)


def _pairs() -> Subquery:
    """Each pair once, the record that is older first, with why it may be one person."""
    one, other = aliased(Teacher), aliased(Teacher)
    here, there = aliased(SchoolMembership), aliased(SchoolMembership)
    both = and_(
        one.id < other.id,
        *(known.is_(None) for r in (one, other) for known in (r.merged_into, r.anonymised_on)),
    )
    address = (
        select(one.id.label("first_id"), other.id.label("second_id"), literal(SAME_EMAIL).label("reason"))
        .join(other, one.email == other.email)
        .where(both)
    )
    name = (
        select(one.id, other.id, literal(SAME_NAME))
        .join(here, and_(here.teacher_id == one.id, here.ends_on.is_(None)))
        .join(there, and_(there.urn == here.urn, there.ends_on.is_(None)))
        .join(other, other.id == there.teacher_id)
        .where(both, _initial_and_family(one) == _initial_and_family(other))
    )
    found = union_all(address, name).subquery()
    return (
        select(
            found.c.first_id,
            found.c.second_id,
            func.array_agg(found.c.reason.distinct()).label("reasons"),
        )
        .group_by(found.c.first_id, found.c.second_id)
        .subquery("duplicates")
    )


class Duplicate(Base):
    """Two records and why they may be of one person; no table, but a question asked of two."""

    __table__ = _pairs()
    __mapper_args__ = {"primary_key": [__table__.c.first_id, __table__.c.second_id]}  # noqa: RUF012 - SQLAlchemy's

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    reasons: Mapped[list[str]]


KEYS: list[InstrumentedAttribute[Any]] = [Duplicate.first_id, Duplicate.second_id]


def list_duplicates() -> Select[Duplicate]:
    """All of them, for a list."""
    return select(Duplicate)


def people(session: Session, ids: Iterable[UUID]) -> dict[UUID, Teacher]:
    """The records of the pairs on one page."""
    return {
        teacher.id: teacher for teacher in session.scalars(select(Teacher).where(Teacher.id.in_(list(ids))))
    }
