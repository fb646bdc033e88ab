"""Sessions that are moved and cancelled, apologies, corrections of locked registers."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0003_sessions"
down_revision = "0002_post_office"

MARKS = "'present', 'late', 'left_early', 'apologies', 'absent'"
CANCELLED_FOR = (
    "'lead_unavailable', 'venue_unavailable', 'weather', 'too_few_participants',"
    " 'work_group_cancelled', 'other'"
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("cancelled_reason", sa.Text))
    # No release could cancel a session; one that somebody cancelled by hand has a reason nobody wrote down.
    op.execute("UPDATE sessions SET cancelled_reason = 'other' WHERE status = 'cancelled'")
    op.create_check_constraint("cancelled_reason", "sessions", f"cancelled_reason IN ({CANCELLED_FOR})")
    op.create_check_constraint(
        "cancelled", "sessions", "(status = 'cancelled') = (cancelled_reason IS NOT NULL)"
    )
    _attendance()


def downgrade() -> None:
    op.drop_table("attendance_corrections")
    op.drop_table("apologies")
    op.drop_column("sessions", "cancelled_reason")


def _attendance() -> None:
    op.create_table(
        "apologies",
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by", sa.Text, nullable=False),
        sa.Index("ix_apologies_enrolment_id", "enrolment_id"),
    )
    op.create_table(
        "attendance_corrections",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("corrected_at", UtcDateTime(), nullable=False),
        sa.Column("corrected_by", sa.Text, nullable=False),
        sa.CheckConstraint(f"old IN ({MARKS})", name="old"),
        sa.CheckConstraint(f"new IN ({MARKS})", name="new"),
        sa.CheckConstraint(
            "reason IN ('register_mistake', 'told_later', 'evidence_seen', 'other')", name="reason"
        ),
        sa.Index("ix_attendance_corrections_session_id", "session_id", "enrolment_id"),
    )
