"""Visits to schools."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class Visit(Base):
    """A visit to a school; `pd_lead_id` is its current PD lead."""

    __tablename__ = "visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    planned_for: Mapped[UUID]  # the PD lead for whom it was planned originally
    assignment_id: Mapped[UUID | None] = mapped_column(index=True)  # None: stored by an earlier release
    planned_at: Mapped[datetime]
    kind: Mapped[str]
    cancelled_reason: Mapped[str | None]
    logged: Mapped[bool]
    revision: Mapped[int]
