"""Sessions that are cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0003_sessions"
down_revision = "0002_post_office"


def upgrade() -> None:
    # Sessions that are stored so far are not cancelled: no event could cancel one before.
    op.add_column(
        "group_sessions", sa.Column("cancelled", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.alter_column("group_sessions", "cancelled", server_default=None)


def downgrade() -> None:
    op.drop_column("group_sessions", "cancelled")
