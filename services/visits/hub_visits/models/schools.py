"""Schools and leaders as enrolment has announced them: ids and Unique Reference Numbers, no names.

Read-model tables: no foreign keys, filled in any order.
"""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_visits.models.base import Base


class School(Base):
    """What enrolment has announced about a school.

    Facts, closing and succession come in different events; each keeps the revision that it was told in, so
    that an older or repeated event changes nothing and a row may begin with any of them.
    """

    __tablename__ = "schools"

    urn: Mapped[str] = mapped_column(primary_key=True)
    la_code: Mapped[str | None]
    phase: Mapped[str | None]
    status: Mapped[str | None]
    trust_uid: Mapped[str | None]
    facts_revision: Mapped[int] = mapped_column(default=0)  # 0: only heard of
    closed_on: Mapped[date | None]
    closed_revision: Mapped[int] = mapped_column(default=0)
    successor_urn: Mapped[str | None]
    successor_revision: Mapped[int] = mapped_column(default=0)


class Merger(Base):
    """Two records of enrolment turned out to be of one person; `into_id` is the one that is left."""

    __tablename__ = "mergers"

    from_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID] = mapped_column(index=True)
    revision: Mapped[int]


class LeaderPost(Base):
    """One role of one leader, as enrolment has announced it."""

    __tablename__ = "leader_posts"

    leader_role_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    urn: Mapped[str]
    trust_uid: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    revision: Mapped[int]
