"""PD days and conferences, with their registrations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from hub_notifications.models.base import Base


class PDDay(Base):
    """A PD day or conference."""

    __tablename__ = "pd_days"

    pd_day_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    theme: Mapped[str]
    title: Mapped[str | None]
    on: Mapped[date]
    starts_at: Mapped[datetime | None]
    venue: Mapped[str | None]
    cancelled_reason: Mapped[str | None]
    revision: Mapped[int]


class PDDayRegistration(Base):
    """A teacher's registration."""

    __tablename__ = "pd_day_registrations"

    pd_day_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
