"""Undone withdrawals without date and reason; the instant of each withdrawal."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0010_undone_withdrawals"
down_revision = "0009_hub_clock"


def upgrade() -> None:
    op.add_column("withdrawals", sa.Column("withdrawn_at", UtcDateTime()))
    for column in ("reason", "withdrawn_on"):
        op.alter_column("withdrawals", column, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM withdrawals WHERE withdrawn_on IS NULL")
    for column in ("reason", "withdrawn_on"):
        op.alter_column("withdrawals", column, nullable=False)
    op.drop_column("withdrawals", "withdrawn_at")
