"""Schools, their closures and successors, and the people whom the hub works with there."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class School(Projected):
    """A school as the register last described it."""

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
    """Facts of a school at one revision, stored where they differ from the revision before."""

    __tablename__ = "school_facts"
    __table_args__ = (Index("ix_school_facts_changed", "hub", "urn", postgresql_where="changed"),)

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, init=False)
    changed: Mapped[bool]  # an earlier revision had other facts
    holds_from: Mapped[date]
    name: Mapped[str]
    la_code: Mapped[str]
    la_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    phase: Mapped[str]
    eligible: Mapped[bool]


class SchoolTrust(Projected):
    """A school's trust at one revision, stored where it differs from the revision before."""

    __tablename__ = "school_trusts"
    __table_args__ = (
        Index("ix_school_trusts_changed", "hub", "urn", postgresql_where="changed"),
        Index("ix_school_trusts_trust_since", "hub", "trust_since"),
    )

    urn: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, init=False)
    changed: Mapped[bool]  # an earlier revision had another trust, or another name of it
    said_on: Mapped[date]  # date of the register file, or of the event where the file has none
    trust_uid: Mapped[str | None]
    trust_name: Mapped[str | None]
    companies_house: Mapped[str | None]
    trust_since: Mapped[date | None]


class Closure(Projected):
    """The closure of a school."""

    __tablename__ = "closures"

    urn: Mapped[str] = mapped_column(primary_key=True)
    closed_on: Mapped[date | None]
    successor_urn: Mapped[str | None]
    announced_on: Mapped[date | None]  # null in rows older than this column


class Succession(Projected):
    """A closed school and its successor."""

    __tablename__ = "successions"

    urn: Mapped[str] = mapped_column(primary_key=True)
    successor_urn: Mapped[str]
    link_type: Mapped[str]
    established_on: Mapped[date | None]
    announced_on: Mapped[date | None]  # null in rows older than this column


class Connection(Projected):
    """A school's first contact with the hub."""

    __tablename__ = "connections"

    urn: Mapped[str] = mapped_column(primary_key=True)
    connected_on: Mapped[date]
    via: Mapped[str]


class Teacher(Projected):
    """A teacher's present school and role there, by id only."""

    __tablename__ = "teachers"

    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    role: Mapped[str]


class Merger(Projected):
    """Two records of one person; `into_id` is the record that remains."""

    __tablename__ = "mergers"

    from_id: Mapped[UUID] = mapped_column(primary_key=True)
    into_id: Mapped[UUID]


class LeaderPost(Projected):
    """A hub role, stored for each record of the person who holds it.

    Revisions are counted by record, so an event after a merger does not continue those before it.
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
