"""Chains of assignments: one PD lead after another for the same school."""

import sqlalchemy as sa
from alembic import op

revision = "0007_hand_overs"
down_revision = "0006_derived_again"

REASONS = "end_reason IN ('left', 'absence', 'workload', 'school_request', 'programme_ended', 'other')"
YEAR = ["urn", "programme", "academic_year"]


def upgrade() -> None:
    op.add_column("assignments", sa.Column("follows", sa.Uuid, sa.ForeignKey("assignments.id"), unique=True))
    op.add_column("assignments", sa.Column("chain_id", sa.Uuid))
    op.add_column("assignments", sa.Column("end_reason", sa.Text))
    op.execute("UPDATE assignments SET chain_id = id")
    op.alter_column("assignments", "chain_id", nullable=False)
    op.create_index(None, "assignments", ["chain_id"])
    op.create_check_constraint("end_reason", "assignments", REASONS)
    op.drop_constraint("starts_before_it_ends", "assignments", type_="check")
    op.create_check_constraint(
        "starts_before_it_ends", "assignments", "starts_on <= ends_on + (end_reason IS NOT NULL)::int"
    )
    op.drop_constraint("uq_assignments_urn_programme_academic_year", "assignments", type_="unique")
    op.create_index(
        "uq_assignments_not_ended",
        "assignments",
        ["chain_id"],
        unique=True,
        postgresql_where=sa.text("end_reason IS NULL"),
    )


def downgrade() -> None:
    """Go back; impossible once a school has had two PD leads in a year, as it was before."""
    op.drop_index("uq_assignments_not_ended", "assignments")
    op.create_unique_constraint("uq_assignments_urn_programme_academic_year", "assignments", YEAR)
    op.drop_constraint("starts_before_it_ends", "assignments", type_="check")
    op.create_check_constraint("starts_before_it_ends", "assignments", "starts_on <= ends_on")
    for column in ("end_reason", "chain_id", "follows"):
        op.drop_column("assignments", column)
