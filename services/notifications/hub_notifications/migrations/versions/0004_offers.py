"""The time at which a place was given, to distinguish an accepted offer from a later one."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0004_offers"
down_revision = "0003_sessions"


def upgrade() -> None:
    # Unknown for places that are stored so far; no offer of theirs was notified.
    op.add_column("places", sa.Column("changed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("places", "changed_at")
