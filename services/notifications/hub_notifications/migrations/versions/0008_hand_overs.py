"""PD-lead assignments, and the original PD lead of each visit."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0008_hand_overs"
down_revision = "0007_told"


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.Uuid, primary_key=True),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("pd_lead_id", sa.Uuid, nullable=False, index=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("follows", sa.Uuid, index=True),
        sa.Column("ended_on", sa.Date),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.add_column("visits", sa.Column("planned_for", sa.Uuid))
    op.add_column("visits", sa.Column("assignment_id", sa.Uuid))
    op.execute("UPDATE visits SET planned_for = pd_lead_id")
    op.alter_column("visits", "planned_for", nullable=False)
    op.create_index(None, "visits", ["pd_lead_id"])
    op.create_index(None, "visits", ["assignment_id"])
    op.create_index(
        "ix_told_items_visits", "told_items", ["teacher_id"], postgresql_where=sa.text("item = 'visit'")
    )


def downgrade() -> None:
    op.drop_index("ix_told_items_visits", "told_items")
    for column in ("assignment_id", "planned_for"):
        op.drop_column("visits", column)
    op.drop_index("ix_visits_pd_lead_id", "visits")
    op.drop_table("assignments")
