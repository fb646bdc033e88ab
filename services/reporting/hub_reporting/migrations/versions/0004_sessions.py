"""Cancelled sessions, corrected marks, PD days and conferences."""

import sqlalchemy as sa
from alembic import op

revision = "0004_sessions"
down_revision = "0003_browser_sessions"


def upgrade() -> None:
    # All sessions so far take place: none could be cancelled before this release.
    op.add_column("sessions", sa.Column("cancelled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.alter_column("sessions", "cancelled", server_default=None)
    op.add_column("marks", sa.Column("notice_hours", sa.Integer))
    op.create_table(
        "corrected_marks",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("notice_hours", sa.Integer),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "pd_days",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("pd_day_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Index("ix_pd_days_hub_held_on", "hub", "held_on"),
    )
    op.create_table(
        "pd_day_visitors",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("pd_day_id", sa.Uuid, primary_key=True),
        sa.Column("teacher_id", sa.Uuid, primary_key=True),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in ("pd_day_visitors", "pd_days", "corrected_marks"):
        op.drop_table(table)
    op.drop_column("marks", "notice_hours")
    op.drop_column("sessions", "cancelled")
