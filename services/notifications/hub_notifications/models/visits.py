"""Visits to schools."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class Visit(Base):
    """A visit that is planned, cancelled or logged; `pd_lead_id` is who makes it."""

    __tablename__ = "visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    planned_for: Mapped[UUID]  # the PD lead for whom it was planned, before any hand-over
    assignment_id: Mapped[UUID | None] = mapped_column(index=True)  # none: planned before this was kept
    planned_at: Mapped[datetime]
    kind: Mapped[str]
    cancelled_reason: Mapped[str | None]
    logged: Mapped[bool]
    revision: Mapped[int]
