"""Sessions of people who are signed in with a browser."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0003_browser_sessions"
down_revision = "0002_post_office"


def upgrade() -> None:
    op.create_table(
        "browser_sessions",
        sa.Column("cookie_digest", sa.Text, primary_key=True),
        sa.Column("link_id", sa.Text, unique=True),
        sa.Column("token_id", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_browser_sessions_ends_at", "browser_sessions", ["ends_at"])


def downgrade() -> None:
    op.drop_table("browser_sessions")
