"""School calendars, published by visits, for warnings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022_school_calendars"
down_revision = "0021_school_numbers"


def upgrade() -> None:
    op.create_table(
        "school_calendars",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("academic_year", sa.Text, primary_key=True),
        sa.Column("half_terms", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint("academic_year ~ '^20[0-9]{2}/[0-9]{2}$'", name="academic_year"),
    )


def downgrade() -> None:
    op.drop_table("school_calendars")
