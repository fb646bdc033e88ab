"""Merged records of one person; events of one role may name both."""

import sqlalchemy as sa
from alembic import op

revision = "0005_mergers"
down_revision = "0004_sessions"


def upgrade() -> None:
    op.create_table(
        "mergers",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("from_id", sa.Uuid, primary_key=True),
        sa.Column("into_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.drop_constraint("pk_leader_posts", "leader_posts")
    op.create_primary_key("pk_leader_posts", "leader_posts", ["hub", "leader_role_id", "teacher_id"])


def downgrade() -> None:
    # Keep one row for each role, under either record.
    op.execute(
        "DELETE FROM leader_posts AS later USING leader_posts AS first WHERE later.hub = first.hub"
        " AND later.leader_role_id = first.leader_role_id AND later.teacher_id > first.teacher_id"
    )
    op.drop_constraint("pk_leader_posts", "leader_posts")
    op.create_primary_key("pk_leader_posts", "leader_posts", ["hub", "leader_role_id"])
    op.drop_table("mergers")
