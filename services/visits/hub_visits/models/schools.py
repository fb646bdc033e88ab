"""Schools and leaders, as published by enrolment: ids and Unique Reference Numbers, no names.

The tables have no foreign keys, because events arrive in any order.
"""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_visits.models.base import Base


class School(Base):
    """A school, with its closure and successor.

    Facts, closure and succession come from different events, each with its own revision column: an older or
    repeated event changes nothing, and any of them can create the row.
    """

    __tablename__ = "schools"

    urn: Mapped[str] = mapped_column(primary_key=True)
    la_code: Mapped[str | None]
    phase: Mapped[str | None]
    status: Mapped[str | None]
    trust_uid: Mapped[str | None]
    closes_on: Mapped[date | None]  # last day according to the facts, past or planned
    facts_revision: Mapped[int] = mapped_column(default=0)  # 0: no facts have been published yet
    closed_on: Mapped[date | None]
    closed_revision: Mapped[int] = mapped_column(default=0)
    successor_urn: Mapped[str | None] = mapped_column(index=True)
    established_on: Mapped[date | None]  # day on which the register recorded the succession
    succeeded_on: Mapped[date | None]  # day of the event that named the successor
    successor_revision: Mapped[int] = mapped_column(default=0)

    @property
    def is_closed(self) -> bool:
        """Whether the school is closed according to the latest event."""
        return self.status == "closed" or self.closed_revision > self.facts_revision

    @property
    def last_day(self) -> date | None:
        """The school's last day according to the latest event."""
        if self.facts_revision > self.closed_revision:
            return self.closes_on or self.closed_on
        return self.closed_on or self.closes_on


class SchoolFacts(Base):
    """The authority and trust of a school according to one event; all of them decide its calendar."""

    __tablename__ = "school_facts"

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    told_on: Mapped[date]  # the date of the register's file or, without one, of the event
    trust_since: Mapped[date | None]
    la_code: Mapped[str]
    trust_uid: Mapped[str | None]


class Merger(Base):
    """A record of a person that was merged into another one; `into_id` is the remaining record."""

    __tablename__ = "mergers"

    from_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID] = mapped_column(index=True)
    revision: Mapped[int]


class Workplace(Base):
    """A current or former school of a teacher; read only for PD leads."""

    __tablename__ = "workplaces"

    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]  # last day there
    revision: Mapped[int]


class LeaderPost(Base):
    """One role of one leader in the hub."""

    __tablename__ = "leader_posts"

    leader_role_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    urn: Mapped[str]
    trust_uid: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    revision: Mapped[int]
