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
    closes_on: Mapped[date | None]  # last day as the facts have it, past or planned
    facts_revision: Mapped[int] = mapped_column(default=0)  # 0: only heard of
    closed_on: Mapped[date | None]
    closed_revision: Mapped[int] = mapped_column(default=0)
    successor_urn: Mapped[str | None] = mapped_column(index=True)
    established_on: Mapped[date | None]  # when the register made the link
    succeeded_on: Mapped[date | None]  # day of the event that named the successor
    successor_revision: Mapped[int] = mapped_column(default=0)

    @property
    def is_closed(self) -> bool:
        """Whether it is closed in the register, by what was said last."""
        return self.status == "closed" or self.closed_revision > self.facts_revision

    @property
    def last_day(self) -> date | None:
        """Its last day, by what was said last."""
        if self.facts_revision > self.closed_revision:
            return self.closes_on or self.closed_on
        return self.closed_on or self.closes_on


class SchoolFacts(Base):
    """What one event said a school belongs to; which calendar covers it on a day follows from all of them."""

    __tablename__ = "school_facts"

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    told_on: Mapped[date]  # the date of the register's file, otherwise the day of the event
    trust_since: Mapped[date | None]
    la_code: Mapped[str]
    trust_uid: Mapped[str | None]


class Merger(Base):
    """Two records of enrolment turned out to be of one person; `into_id` is the one that is left."""

    __tablename__ = "mergers"

    from_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID] = mapped_column(index=True)
    revision: Mapped[int]


class Workplace(Base):
    """A school at which a teacher works or has worked; only of people who may become PD leads is it asked."""

    __tablename__ = "workplaces"

    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]  # last day there
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
