"""Places whose holders completed the group, as the hub decided when it closed it."""

import sqlalchemy as sa
from alembic import op

revision = "0007_completions"
down_revision = "0006_group_endings"


def upgrade() -> None:
    op.create_table(
        "completions",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("completed_on", sa.Date, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("completions")
