"""Work groups that were cancelled or closed."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0006_group_endings"
down_revision = "0005_mergers"


def upgrade() -> None:
    op.create_table(
        "group_endings",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, primary_key=True),
        sa.Column("ending", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("group_endings")
