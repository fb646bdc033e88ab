"""What schools are owed, and the half terms in which they are excused."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import exists as sql_exists
from sqlalchemy.orm import Mapped, column_property, mapped_column

from hub_platform.database import one_of
from hub_visits.domain import assignments, obligations
from hub_visits.models.base import Base
from hub_visits.models.visits import Visit


class Exemption(Base):
    """A half term in which a school is not owed what it would be."""

    __tablename__ = "exemptions"
    __table_args__ = (one_of("reason", obligations.REASONS_EXCUSED), one_of("kind", assignments.KINDS_OWED))

    urn: Mapped[str] = mapped_column(primary_key=True)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Obligation(Base):
    """What a school is owed in one half term. How it stands is never stored: it follows from the visits."""

    __tablename__ = "obligations"
    __table_args__ = (
        one_of("kind", assignments.KINDS_OWED),
        CheckConstraint(r"half_term ~ '^\d{4}-[1-6]$'", name="half_term"),
        Index(None, "urn", "half_term", "kind"),
    )

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column()
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    _visited = (Visit.assignment_id == assignment_id, Visit.half_term == half_term, Visit.meets == kind)
    planned: Mapped[bool] = column_property(sql_exists().where(*_visited, Visit.status == "planned"))
    met: Mapped[bool] = column_property(sql_exists().where(*_visited, Visit.status == "logged"))
    met_in_time: Mapped[bool] = column_property(
        sql_exists().where(*_visited, Visit.status == "logged", ~Visit.late)
    )
    excused: Mapped[bool] = column_property(
        sql_exists().where(Exemption.urn == urn, Exemption.half_term == half_term, Exemption.kind == kind)
    )
