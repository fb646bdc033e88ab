"""Marks and classroom tasks, counted by Work Group and school."""

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from hub_contracts.vocabulary import AttendanceMark
from hub_reporting.domain.engagement import PRESENT
from hub_reporting.domain.participation import NOTICE_HOURS, REPORTED, Counted
from hub_reporting.domain.periods import Period
from hub_reporting.models import (
    ClassroomTask,
    CorrectedMark,
    Mark,
    Place,
    Register,
    Session,
    TaskReport,
    Withdrawal,
    WorkGroup,
)
from hub_reporting.store.work_groups import correction, current_marks, same, school_of_mark

_mark = sa.func.coalesce(CorrectedMark.mark, Mark.mark)
_notice = sa.case((CorrectedMark.mark.is_not(None), CorrectedMark.notice_hours), else_=Mark.notice_hours)
_apologies_in_time = sa.and_(_mark == AttendanceMark.APOLOGIES, _notice >= NOTICE_HOURS)

# A participant who withdrew on the day of a session held the place if the session had begun by then.
_left_after = sa.and_(
    Withdrawal.withdrawn_on == Register.held_on, Withdrawal.withdrawn_at > Session.starts_at
)


def attendance(session: DbSession, hub: str, period: Period) -> list[Counted]:
    """Count the marks of the period's registers, with their latest corrections."""
    attended = _mark.in_(PRESENT)
    rows = session.execute(
        sa.select(
            sa.cast(Register.work_group_id, sa.Text),
            WorkGroup.title,
            school_of_mark,
            sa.func.count(),
            sa.func.count().filter(attended),
            sa.func.count().filter(sa.or_(attended, _apologies_in_time)),
        )
        .select_from(Mark)
        .join(Register, current_marks())
        .join(WorkGroup, same(WorkGroup, Register, "work_group_id"))
        .outerjoin(CorrectedMark, correction())
        .outerjoin(Place, same(Place, Mark, "enrolment_id"))
        .where(Register.hub == hub, Register.held_on.between(period.starts_on, period.last_counted))
        .group_by(Register.work_group_id, WorkGroup.title, school_of_mark)
    )
    return [Counted._make(row) for row in rows]


def tasks(session: DbSession, hub: str, period: Period) -> list[Counted]:
    """Count the tasks of sessions held in the period, once for each participant when the session began.

    A teacher who withdrew and enrolled again on the session's day has two places. The place with a report
    counts, or else the later one.
    """
    due = _due(hub, period)
    rows = session.execute(
        sa.select(
            sa.cast(due.c.work_group_id, sa.Text),
            due.c.title,
            due.c.urn,
            sa.func.count(),
            sa.func.count(due.c.reported),
        )
        .where(due.c.choice == 1)
        .group_by(due.c.work_group_id, due.c.title, due.c.urn)
    )
    return [Counted(*row) for row in rows]


def _due(hub: str, period: Period) -> sa.Subquery:
    """Select each task for each place held when its session began; `choice` is 1 once for each teacher."""
    done = sa.and_(
        same(TaskReport, Place, "enrolment_id"),
        TaskReport.task_id == ClassroomTask.task_id,
        TaskReport.status.in_(REPORTED),
    )
    due_in = sa.and_(
        Register.hub == ClassroomTask.hub, Register.session_id == ClassroomTask.due_before_session_id
    )
    choice = sa.func.row_number().over(
        partition_by=(ClassroomTask.task_id, Place.teacher_id),
        order_by=(TaskReport.enrolment_id.is_(None), Place.enrolled_on.desc(), Place.enrolment_id.desc()),
    )
    return (
        sa.select(
            ClassroomTask.work_group_id,
            WorkGroup.title,
            Place.urn,
            TaskReport.enrolment_id.label("reported"),
            choice.label("choice"),
        )
        .join(Register, due_in)
        .outerjoin(Session, same(Session, Register, "session_id"))
        .join(WorkGroup, same(WorkGroup, ClassroomTask, "work_group_id"))
        .join(Place, same(Place, ClassroomTask, "work_group_id"))
        .outerjoin(Withdrawal, same(Withdrawal, Place, "enrolment_id"))
        .outerjoin(TaskReport, done)
        .where(
            ClassroomTask.hub == hub,
            Register.held_on.between(period.starts_on, period.last_counted),
            Place.enrolled_on <= Register.held_on,
            sa.or_(
                Withdrawal.withdrawn_on.is_(None), Withdrawal.withdrawn_on > Register.held_on, _left_after
            ),
        )
        .subquery("due")
    )
