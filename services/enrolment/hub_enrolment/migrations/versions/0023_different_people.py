"""Ids of other people from whom a teacher was distinguished at registration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0023_different_people"
down_revision = "0022_school_calendars"


def upgrade() -> None:
    op.add_column(
        "teachers", sa.Column("different_from", ARRAY(sa.Uuid), nullable=False, server_default="{}")
    )
    op.alter_column("teachers", "different_from", server_default=None)


def downgrade() -> None:
    op.drop_column("teachers", "different_from")
