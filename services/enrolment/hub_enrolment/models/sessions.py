"""Sessions of groups and their registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import AttendanceMark, CorrectionReason, MeetingMode, SessionCancellationReason
from hub_enrolment.domain.sessions import SessionStatus
from hub_enrolment.models.base import Base, located
from hub_kernel.england import day_in_england
from hub_platform.database import Tracked, one_of


class GroupSession(Tracked, Base):
    """One session of a group; `seq` counts from 1 within the group."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("ics_sequence >= 0", name="ics_sequence"),
        CheckConstraint("(status = 'completed') = (held_on IS NOT NULL)", name="held_on"),
        CheckConstraint("mode <> 'school_hosted' OR host_urn IS NOT NULL", name="host_urn"),
        one_of("mode", MeetingMode),
        CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled"),
        one_of("status", SessionStatus),
        one_of("cancelled_reason", SessionCancellationReason),
        *located(),
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
    cancelled_reason: Mapped[str | None]
    venue: Mapped[str | None]  # its own, which takes precedence over its group's
    joining_link: Mapped[str | None]  # its own, too; never in an event or a log

    @property
    def day(self) -> date:
        """The scheduled date in England."""
        return day_in_england(self.starts_at)


class Attendance(Base):
    """The mark of one participant in one session."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint("notified_at IS NULL OR mark = 'apologies'", name="notified_at"),
        one_of("mark", AttendanceMark),
        Index("ix_attendances_enrolment_id", "enrolment_id"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    mark: Mapped[str]
    notified_at: Mapped[datetime | None]
    marked_at: Mapped[datetime]
    marked_by: Mapped[str]


class Apologies(Base):
    """The apologies of one participant for one session."""

    __tablename__ = "apologies"
    __table_args__ = (Index("ix_apologies_enrolment_id", "enrolment_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    received_at: Mapped[datetime]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]


class AttendanceCorrection(Base):
    """One corrected or added mark of a locked register, with author and reason."""

    __tablename__ = "attendance_corrections"
    __table_args__ = (
        one_of("old", AttendanceMark),
        one_of("new", AttendanceMark),
        one_of("reason", CorrectionReason),
        Index("ix_attendance_corrections_session_id", "session_id", "enrolment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"))
    old: Mapped[str | None]  # null: the register had no mark for it
    new: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str | None]  # free text, published nowhere
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[str]
