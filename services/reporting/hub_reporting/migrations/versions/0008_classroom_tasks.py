"""Classroom tasks and reports on them."""

import sqlalchemy as sa
from alembic import op

revision = "0008_classroom_tasks"
down_revision = "0007_completions"


def upgrade() -> None:
    op.create_table(
        "classroom_tasks",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("task_id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, nullable=False),
        sa.Column("due_before_session_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Index("ix_classroom_tasks_hub_due_before_session_id", "hub", "due_before_session_id"),
    )
    op.create_table(
        "task_reports",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("task_id", sa.Uuid, primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("task_reports")
    op.drop_table("classroom_tasks")
