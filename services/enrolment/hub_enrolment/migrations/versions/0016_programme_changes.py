"""Corrections of programmes; none are known for earlier ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_programme_changes"
down_revision = "0015_undone_withdrawals"


def upgrade() -> None:
    op.create_table(
        "programme_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("programme_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programme_changes"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_programme_changes_programme_id"
        ),
    )
    op.create_index(
        "uq_programme_changes_revision", "programme_changes", ["programme_id", "revision"], unique=True
    )


def downgrade() -> None:
    op.drop_table("programme_changes")
