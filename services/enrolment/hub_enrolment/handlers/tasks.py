"""Set classroom tasks, and report on them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ClassroomTaskSet, TaskReported
from hub_contracts.vocabulary import TaskStatus
from hub_enrolment.commands.tasks import ReportTask, SetTask
from hub_enrolment.domain import diary, tasks
from hub_enrolment.domain.tasks import Between, Report
from hub_enrolment.models import ClassroomTask, GroupSession, TaskReport
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import tasks as store
from hub_enrolment.store.sessions import find_session
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.refusals import Stale, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def set_task(session: Session, command: SetTask, *, now: datetime, by: str) -> ClassroomTask:
    """Set a task to try in the classroom before a later session.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `diary.check_not_over`; it, and Refused: see
            `tasks.check_sessions`.
    """
    group, _ = lock_work_group(session, command.work_group_id)  # its sessions must not move meanwhile
    diary.check_not_over(group.status)
    ends = (command.set_in_session_id, command.due_before_session_id)
    tasks.check_sessions(group.id, *(_between(session, session_id) for session_id in ends))
    task = ClassroomTask(
        id=new_id(),
        work_group_id=group.id,
        set_in_session_id=command.set_in_session_id,
        due_before_session_id=command.due_before_session_id,
        prompt=command.prompt,
        **made(now, by),
    )
    session.add(task)
    session.flush()
    event = ClassroomTaskSet(
        task_id=task.id,
        work_group_id=group.id,
        set_in_session_id=task.set_in_session_id,
        due_before_session_id=task.due_before_session_id,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return task


def find_task(session: Session, task_id: UUID, *, lock: bool = False) -> ClassroomTask:
    """Return a classroom task, locked on request.

    Raises:
        Unknown: `unknown_task`.
    """
    task = store.find_task(session, task_id, lock=lock)
    if task is None:
        raise Unknown("unknown_task", "There is no such task.")
    return task


def find_report(session: Session, task_id: UUID, enrolment_id: UUID) -> TaskReport:
    """Return one participant's report on a task.

    Raises:
        Unknown: `unknown_report`.
    """
    report = store.find_report(session, task_id, enrolment_id)
    if report is None:
        raise Unknown("unknown_report", "Nothing has been reported for this enrolment.")
    return report


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """The permission of an account that reports, and the revision of the report that it has seen."""

    may_go_back: bool  # may set the status back
    expected: int | None  # 0: "no report yet"


def report_task(
    session: Session, command: ReportTask, reporter: Reporter, *, now: datetime, by: str
) -> TaskReport:
    """Record a participant's progress; an equal report changes nothing, whatever revision it names.

    Raises:
        Unknown: `unknown_task`; Stale: `stale`; Refused: see `tasks.check_place`;
            Conflict: see `tasks.check_report`.
    """
    task = find_task(session, command.task_id, lock=True)
    set_in, due = (
        find_session(session, session_id)
        for session_id in (task.set_in_session_id, task.due_before_session_id)
    )
    place = session_store.places(session, task.work_group_id).get(command.enrolment_id)
    tasks.check_place(place, set_at=set_in.starts_at, due_at=due.starts_at)
    row = store.find_report(session, task.id, command.enrolment_id)
    known = None if row is None else Report(status=row.status, note=row.note, pupils_n=row.pupils_n)
    asked = Report(status=command.status, note=command.note, pupils_n=command.pupils_n)
    if row is not None and known == asked:
        return row
    if reporter.expected != (0 if row is None else row.revision):
        raise Stale("stale", "The report has been changed since.")
    tasks.check_report(known, asked, may_go_back=reporter.may_go_back)
    if row is None:
        row = TaskReport(task_id=task.id, enrolment_id=command.enrolment_id, **vars(asked), **made(now, by))
        session.add(row)
    else:
        row.status, row.note, row.pupils_n = asked.status, asked.note, asked.pupils_n
        row.touch(now=now, by=by)
    session.flush()
    if known is None or known.status != asked.status:
        outbox.record(session, _reported(task, row), occurred_at=now, by=by)
    return row


def _between(session: Session, session_id: UUID) -> Between | None:
    meeting = session.get(GroupSession, session_id)
    if meeting is None:
        return None
    return Between(work_group_id=meeting.work_group_id, status=meeting.status, starts_at=meeting.starts_at)


def _reported(task: ClassroomTask, row: TaskReport) -> TaskReported:
    return TaskReported(
        task_id=task.id,
        work_group_id=task.work_group_id,
        enrolment_id=row.enrolment_id,
        status=TaskStatus(row.status),
    )
