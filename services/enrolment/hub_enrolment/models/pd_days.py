"""PD days and conferences, their registrations and attendance."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import PDDayCancellationReason, PDDayKind
from hub_enrolment.domain.pd_days import PDDayStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class PDDay(Tracked, Base):
    """A day of professional development, or a conference, open to every teacher."""

    __tablename__ = "pd_days"
    __table_args__ = (
        CheckConstraint("theme ~ '^[a-z][a-z0-9_]*$'", name="theme"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled"),
        one_of("kind", PDDayKind),
        one_of("status", PDDayStatus),
        one_of("cancelled_reason", PDDayCancellationReason),
        Index("ix_pd_days_day", "day", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    theme: Mapped[str]
    title: Mapped[str | None]
    day: Mapped[date]
    starts_at: Mapped[datetime | None]
    venue: Mapped[str | None]
    capacity: Mapped[int | None]
    closes_at: Mapped[datetime]
    status: Mapped[str]
    cancelled_reason: Mapped[str | None]


class PDDayRegistration(Base):
    """The registration of a teacher for a PD day."""

    __tablename__ = "pd_day_registrations"
    __table_args__ = (Index("ix_pd_day_registrations_teacher_id", "teacher_id"),)

    pd_day_id: Mapped[UUID] = mapped_column(ForeignKey("pd_days.id"), primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"), primary_key=True)
    urn: Mapped[str | None] = mapped_column(
        ForeignKey("schools.urn")
    )  # null unless the request named a school
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]


class PDDayAttendance(Base):
    """The attendance of a teacher; its school stays when the teacher moves."""

    __tablename__ = "pd_day_attendances"
    __table_args__ = (Index("ix_pd_day_attendances_teacher_id", "teacher_id"),)

    pd_day_id: Mapped[UUID] = mapped_column(ForeignKey("pd_days.id"), primary_key=True)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"), primary_key=True)
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    marked_at: Mapped[datetime]
    marked_by: Mapped[str]
