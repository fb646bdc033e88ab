"""School calendars and their half terms."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub_platform.database import Tracked
from hub_visits.models.base import Base


class Calendar(Tracked, Base):
    """The half terms of one academic year for the hub, an authority, a trust or a school."""

    __tablename__ = "calendars"
    __table_args__ = (
        UniqueConstraint("scope", "academic_year"),
        CheckConstraint(r"scope ~ '^(hub|la:\d{3}|trust:\w+|school:[1-9]\d{4,5})$'", name="scope"),
        CheckConstraint(r"academic_year ~ '^\d{4}/\d{2}$'", name="academic_year"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[str]
    academic_year: Mapped[str]
    half_terms: Mapped[list["CalendarHalfTerm"]] = relationship(
        order_by="CalendarHalfTerm.n", cascade="all, delete-orphan", lazy="selectin"
    )


class CalendarHalfTerm(Base):
    """One half term of a calendar."""

    __tablename__ = "calendar_half_terms"
    __table_args__ = (
        CheckConstraint("n BETWEEN 1 AND 6", name="n"),
        CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
    )

    calendar_id: Mapped[UUID] = mapped_column(
        ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    non_school_days: Mapped[list[date]] = mapped_column(ARRAY(Date))
