"""School calendars, as visits has published them."""

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.models.base import Base


class SchoolCalendar(Base):
    """The half terms of one academic year for the hub, an authority, a trust or a school."""

    __tablename__ = "school_calendars"
    __table_args__ = (CheckConstraint("academic_year ~ '^20[0-9]{2}/[0-9]{2}$'", name="academic_year"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    academic_year: Mapped[str] = mapped_column(primary_key=True)
    # First day, last day and days without pupils of each half term, as ISO dates.
    half_terms: Mapped[list[tuple[str, str, list[str]]]] = mapped_column(JSONB)
    revision: Mapped[int]  # of the calendar's events
