"""A message is due by hub time and tried again by real time; the hub's clock."""

import sqlalchemy as sa
from alembic import op

from hub_platform import clocks
from hub_platform.database import UtcDateTime

revision = "0005_two_clocks"
down_revision = "0004_offers"


def upgrade() -> None:
    clocks.create_v1()
    op.alter_column("messages", "next_attempt_at", new_column_name="due_at")
    op.add_column("messages", sa.Column("retry_at", UtcDateTime(), nullable=True))
    op.execute("UPDATE messages SET retry_at = due_at WHERE status = 'due' AND reason IS NOT NULL")


def downgrade() -> None:
    op.execute("UPDATE messages SET due_at = greatest(due_at, retry_at)")
    op.drop_column("messages", "retry_at")
    op.alter_column("messages", "due_at", new_column_name="next_attempt_at")
    clocks.drop_v1()
