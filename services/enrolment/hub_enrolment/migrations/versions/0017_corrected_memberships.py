"""The trail of corrected memberships; the school that a registration for a PD day counts for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from hub_platform.database import UtcDateTime

revision = "0017_corrected_memberships"
down_revision = "0016_programme_changes"

ROLES = "'headteacher', 'maths_lead', 'class_teacher', 'ta', 'department', 'other'"


def upgrade() -> None:
    op.add_column("pd_day_registrations", sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn")))
    op.create_table(
        "membership_corrections",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("membership_id", sa.Uuid, nullable=False),
        *(column for when in ("old", "new") for column in _columns(when)),
        sa.Column("enrolment_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by", sa.Text, nullable=False),
        sa.CheckConstraint(f"old_role IN ({ROLES})", name="old_role"),
        sa.CheckConstraint(f"new_role IN ({ROLES})", name="new_role"),
        sa.CheckConstraint("new_ends_on >= new_starts_on", name="new_ends_on"),
    )
    op.create_index("ix_membership_corrections_teacher_id", "membership_corrections", ["teacher_id"])


def downgrade() -> None:
    op.drop_table("membership_corrections")
    op.drop_column("pd_day_registrations", "urn")


def _columns(when: str) -> list[sa.Column[object]]:
    return [
        sa.Column(f"{when}_urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column(f"{when}_role", sa.Text, nullable=False),
        sa.Column(f"{when}_starts_on", sa.Date, nullable=False),
        sa.Column(f"{when}_ends_on", sa.Date),
    ]
