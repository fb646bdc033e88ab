"""Rescheduled and cancelled sessions, apologies, corrections, tasks, lesson studies, PD days."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0003_sessions"
down_revision = "0002_post_office"

TABLES = (
    "apologies",
    "attendance_corrections",
    "classroom_tasks",
    "task_reports",
    "lesson_studies",
    "lesson_study_parts",
    "pd_days",
    "pd_day_registrations",
    "pd_day_attendances",
)
MARKS = "'present', 'late', 'left_early', 'apologies', 'absent'"
CANCELLED_FOR = (
    "'lead_unavailable', 'venue_unavailable', 'weather', 'too_few_participants',"
    " 'work_group_cancelled', 'other'"
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("cancelled_reason", sa.Text))
    # No release could cancel a session; a row changed by hand has no recorded reason.
    op.execute("UPDATE sessions SET cancelled_reason = 'other' WHERE status = 'cancelled'")
    op.create_check_constraint("cancelled_reason", "sessions", f"cancelled_reason IN ({CANCELLED_FOR})")
    op.create_check_constraint(
        "cancelled", "sessions", "(status = 'cancelled') = (cancelled_reason IS NOT NULL)"
    )
    _attendance()
    _tasks()
    _lesson_studies()
    _pd_days()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("sessions", "cancelled_reason")


def _tracked() -> list[sa.Column[object]]:
    return [
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    ]


def _tasks() -> None:
    op.create_table(
        "classroom_tasks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("set_in_session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("due_before_session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        *_tracked(),
        sa.CheckConstraint("set_in_session_id <> due_before_session_id", name="sessions"),
        sa.Index("ix_classroom_tasks_work_group_id", "work_group_id", "id"),
    )
    op.create_table(
        "task_reports",
        sa.Column("task_id", sa.Uuid, sa.ForeignKey("classroom_tasks.id"), primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("pupils_n", sa.Integer),
        *_tracked(),
        sa.CheckConstraint("pupils_n >= 0", name="pupils_n"),
        sa.CheckConstraint("status IN ('not_started', 'tried', 'reported', 'discussed')", name="status"),
        sa.Index("ix_task_reports_enrolment_id", "enrolment_id"),
    )


def _lesson_studies() -> None:
    focuses = "'tfm', 'problem_solving', 'calculation', 'reasoning', 'representation', 'fluency', 'other'"
    op.create_table(
        "lesson_studies",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("host_urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("focus", sa.Text, nullable=False),
        sa.Column("lesson_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("learning_note", sa.Text),
        *_tracked(),
        sa.CheckConstraint("(status = 'reviewed') = (learning_note IS NOT NULL)", name="learning_note"),
        sa.CheckConstraint(f"focus IN ({focuses})", name="focus"),
        sa.CheckConstraint("status IN ('planned', 'taught', 'reviewed')", name="status"),
        sa.Index("ix_lesson_studies_work_group_id", "work_group_id", "id"),
    )
    op.create_table(
        "lesson_study_parts",
        sa.Column("cycle_id", sa.Uuid, sa.ForeignKey("lesson_studies.id"), primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),
        sa.CheckConstraint("part IN ('planner', 'teacher', 'observer')", name="part"),
        sa.Index(
            "uq_lesson_study_parts_teacher", "cycle_id", unique=True, postgresql_where="part = 'teacher'"
        ),
        sa.Index("ix_lesson_study_parts_enrolment_id", "enrolment_id"),
    )


def _pd_days() -> None:
    reasons = "'speaker_unavailable', 'venue_unavailable', 'weather', 'too_few_participants', 'other'"
    op.create_table(
        "pd_days",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("starts_at", UtcDateTime()),
        sa.Column("venue", sa.Text),
        sa.Column("capacity", sa.Integer),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("cancelled_reason", sa.Text),
        *_tracked(),
        sa.CheckConstraint("theme ~ '^[a-z][a-z0-9_]*$'", name="theme"),
        sa.CheckConstraint("capacity >= 1", name="capacity"),
        sa.CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled"),
        sa.CheckConstraint("kind IN ('pd_day', 'conference')", name="kind"),
        sa.CheckConstraint("status IN ('open', 'held', 'cancelled')", name="status"),
        sa.CheckConstraint(f"cancelled_reason IN ({reasons})", name="cancelled_reason"),
        sa.Index("ix_pd_days_day", "day", "id"),
    )
    for table, stamps in (("pd_day_registrations", "registered"), ("pd_day_attendances", "marked")):
        op.create_table(
            table,
            sa.Column("pd_day_id", sa.Uuid, sa.ForeignKey("pd_days.id"), primary_key=True),
            sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), primary_key=True),
            *(
                [sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False)]
                * (stamps == "marked")
            ),
            sa.Column(f"{stamps}_at", UtcDateTime(), nullable=False),
            sa.Column(f"{stamps}_by", sa.Text, nullable=False),
            sa.Index(f"ix_{table}_teacher_id", "teacher_id"),
        )


def _attendance() -> None:
    op.create_table(
        "apologies",
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by", sa.Text, nullable=False),
        sa.Index("ix_apologies_enrolment_id", "enrolment_id"),
    )
    op.create_table(
        "attendance_corrections",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by", sa.Text, nullable=False),
        sa.CheckConstraint(f"old IN ({MARKS})", name="old"),
        sa.CheckConstraint(f"new IN ({MARKS})", name="new"),
        sa.CheckConstraint(
            "reason IN ('register_mistake', 'told_later', 'evidence_seen', 'other')", name="reason"
        ),
        sa.Index("ix_attendance_corrections_session_id", "session_id", "enrolment_id"),
    )
