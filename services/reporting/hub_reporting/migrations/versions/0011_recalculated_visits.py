"""Recalculated half terms of visits, with whether these are out of term or late."""

import sqlalchemy as sa
from alembic import op

revision = "0011_recalculated_visits"
down_revision = "0010_undone_withdrawals"


def upgrade() -> None:
    op.create_table(
        "recalculated_visits",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("visit_id", sa.Uuid, primary_key=True),
        sa.Column("half_term", sa.Text),
        sa.Column("out_of_term", sa.Boolean, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("recalculated_visits")
