"""Pairs of records that may be of one person."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased

from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.models.base import Base

SAME_EMAIL = "same_email"
SAME_NAME = "same_name_at_school"


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
        .where(both, _one_may_be_the_other(one, other))
    )
    name = (
        select(one.id, other.id, literal(SAME_NAME))
        .join(here, and_(here.teacher_id == one.id, here.ends_on.is_(None)))
        .join(there, and_(there.urn == here.urn, there.ends_on.is_(None)))
        .join(other, other.id == there.teacher_id)
        .where(both, _like_names(one, other), _trns_agree(one, other))
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


def _one_may_be_the_other(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two people with one address may be one: an office address belongs to several.

    As in `domain.evidence`: the names are like each other; or a part is the same and no TRNs differ.
    """
    married = and_(one.given_key == other.given_key, one.given_key != "")
    return or_(one.name_key == other.name_key, _like_names(one, other), married) & or_(
        one.name_key == other.name_key, _trns_agree(one, other)
    )


def _like_names(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether the names are the same, or the family name is and the given names begin with one letter."""
    initials = func.left(one.given_key, 1) == func.left(other.given_key, 1)
    return or_(one.name_key == other.name_key, and_(one.family_key == other.family_key, initials))


def _trns_agree(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether no TRNs tell two people apart."""
    return or_(one.trn.is_(None), other.trn.is_(None))


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
