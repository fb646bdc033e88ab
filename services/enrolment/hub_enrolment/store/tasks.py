"""Classroom tasks and reports on them."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_enrolment.models import ClassroomTask, TaskReport


def find_task(session: Session, task_id: UUID, *, lock: bool = False) -> ClassroomTask | None:
    """Return one task, optionally locked; None when it is unknown."""
    return session.get(
        ClassroomTask,
        task_id,
        populate_existing=True,
        with_for_update={"key_share": True} if lock else None,
    )


def list_tasks(work_group_id: UUID) -> Select[ClassroomTask]:
    """Select the tasks of one group."""
    return select(ClassroomTask).where(ClassroomTask.work_group_id == work_group_id)


def find_report(session: Session, task_id: UUID, enrolment_id: UUID) -> TaskReport | None:
    """Return one participant's report on a task; None without one."""
    return session.get(TaskReport, (task_id, enrolment_id), populate_existing=True)


def list_reports(task_id: UUID) -> Select[TaskReport]:
    """Select the reports on one task."""
    return select(TaskReport).where(TaskReport.task_id == task_id)
