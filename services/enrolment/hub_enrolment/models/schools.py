"""Schools of the register with the hub's own columns, and links between schools."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Computed, Double, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import ConnectionRoute, Phase, SchoolStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of

# The words by which a school is found, as `hub_enrolment.domain.search.words` splits them: of its name and
# its trust's name, its postcode whole and in halves, its URN. Spelled as PostgreSQL prints it, so that a test
# can compare the two.
SEARCH: Final = r"""
  array_to_tsvector(array_remove((
    string_to_array(
      regexp_replace(
        regexp_replace(
          lower(
            regexp_replace(
              NORMALIZE(((name || ' '::text) || COALESCE(trust_name, ''::text)), NFD),
              '[\u0300-\u036f]'::text, ''::text, 'g'::text)),
          '[''’‘`]'::text, ''::text, 'g'::text),
        '[^a-z0-9]+'::text, ' '::text, 'g'::text),
      ' '::text)
    || ARRAY[
      urn,
      regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
      "left"(
        regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
        '-3'::integer),
      "right"(
        regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
        3)
    ]), ''::text))
"""


class School(Tracked, Base):
    """One school: its facts in the register, its successor, its connection to the hub."""

    __tablename__ = "schools"
    __table_args__ = (
        CheckConstraint("urn ~ '^[1-9][0-9]{4,5}$'", name="urn"),
        CheckConstraint("la_code ~ '^[0-9]{3}$'", name="la_code"),
        CheckConstraint("fsm_percent BETWEEN 0 AND 100", name="fsm_percent"),
        CheckConstraint("pupils >= 0", name="pupils"),
        CheckConstraint("successor_urn <> urn", name="successor_urn"),
        CheckConstraint("(trust_uid IS NOT NULL) OR (trust_name IS NULL)", name="trust_name"),
        CheckConstraint("num_nulls(connected_on, connected_via, connected_by) IN (0, 3)", name="connected"),
        one_of("phase", Phase),
        one_of("status", SchoolStatus),
        one_of("connected_via", ConnectionRoute),
        Index("ix_schools_la_code", "la_code", "urn"),
        Index("ix_schools_trust_uid", "trust_uid", "urn"),
        Index("ix_schools_phase", "phase", "urn"),
        Index("ix_schools_status", "status", "urn"),
        Index("ix_schools_connected", "urn", postgresql_where="connected_on IS NOT NULL"),
        Index(  # without fastupdate: pending entries of an import would slow down searches until a vacuum
            "ix_schools_search", "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
    )

    urn: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    laestab: Mapped[int | None] = mapped_column(BigInteger)
    la_code: Mapped[str]
    la_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    phase: Mapped[str]
    type_code: Mapped[int]
    type_group: Mapped[int]
    eligible: Mapped[bool]
    status: Mapped[str]
    open_date: Mapped[date | None]
    close_date: Mapped[date | None]
    trust_uid: Mapped[str | None] = mapped_column(ForeignKey("trusts.uid"))
    trust_name: Mapped[str | None]
    pupils: Mapped[int | None]
    fsm_percent: Mapped[float | None] = mapped_column(Double)
    ukprn: Mapped[str | None]
    postcode: Mapped[str | None]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    last_changed: Mapped[date | None]

    # Not in the register: imports do not change these.
    successor_urn: Mapped[
        str | None
    ]  # the principal link's; no foreign key: it may lie outside the hub's files
    connected_on: Mapped[date | None]
    connected_via: Mapped[str | None]
    connected_by: Mapped[str | None]

    # Used in conditions only, never selected.
    search: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed(SEARCH, persisted=True), deferred=True, nullable=True
    )


class SchoolLink(Base):
    """A successor of a school; also for schools outside the hub's files, to name successors in refusals."""

    __tablename__ = "school_links"
    __table_args__ = (
        CheckConstraint("urn <> successor_urn", name="own_successor"),
        CheckConstraint("NOT announced OR announced_on IS NOT NULL", name="announced_on"),
        Index("uq_school_links_principal", "urn", unique=True, postgresql_where="principal"),
        Index("ix_school_links_successor_urn", "successor_urn"),
    )

    urn: Mapped[str] = mapped_column(primary_key=True)
    successor_urn: Mapped[str] = mapped_column(primary_key=True)
    link_type: Mapped[str]
    established_on: Mapped[date | None]
    principal: Mapped[bool]  # the one successor that counts, where there are several
    announced: Mapped[bool]  # SchoolSucceeded has been recorded
    announced_on: Mapped[date | None]  # the day of that, in England
    followed: Mapped[bool]  # what enrolment holds at the closed school has moved to the successor
    merged: Mapped[bool]  # SchoolsMerged has been recorded
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
