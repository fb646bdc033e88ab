"""PD days and conferences."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class PDDay(Projected):
    """A PD day or conference that was held, as of its latest register."""

    __tablename__ = "pd_days"
    __table_args__ = (Index(None, "hub", "held_on"),)

    pd_day_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # pd_day, conference
    theme: Mapped[str]
    held_on: Mapped[date]


class PDDayVisitor(Projected):
    """A teacher who attended; counted only at the PD day's own revision, as a correction replaces all."""

    __tablename__ = "pd_day_visitors"

    pd_day_id: Mapped[UUID] = mapped_column(primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str]
