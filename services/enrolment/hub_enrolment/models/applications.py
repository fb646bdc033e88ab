"""Schools' applications for places."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.domain.applications import ApplicationStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class Application(Tracked, Base):
    """One school's application for places on one group, with its head's agreement."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(
            "num_nulls(head_agreed_by, head_agreed_at, agreement_version) IN (0, 3)", name="agreement"
        ),
        CheckConstraint(
            "submitted_at IS NULL OR (head_agreed_at IS NOT NULL AND status <> 'draft')", name="submitted_at"
        ),
        CheckConstraint(
            "status IN ('draft', 'withdrawn', 'declined') OR submitted_at IS NOT NULL", name="submitted"
        ),
        CheckConstraint("num_nulls(decided_at, decided_by) IN (0, 2)", name="decided"),
        CheckConstraint(
            "status NOT IN ('waitlisted', 'accepted', 'declined') OR decided_at IS NOT NULL",
            name="decided_at",
        ),
        one_of("status", ApplicationStatus),
        Index(
            "uq_applications_open",
            "work_group_id",
            "urn",
            unique=True,
            postgresql_where="status IN ('draft', 'submitted', 'waitlisted')",
        ),
        Index("ix_applications_work_group_id", "work_group_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    status: Mapped[str]
    head_agreed_by: Mapped[str | None]  # a person's name, published nowhere
    head_agreed_at: Mapped[datetime | None]
    agreement_version: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str | None]  # free text, published nowhere


class ApplicationParticipant(Base):
    """One teacher for whom a school applies."""

    __tablename__ = "application_participants"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        one_of("role", ParticipantRole),
        Index("uq_application_participants_teacher_id", "application_id", "teacher_id", unique=True),
        Index("ix_application_participants_teacher_id", "teacher_id"),
    )

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    role: Mapped[str]
