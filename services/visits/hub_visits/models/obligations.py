"""Obligations and exemptions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from hub_platform.database import one_of
from hub_visits.domain import assignments, obligations
from hub_visits.models.base import Base


class Exemption(Base):
    """A half term in which a school is excused from one kind of support."""

    __tablename__ = "exemptions"
    __table_args__ = (one_of("reason", obligations.REASONS_EXCUSED), one_of("kind", assignments.KINDS_OWED))

    urn: Mapped[str] = mapped_column(primary_key=True)
    half_term: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Obligation(Base):
    """Support owed to a school in one half term; its status is not stored but derived from the visits."""

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

    # Facts as of one day, filled by `queries.obligations` only.
    standing_urn: Mapped[str] = query_expression()
    due_on: Mapped[date] = query_expression()  # the half term's last day, the latest of several programmes
    planned: Mapped[bool] = query_expression()
    met: Mapped[bool] = query_expression()
    met_in_time: Mapped[bool] = query_expression()
    excused: Mapped[bool] = query_expression()
