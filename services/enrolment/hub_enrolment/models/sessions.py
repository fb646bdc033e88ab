"""Sessions of work groups and their registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_enrolment.domain import sessions, work_groups
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class GroupSession(Tracked, Base):
    """One meeting of a work group; `seq` counts 1, 2, 3 … within the group."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("ics_sequence >= 0", name="ics_sequence"),
        CheckConstraint("(status = 'completed') = (held_on IS NOT NULL)", name="held_on"),
        CheckConstraint("mode <> 'school_hosted' OR host_urn IS NOT NULL", name="host_urn"),
        one_of("mode", work_groups.MODES),
        one_of("status", ("scheduled", "rescheduled", "completed", "cancelled")),
        Index("uq_sessions_seq", "work_group_id", "seq", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    seq: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mode: Mapped[str]
    host_urn: Mapped[str | None] = mapped_column(ForeignKey("schools.urn"))
    status: Mapped[str]
    ics_sequence: Mapped[int]  # of the calendar invitation: RFC 5545 counts its changes from 0
    held_on: Mapped[date | None]


class Attendance(Base):
    """How one participant attended one session."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint("notified_at IS NULL OR mark = 'apologies'", name="notified_at"),
        one_of("mark", sessions.MARKS),
        Index("ix_attendances_enrolment_id", "enrolment_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    mark: Mapped[str]
    notified_at: Mapped[datetime | None]
    marked_at: Mapped[datetime]
    marked_by: Mapped[str]
