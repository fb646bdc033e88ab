"""Schools, what became of them, and who in them has to do with the hub."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class School(Projected):
    """The facts of the register, as last heard."""

    __tablename__ = "schools"

    urn: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    la_code: Mapped[str]
    la_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    phase: Mapped[str]
    type_code: Mapped[int]
    eligible: Mapped[bool]
    status: Mapped[str]
    trust_uid: Mapped[str | None]
    trust_name: Mapped[str | None]
    companies_house: Mapped[str | None]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    pupils: Mapped[int | None]
    fsm_percent: Mapped[float | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]


class SchoolFacts(Projected):
    """What the register said of a school at one revision, where it differs from before."""

    __tablename__ = "school_facts"
    __table_args__ = (Index("ix_school_facts_changed", "hub", "urn", postgresql_where="changed"),)

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    changed: Mapped[bool]  # something else was said of the school before
    holds_from: Mapped[date]
    name: Mapped[str]
    la_code: Mapped[str]
    la_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    phase: Mapped[str]
    eligible: Mapped[bool]


class SchoolTrust(Projected):
    """What the register said of a school's trust at one revision, where it differs from before."""

    __tablename__ = "school_trusts"
    __table_args__ = (
        Index("ix_school_trusts_changed", "hub", "urn", postgresql_where="changed"),
        Index("ix_school_trusts_trust_since", "hub", "trust_since"),
    )

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    changed: Mapped[bool]  # another trust, or another name of it, was said before
    said_on: Mapped[date]
    trust_uid: Mapped[str | None]
    trust_name: Mapped[str | None]
    companies_house: Mapped[str | None]
    trust_since: Mapped[date | None]


class Closure(Projected):
    """A school closed."""

    __tablename__ = "closures"

    urn: Mapped[str] = mapped_column(primary_key=True)
    closed_on: Mapped[date | None]
    successor_urn: Mapped[str | None]
    announced_on: Mapped[date | None]  # none for what was heard before this was kept


class Succession(Projected):
    """A school is carried on by another."""

    __tablename__ = "successions"

    urn: Mapped[str] = mapped_column(primary_key=True)
    successor_urn: Mapped[str]
    link_type: Mapped[str]
    established_on: Mapped[date | None]
    announced_on: Mapped[date | None]  # none for what was heard before this was kept


class Connection(Projected):
    """A school and the hub know each other."""

    __tablename__ = "connections"

    urn: Mapped[str] = mapped_column(primary_key=True)
    connected_on: Mapped[date]
    via: Mapped[str]


class Teacher(Projected):
    """Somebody's school and role there; ids only."""

    __tablename__ = "teachers"

    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    role: Mapped[str]


class Merger(Projected):
    """Two records turned out to be of one person; `into_id` is the one that is left."""

    __tablename__ = "mergers"

    from_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID]


class LeaderPost(Projected):
    """A role that somebody holds in the hub, as told under one of their records.

    Revisions are counted by record: what is said after a merger is no later one of what was said before.
    """

    __tablename__ = "leader_posts"
    __table_args__ = (Index(None, "hub", "teacher_id"),)

    leader_role_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]
    urn: Mapped[str]
    trust_uid: Mapped[str | None]
    core_leadership: Mapped[bool]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
