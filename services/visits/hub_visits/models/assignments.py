"""PD leads and the schools they support."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub_platform.database import Tracked, one_of
from hub_visits.domain import assignments
from hub_visits.models.base import Base


class Assignment(Tracked, Base):
    """A PD lead given to a school for one programme and one academic year."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("urn", "programme", "academic_year"),  # one active per school and programme
        one_of("programme", assignments.PROGRAMMES),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    programme: Mapped[str]
    academic_year: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
