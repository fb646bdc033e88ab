"""Withdrawals that were undone: the trail of each."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0015_undone_withdrawals"
down_revision = "0014_names_on_one_line"

REASONS = "'left_school', 'workload', 'illness', 'not_relevant', 'other'"


def upgrade() -> None:
    op.create_table(
        "undone_withdrawals",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_reason", sa.Text, nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.CheckConstraint("undone_at >= withdrawn_at", name="undone_after"),
        sa.CheckConstraint(f"withdrawn_reason IN ({REASONS})", name="withdrawn_reason"),
    )
    op.create_index("ix_undone_withdrawals_enrolment_id", "undone_withdrawals", ["enrolment_id", "undone_at"])


def downgrade() -> None:
    op.drop_table("undone_withdrawals")
