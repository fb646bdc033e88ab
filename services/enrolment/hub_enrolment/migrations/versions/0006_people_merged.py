"""Merged and anonymised records of teachers."""

import sqlalchemy as sa
from alembic import op

revision = "0006_people_merged"
down_revision = "0005_schools"

ERASED = (
    "given = 'Anonymised' AND family = 'teacher' AND email = ''"
    " AND num_nonnulls(trn, phone) = 0 AND cardinality(previous_names) = 0"
)
CHECKS = (
    ("merged_into", "merged_into <> id"),
    ("merged_trn", "merged_into IS NULL OR trn IS NULL"),
    ("anonymised", "num_nulls(anonymised_on, anonymised_reason) IN (0, 2)"),
    ("erased", f"anonymised_on IS NULL OR ({ERASED})"),
    ("anonymised_reason", "anonymised_reason IN ('asked_for', 'kept_long_enough', 'held_without_ground')"),
)


def upgrade() -> None:
    op.add_column("teachers", sa.Column("merged_into", sa.Uuid, sa.ForeignKey("teachers.id")))
    op.add_column("teachers", sa.Column("anonymised_on", sa.Date))
    op.add_column("teachers", sa.Column("anonymised_reason", sa.Text))
    for name, holds in CHECKS:
        op.create_check_constraint(name, "teachers", holds)
    op.create_index("ix_teachers_merged_into", "teachers", ["merged_into"])


def downgrade() -> None:
    op.drop_index("ix_teachers_merged_into", "teachers")
    for column in ("anonymised_reason", "anonymised_on", "merged_into"):
        op.drop_column("teachers", column)
