"""PD leads and the schools that they lead."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class Assignment(Base):
    """One PD lead's assignment to one school."""

    __tablename__ = "assignments"

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
    pd_lead_id: Mapped[UUID] = mapped_column(index=True)
    starts_on: Mapped[date]
    follows: Mapped[UUID | None] = mapped_column(index=True)
    ended_on: Mapped[date | None]  # its last day, once it was handed over or ended
    changed_at: Mapped[datetime]  # the time of the last event about it
    revision: Mapped[int]
