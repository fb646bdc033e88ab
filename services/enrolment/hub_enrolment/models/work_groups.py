"""Programmes and their groups."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import (
    MeetingMode,
    ParticipantRole,
    Strand,
    TeacherRole,
    WorkGroupCancellationReason,
)
from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_enrolment.models.base import Base, located
from hub_platform.database import Tracked, one_of

# Roles that a programme can require of participants: on the group, or at the school.
ROLES = ", ".join(f"'{role}'" for role in dict.fromkeys((*ParticipantRole, *TeacherRole)))


class Programme(Tracked, Base):
    """A programme of one academic year, usually a National Collaborative Project (NCP)."""

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("academic_year ~ '^20[0-9]{2}/[0-9]{2}$'", name="academic_year"),
        CheckConstraint("ncp_code ~ '^NCP[0-9]{2}-[0-9]{2}[a-z]?$'", name="ncp_code"),
        CheckConstraint("min_schools >= 1 AND min_schools <= max_teachers", name="min_schools"),
        CheckConstraint("min_teachers BETWEEN 1 AND max_teachers", name="min_teachers"),
        CheckConstraint("max_per_school >= 1", name="max_per_school"),
        CheckConstraint("cardinality(phases) >= 1", name="phases"),
        CheckConstraint("prerequisite_strand <> strand", name="own_prerequisite"),
        CheckConstraint(f"required_roles <@ ARRAY[{ROLES}]", name="required_roles"),
        CheckConstraint("min_attendance_percent BETWEEN 0 AND 100", name="min_attendance_percent"),
        one_of("strand", Strand),
        one_of("prerequisite_strand", Strand),
        Index("uq_programmes_ncp_code", "ncp_code", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    academic_year: Mapped[str]
    ncp_code: Mapped[str | None]
    strand: Mapped[str]
    phases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    min_schools: Mapped[int]
    min_teachers: Mapped[int]
    max_teachers: Mapped[int]
    max_per_school: Mapped[int | None]
    prerequisite_strand: Mapped[str | None]
    required_roles: Mapped[list[str]] = mapped_column(ARRAY(Text))  # of each school's participants
    min_attendance_percent: Mapped[int]  # of the sessions held, to complete
    tasks_required: Mapped[bool]  # to complete


class ProgrammeChange(Base):
    """One correction of a programme: each changed column with its old and new value."""

    __tablename__ = "programme_changes"
    __table_args__ = (Index("uq_programme_changes_revision", "programme_id", "revision", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    revision: Mapped[int]  # of the programme, after the correction
    values: Mapped[dict[str, list[object]]] = mapped_column(JSONB)  # name → [before, after]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    @property
    def changes(self) -> list[dict[str, object]]:
        """Each changed column as name, before and after."""
        return [
            {"name": name, "before": before, "after": after} for name, (before, after) in self.values.items()
        ]


class WorkGroup(Tracked, Base):
    """A group of teachers who follow a programme, usually for most of an academic year."""

    __tablename__ = "work_groups"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_at"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint("num_nulls(confirmed_at, confirmed_by) IN (0, 2)", name="confirmed"),
        CheckConstraint("override_reason IS NULL OR confirmed_at IS NOT NULL", name="override_reason"),
        CheckConstraint(
            "num_nulls(allowed_teachers, allowed_at, allowed_by, allowed_reason) IN (0, 4)", name="allowed"
        ),
        CheckConstraint(
            "num_nulls(cancelled_at, cancelled_by, cancelled_reason) IN (0, 3)", name="cancelled"
        ),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        CheckConstraint("num_nulls(closed_at, closed_by, evaluation_submitted_on) IN (0, 3)", name="closed"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        one_of("status", WorkGroupStatus),
        one_of("cancelled_reason", WorkGroupCancellationReason),
        one_of("mode", MeetingMode),
        *located(),
        Index("ix_work_groups_programme_id", "programme_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    title: Mapped[str]
    status: Mapped[str]
    capacity: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    mode: Mapped[str | None]
    venue: Mapped[str | None]  # of sessions in person without their own
    joining_link: Mapped[str | None]  # of online sessions without their own; never in an event or a log
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    override_reason: Mapped[str | None]  # why it was confirmed outside the programme's limits
    allowed_teachers: Mapped[int | None]  # the maximum that a hub lead has allowed
    allowed_at: Mapped[datetime | None]
    allowed_by: Mapped[str | None]
    allowed_reason: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancelled_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    evaluation_submitted_on: Mapped[date | None]


class WorkGroupLead(Base):
    """One of the leads of a group."""

    __tablename__ = "work_group_leads"
    __table_args__ = (
        CheckConstraint("position BETWEEN 1 AND 2", name="position"),
        Index("uq_work_group_leads_teacher_id", "work_group_id", "teacher_id", unique=True),
        Index("ix_work_group_leads_teacher_id", "teacher_id"),
    )

    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
