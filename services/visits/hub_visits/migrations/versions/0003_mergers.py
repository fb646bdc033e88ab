"""The remaining record of each merged record."""

import sqlalchemy as sa
from alembic import op

revision = "0003_mergers"
down_revision = "0002_post_office"


def upgrade() -> None:
    op.create_table(
        "mergers",
        sa.Column("from_id", sa.Uuid, primary_key=True),
        sa.Column("into_id", sa.Uuid, nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("mergers")
