"""The hub, its school years and the names of schools, as published by other services."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class Hub(Base):
    """The hub's name and contact for messages, in one row; the contact is an office, not a person."""

    __tablename__ = "hub"
    __table_args__ = (CheckConstraint("sole", name="sole"),)

    sole: Mapped[bool] = mapped_column(primary_key=True, default=True)
    name: Mapped[str]
    contact_name: Mapped[str | None]
    contact_email: Mapped[str | None]
    contact_telephone: Mapped[str | None]
    privacy_notice: Mapped[str | None]
    revision: Mapped[int]


class SchoolYear(Base):
    """The half terms of one academic year in the hub's own calendar."""

    __tablename__ = "school_years"

    academic_year: Mapped[str] = mapped_column(primary_key=True)
    half_terms: Mapped[list[list[str]]]  # [first day, last day] of each, as ISO dates
    revision: Mapped[int]


class School(Base):
    """A school's name."""

    __tablename__ = "schools"

    urn: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    revision: Mapped[int]
