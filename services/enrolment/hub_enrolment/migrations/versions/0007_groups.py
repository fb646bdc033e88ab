"""Terms of programmes, groups cancelled and closed, transfers, applications, waiting lists."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0007_groups"
down_revision = "0006_people_merged"

STRANDS = (
    "'readiness', 'development', 'embedding', 'sustaining', 'sktm', "
    "'mastering_number', 'continuity', 'specialist', 'innovation'"
)
ROLES = "'lead_participant', 'participant'"
SENT_AS = f"{ROLES}, 'headteacher', 'maths_lead', 'class_teacher', 'ta', 'department', 'other'"
REASONS = "'left_school', 'workload', 'illness', 'not_relevant', 'other'"
CANCELLED_FOR = "'too_few_teachers', 'lead_unavailable', 'venue_unavailable', 'funding', 'other'"
STATUSES = "'pending', 'active', 'completed', 'withdrawn', 'transferred'"


def upgrade() -> None:
    _programmes()
    _work_groups()
    _enrolments()
    _applications()
    _waiting_list()


def downgrade() -> None:
    op.drop_table("waiting_list")
    op.drop_table("application_participants")
    op.drop_table("applications")
    _downgrade_enrolments()
    for column in (
        "cancelled_at",
        "cancelled_by",
        "cancelled_reason",
        "closed_at",
        "closed_by",
        "evaluation_submitted_on",
    ):
        op.drop_column("work_groups", column)
    for column in ("prerequisite_strand", "required_roles", "min_attendance_percent", "tasks_required"):
        op.drop_column("programmes", column)


def _tracked() -> list[sa.Column[object]]:
    return [
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    ]


def _add(table: str, column: sa.Column[object], default: str) -> None:
    """Add a required column, with the value for existing rows."""
    column.server_default = sa.DefaultClause(sa.text(default))
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def _drop_check(table: str, name: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")


def _programmes() -> None:
    op.add_column("programmes", sa.Column("prerequisite_strand", sa.Text))
    _add("programmes", sa.Column("required_roles", sa.ARRAY(sa.Text), nullable=False), "'{}'")
    _add("programmes", sa.Column("min_attendance_percent", sa.Integer, nullable=False), "75")
    _add("programmes", sa.Column("tasks_required", sa.Boolean, nullable=False), "true")
    for name, rule in (
        ("own_prerequisite", "prerequisite_strand <> strand"),
        ("required_roles", f"required_roles <@ ARRAY[{SENT_AS}]"),
        ("min_attendance_percent", "min_attendance_percent BETWEEN 0 AND 100"),
        ("prerequisite_strand", f"prerequisite_strand IN ({STRANDS})"),
    ):
        op.create_check_constraint(name, "programmes", rule)


def _work_groups() -> None:
    for column in (
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("cancelled_by", sa.Text),
        sa.Column("cancelled_reason", sa.Text),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.Text),
        sa.Column("evaluation_submitted_on", sa.Date),
    ):
        op.add_column("work_groups", column)
    # No release could cancel or close a group; for a row changed by hand the last change counts.
    op.execute(
        "UPDATE work_groups SET cancelled_at = changed_at, cancelled_by = changed_by,"
        " cancelled_reason = 'other' WHERE status = 'cancelled'"
    )
    op.execute(
        "UPDATE work_groups SET closed_at = changed_at, closed_by = changed_by,"
        " evaluation_submitted_on = (changed_at AT TIME ZONE 'Europe/London')::date WHERE status = 'closed'"
    )
    for name, rule in (
        ("cancelled", "num_nulls(cancelled_at, cancelled_by, cancelled_reason) IN (0, 3)"),
        ("cancelled_at", "(status = 'cancelled') = (cancelled_at IS NOT NULL)"),
        ("closed", "num_nulls(closed_at, closed_by, evaluation_submitted_on) IN (0, 3)"),
        ("closed_at", "(status = 'closed') = (closed_at IS NOT NULL)"),
        (
            "cancelled_reason",
            f"cancelled_reason IN ({CANCELLED_FOR})",
        ),
    ):
        op.create_check_constraint(name, "work_groups", rule)


def _enrolments() -> None:
    for name in ("withdrawn_at", "withdrawn_reason", "status"):
        _drop_check("enrolments", name)
    for column in (
        sa.Column("override_reason", sa.Text),
        sa.Column("transferred_from", sa.Uuid, sa.ForeignKey("enrolments.id")),
        sa.Column("completion_decided_at", UtcDateTime()),
    ):
        op.add_column("enrolments", column)
    # As for groups: such a place can only exist by a change by hand.
    op.execute(
        "UPDATE enrolments SET withdrawn_at = greatest(changed_at, enrolled_at),"
        " withdrawn_reason = 'transferred' WHERE status = 'transferred'"
    )
    op.execute("UPDATE enrolments SET completion_decided_at = changed_at WHERE status = 'completed'")
    for name, rule in (
        ("withdrawn_at", "(status IN ('withdrawn', 'transferred')) = (withdrawn_at IS NOT NULL)"),
        ("transferred", "(status = 'transferred') = (coalesce(withdrawn_reason, '') = 'transferred')"),
        (
            "completion_decided_at",
            "(status IN ('completed', 'not_completed')) = (completion_decided_at IS NOT NULL)",
        ),
        ("transferred_from", "transferred_from <> id"),
        ("withdrawn_reason", f"withdrawn_reason IN ({REASONS}, 'transferred', 'group_cancelled')"),
        (
            "status",
            "status IN ('pending', 'active', 'completed', 'not_completed', 'withdrawn', 'transferred')",
        ),
    ):
        op.create_check_constraint(name, "enrolments", rule)
    op.create_index("ix_enrolments_urn", "enrolments", ["urn"])
    op.create_index("uq_enrolments_transferred_from", "enrolments", ["transferred_from"], unique=True)


def _downgrade_enrolments() -> None:
    """Replace values unknown to the older form by the nearest: withdrawn for another reason, or active."""
    for name in (
        "withdrawn_at",
        "transferred",
        "completion_decided_at",
        "transferred_from",
        "withdrawn_reason",
        "status",
    ):
        _drop_check("enrolments", name)
    op.drop_index("ix_enrolments_urn", "enrolments")
    for column in ("transferred_from", "override_reason", "completion_decided_at"):
        op.drop_column("enrolments", column)
    op.execute(
        "UPDATE enrolments SET withdrawn_reason = 'other'"
        " WHERE withdrawn_reason IN ('transferred', 'group_cancelled')"
    )
    op.execute("UPDATE enrolments SET status = 'withdrawn' WHERE status = 'transferred'")
    op.execute("UPDATE enrolments SET status = 'active' WHERE status = 'not_completed'")
    for name, rule in (
        ("withdrawn_at", "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)"),
        ("withdrawn_reason", f"withdrawn_reason IN ({REASONS})"),
        ("status", f"status IN ({STATUSES})"),
    ):
        op.create_check_constraint(name, "enrolments", rule)


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("head_agreed_by", sa.Text),
        sa.Column("head_agreed_at", UtcDateTime()),
        sa.Column("agreement_version", sa.Text),
        sa.Column("submitted_at", UtcDateTime()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.Text),
        sa.Column("decision_reason", sa.Text),
        *_tracked(),
        sa.CheckConstraint(
            "num_nulls(head_agreed_by, head_agreed_at, agreement_version) IN (0, 3)", name="agreement"
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR (head_agreed_at IS NOT NULL AND status <> 'draft')", name="submitted_at"
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn', 'declined') OR submitted_at IS NOT NULL", name="submitted"
        ),
        sa.CheckConstraint("num_nulls(decided_at, decided_by) IN (0, 2)", name="decided"),
        sa.CheckConstraint(
            "status NOT IN ('waitlisted', 'accepted', 'declined') OR decided_at IS NOT NULL",
            name="decided_at",
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'waitlisted', 'accepted', 'declined', 'withdrawn')",
            name="status",
        ),
        sa.Index(
            "uq_applications_open",
            "work_group_id",
            "urn",
            unique=True,
            postgresql_where=sa.text("status IN ('draft', 'submitted', 'waitlisted')"),
        ),
        sa.Index("ix_applications_work_group_id", "work_group_id", "id"),
    )
    op.create_table(
        "application_participants",
        sa.Column("application_id", sa.Uuid, sa.ForeignKey("applications.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.CheckConstraint("position >= 1", name="position"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
        sa.Index("uq_application_participants_teacher_id", "application_id", "teacher_id", unique=True),
        sa.Index("ix_application_participants_teacher_id", "teacher_id"),
    )


def _waiting_list() -> None:
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("offered_at", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id")),
        *_tracked(),
        sa.CheckConstraint("seq >= 1", name="seq"),
        sa.CheckConstraint("num_nulls(offered_at, expires_at) IN (0, 2)", name="offered"),
        sa.CheckConstraint("expires_at > offered_at", name="expires_at"),
        sa.CheckConstraint("status IN ('waiting', 'left') OR offered_at IS NOT NULL", name="offered_at"),
        sa.CheckConstraint("(status = 'accepted') = (enrolment_id IS NOT NULL)", name="enrolment_id"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'accepted', 'declined', 'expired', 'left')", name="status"
        ),
        sa.Index("uq_waiting_list_seq", "work_group_id", "seq", unique=True),
        sa.Index(
            "uq_waiting_list_open",
            "work_group_id",
            "teacher_id",
            unique=True,
            postgresql_where=sa.text("status IN ('waiting', 'offered')"),
        ),
        sa.Index("ix_waiting_list_expires_at", "expires_at", postgresql_where=sa.text("status = 'offered'")),
        sa.Index("ix_waiting_list_teacher_id", "teacher_id"),
    )
