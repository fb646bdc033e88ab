"""Waiting lists of groups, and the offers made from them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.domain.waiting_list import WaitingListStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class WaitingEntry(Tracked, Base):
    """One teacher's entry on the waiting list of one group; `seq` counts entries from 1."""

    __tablename__ = "waiting_list"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("num_nulls(offered_at, expires_at) IN (0, 2)", name="offered"),
        CheckConstraint("expires_at > offered_at", name="expires_at"),
        CheckConstraint("told_at IS NULL OR coalesce(told_at >= offered_at, false)", name="told_at"),
        CheckConstraint("status IN ('waiting', 'left') OR offered_at IS NOT NULL", name="offered_at"),
        CheckConstraint("(status = 'accepted') = (enrolment_id IS NOT NULL)", name="enrolment_id"),
        one_of("role", ParticipantRole),
        one_of("status", WaitingListStatus),
        Index("uq_waiting_list_seq", "work_group_id", "seq", unique=True),
        Index(
            "uq_waiting_list_open",
            "work_group_id",
            "teacher_id",
            unique=True,
            postgresql_where="status IN ('waiting', 'offered')",
        ),
        Index("ix_waiting_list_expires_at", "expires_at", postgresql_where="status = 'offered'"),
        Index("ix_waiting_list_teacher_id", "teacher_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    seq: Mapped[int]
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("teachers.id"))
    urn: Mapped[str] = mapped_column(ForeignKey("schools.urn"))
    role: Mapped[str]
    status: Mapped[str]
    offered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the e-mail about the offer was sent or finally failed
    expires_at: Mapped[datetime | None]  # an answer at this instant is late, once `told_at` is known
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"))
