"""When a place was given, so that an offer that was taken is told from one that was made later."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0004_offers"
down_revision = "0003_sessions"


def upgrade() -> None:
    # Of the places that are known by now it was not kept, and no offer of theirs was told.
    op.add_column("places", sa.Column("changed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("places", "changed_at")
