"""Venues and joining links of sessions and groups."""

import sqlalchemy as sa
from alembic import op

revision = "0009_locations"
down_revision = "0008_hub_clock"

RULES = (
    ("venue", "char_length(venue) <= 200 AND venue !~ '[\\n\\r]'"),
    ("joining_link", "char_length(joining_link) <= 2000 AND joining_link ~* '^https://'"),
)


def upgrade() -> None:
    # Earlier releases accepted venues of several lines.
    op.execute(
        "UPDATE work_groups SET venue = btrim(regexp_replace(venue, '\\s+', ' ', 'g')) WHERE venue ~ '\\s'"
    )
    op.add_column("work_groups", sa.Column("joining_link", sa.Text))
    op.add_column("sessions", sa.Column("venue", sa.Text))
    op.add_column("sessions", sa.Column("joining_link", sa.Text))
    for table in ("work_groups", "sessions"):
        for name, rule in RULES:
            op.create_check_constraint(name, table, rule)


def downgrade() -> None:
    op.execute("ALTER TABLE work_groups DROP CONSTRAINT ck_work_groups_venue")
    for table, column in (
        ("sessions", "venue"),
        ("sessions", "joining_link"),
        ("work_groups", "joining_link"),
    ):
        op.drop_column(table, column)
