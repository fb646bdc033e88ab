"""Classroom tasks between sessions, and participants' reports on them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_contracts.vocabulary import TaskStatus
from hub_enrolment.models.base import Base
from hub_platform.database import Tracked, one_of


class ClassroomTask(Tracked, Base):
    """A task to try with pupils, set in one session and discussed in a later one."""

    __tablename__ = "classroom_tasks"
    __table_args__ = (
        CheckConstraint("set_in_session_id <> due_before_session_id", name="sessions"),
        Index("ix_classroom_tasks_work_group_id", "work_group_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID] = mapped_column(ForeignKey("work_groups.id"))
    set_in_session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    due_before_session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    prompt: Mapped[str]  # free text, published nowhere


class TaskReport(Tracked, Base):
    """One participant's report on one task."""

    __tablename__ = "task_reports"
    __table_args__ = (
        CheckConstraint("pupils_n >= 0", name="pupils_n"),
        one_of("status", TaskStatus),
        Index("ix_task_reports_enrolment_id", "enrolment_id"),
    )

    task_id: Mapped[UUID] = mapped_column(ForeignKey("classroom_tasks.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    status: Mapped[str]
    note: Mapped[str | None]  # free text, published nowhere
    pupils_n: Mapped[int | None]
