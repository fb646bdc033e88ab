"""Rows corrected along with a membership; marks added to a locked register."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0025_corrections_followed"
down_revision = "0024_register_facts"

FOLLOWED = ("leader_role_ids", "waiting_entry_ids", "pd_day_ids")


def upgrade() -> None:
    for name in FOLLOWED:
        column: sa.Column[list[UUID]] = sa.Column(name, ARRAY(sa.Uuid), nullable=False, server_default="{}")
        op.add_column("membership_corrections", column)
        op.alter_column("membership_corrections", name, server_default=None)
    op.alter_column("attendance_corrections", "old", nullable=True)


def downgrade() -> None:
    """Delete corrections that added a mark, which the older form does not have."""
    op.execute("DELETE FROM attendance_corrections WHERE old IS NULL")
    op.alter_column("attendance_corrections", "old", nullable=False)
    for name in FOLLOWED:
        op.drop_column("membership_corrections", name)
