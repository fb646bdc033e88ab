"""Assignments that were handed over or ended before the end of their academic year."""

import sqlalchemy as sa
from alembic import op

revision = "0014_ended_assignments"
down_revision = "0013_days_of_visits"


def upgrade() -> None:
    op.create_table(
        "ended_assignments",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("assignment_id", sa.Uuid, primary_key=True),
        sa.Column("ended_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ended_assignments")
