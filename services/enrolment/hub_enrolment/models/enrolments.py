"""Teachers' places on work groups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import ParticipantRole, WithdrawalCause, WithdrawalReason
from hub_enrolment.domain.enrolments import EnrolmentStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class Enrolment(Tracked, Base):
    """One place; its school stays when the teacher moves."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("num_nulls(withdrawn_at, withdrawn_reason) IN (0, 2)", name="withdrawn"),
        CheckConstraint(
            "(status IN ('withdrawn', 'transferred')) = (withdrawn_at IS NOT NULL)", name="withdrawn_at"
        ),
        CheckConstraint("withdrawn_at >= enrolled_at", name="withdrawn_after"),
        CheckConstraint(
            "(status = 'transferred') = (coalesce(withdrawn_reason, '') = 'transferred')", name="transferred"
        ),
        CheckConstraint(
            "(status IN ('completed', 'not_completed')) = (completion_decided_at IS NOT NULL)",
            name="completion_decided_at",
        ),
        CheckConstraint("transferred_from <> id", name="transferred_from"),
        one_of("role", ParticipantRole),
        one_of("status", EnrolmentStatus),
        one_of("withdrawn_reason", (*WithdrawalReason, *WithdrawalCause)),
        Index(
            "uq_enrolments_active",
            "work_group_id",
            "teacher_id",
            unique=True,
            postgresql_where="status = 'active'",
        ),
        Index("ix_enrolments_work_group_id", "work_group_id", "id"),
        Index("ix_enrolments_teacher_id", "teacher_id"),
        Index("ix_enrolments_urn", "urn"),
        Index("uq_enrolments_transferred_from", "transferred_from", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    role: Mapped[str]
    status: Mapped[str]
    enrolled_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    override_reason: Mapped[str | None]  # why a cap was exceeded
    transferred_from: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"))
    completion_decided_at: Mapped[datetime | None]  # when the group closed


class UndoneWithdrawal(Base):
    """One undone withdrawal: its instant and reason, and who undid it, when and why."""

    __tablename__ = "undone_withdrawals"
    __table_args__ = (
        CheckConstraint("undone_at >= withdrawn_at", name="undone_after"),
        one_of("withdrawn_reason", WithdrawalReason),
        Index("ix_undone_withdrawals_enrolment_id", "enrolment_id", "undone_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"))
    withdrawn_at: Mapped[datetime]
    withdrawn_reason: Mapped[str]
    undone_at: Mapped[datetime]
    undone_by: Mapped[str]
    note: Mapped[str | None]  # the mistake, as free text; null once the teacher is anonymised
