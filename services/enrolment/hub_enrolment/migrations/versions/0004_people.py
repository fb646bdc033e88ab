"""Telephone numbers and former names of teachers; one membership of a school a day; cohorts of leaders."""

import sqlalchemy as sa
from alembic import op

revision = "0004_people"
down_revision = "0003_sessions"

# Existing teachers have no former name and have not opted out.
ADDED = (
    ("previous_names", sa.ARRAY(sa.Text), "{}"),
    ("contact_opt_out", sa.Boolean, "false"),
)


def upgrade() -> None:
    op.add_column("teachers", sa.Column("phone", sa.Text))
    for name, type_, until_now in ADDED:
        op.add_column("teachers", sa.Column(name, type_, nullable=False, server_default=until_now))
        op.alter_column("teachers", name, server_default=None)
    op.create_index(
        "uq_school_memberships_starts_on",
        "school_memberships",
        ["teacher_id", "urn", "starts_on"],
        unique=True,
    )
    op.add_column("leader_roles", sa.Column("cohort", sa.Text))


def downgrade() -> None:
    op.drop_column("leader_roles", "cohort")
    op.drop_index("uq_school_memberships_starts_on", "school_memberships")
    for name in ("contact_opt_out", "previous_names", "phone"):
        op.drop_column("teachers", name)
