"""Classroom tasks between sessions, with each participant's progress."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub_reporting.models.base import Projected


class ClassroomTask(Projected):
    """A task that participants of a Work Group try before a session."""

    __tablename__ = "classroom_tasks"
    __table_args__ = (Index(None, "hub", "due_before_session_id"),)

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_group_id: Mapped[UUID]
    due_before_session_id: Mapped[UUID]


class TaskReport(Projected):
    """One participant's latest status on a task."""

    __tablename__ = "task_reports"

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]  # not_started, tried, reported, discussed
