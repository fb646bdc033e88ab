"""Academy trusts, and the memberships of schools in them over time."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.domain.trusts import TrustStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class Trust(Tracked, Base):
    """An academy trust, identified by the register's group UID, as its name has variants.

    Columns other than the name are null until the groups file is imported.
    """

    __tablename__ = "trusts"
    __table_args__ = (one_of("status", TrustStatus),)

    uid: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    companies_house: Mapped[str | None]
    group_type: Mapped[str | None]
    status: Mapped[str | None]
    closed_on: Mapped[date | None]


class TrustMembership(Tracked, Base):
    """A school's membership of a trust; `ends_on` is the last day, null at present."""

    __tablename__ = "trust_memberships"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        Index("uq_trust_memberships_starts_on", "urn", "starts_on", unique=True),
        Index("uq_trust_memberships_current", "urn", unique=True, postgresql_where="ends_on IS NULL"),
        Index("ix_trust_memberships_trust_uid", "trust_uid"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    trust_uid: Mapped[str] = mapped_column(ForeignKey("trusts.uid"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
