"""Authority, district and phase of schools over time."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import Phase
from hub_enrolment.models.base import Base
from hub_platform.database import one_of


class SchoolPlacement(Base):
    """A placement of a school in the register; `ends_on` is the last day, null at present."""

    __tablename__ = "school_placements"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        CheckConstraint("la_code ~ '^[0-9]{3}$'", name="la_code"),
        one_of("phase", Phase),
        Index("uq_school_placements_current", "urn", unique=True, postgresql_where="ends_on IS NULL"),
        Index("ix_school_placements_la_code", "la_code", "urn"),
        Index("ix_school_placements_district_code", "district_code", "urn"),
    )

    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date | None]
    la_code: Mapped[str]
    la_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    phase: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
