"""Calendars, assignments, obligations, visits and exemptions; schools and leaders."""

import sqlalchemy as sa
from alembic import op

from hub_messaging import migrations as messaging
from hub_platform import idempotency
from hub_platform.database import UtcDateTime

revision = "0001_first_tables"
down_revision = None

KINDS_OWED = "kind IN ('visit', 'department_pd')"


def upgrade() -> None:
    messaging.create_v1()
    idempotency.create_v1()
    _learnt()
    _calendars()
    _assignments()
    _visits()
    _obligations()


def downgrade() -> None:
    for table in ("exemptions", "obligations", "actions", "visits", "assignments"):
        op.drop_table(table)
    for table in ("calendar_half_terms", "calendars", "leader_posts", "schools"):
        op.drop_table(table)
    idempotency.metadata.drop_all(op.get_bind())
    messaging.drop_v1()


def _tracked() -> list[sa.Column[object]]:
    return [
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    ]


def _learnt() -> None:
    op.create_table(
        "schools",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("la_code", sa.Text),
        sa.Column("phase", sa.Text),
        sa.Column("status", sa.Text),
        sa.Column("trust_uid", sa.Text),
        sa.Column("facts_revision", sa.Integer, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("closed_revision", sa.Integer, nullable=False),
        sa.Column("successor_urn", sa.Text),
        sa.Column("successor_revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "leader_posts",
        sa.Column("leader_role_id", sa.Uuid, primary_key=True),
        sa.Column("teacher_id", sa.Uuid, nullable=False, index=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("trust_uid", sa.Text),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def _calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("academic_year", sa.Text, nullable=False),
        *_tracked(),
        sa.UniqueConstraint("scope", "academic_year"),
        sa.CheckConstraint(r"scope ~ '^(hub|la:\d{3}|trust:\w+|school:[1-9]\d{4,5})$'", name="scope"),
        sa.CheckConstraint(r"academic_year ~ '^\d{4}/\d{2}$'", name="academic_year"),
    )
    op.create_table(
        "calendar_half_terms",
        sa.Column(
            "calendar_id", sa.Uuid, sa.ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("non_school_days", sa.ARRAY(sa.Date), nullable=False),
        sa.CheckConstraint("n BETWEEN 1 AND 6", name="n"),
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("pd_lead_id", sa.Uuid, nullable=False, index=True),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("academic_year", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text), nullable=False),
        *_tracked(),
        sa.UniqueConstraint("urn", "programme", "academic_year"),
        sa.CheckConstraint("programme IN ('opportunity_area', 'intensive', 'tfm_support')", name="programme"),
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        sa.CheckConstraint("cardinality(kinds) > 0", name="kinds"),
    )


# Long: one table, one column to a line.
def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.id"), nullable=False),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("pd_lead_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("meets", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("half_term", sa.Text),
        sa.Column("out_of_term", sa.Boolean, nullable=False),
        sa.Column("happened_on", sa.Date),
        sa.Column("half_days", sa.Integer),
        sa.Column("focus", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("people_met", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("staff_present", sa.Integer),
        sa.Column("department_size", sa.Integer),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("logged_at", UtcDateTime()),
        sa.Column("logged_by", sa.Text),
        sa.Column("cancel_reason", sa.Text),
        *_tracked(),
        *_visit_checks(),
        sa.Index(None, "assignment_id", "half_term"),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visits.id"), nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("owner_role", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.CheckConstraint(
            "owner_role IN"
            " ('pd_lead', 'headteacher', 'maths_lead', 'class_teacher', 'ta', 'department', 'other')",
            name="owner_role",
        ),
    )


def _visit_checks() -> list[sa.CheckConstraint]:
    kinds = "kind IN ('support', 'lesson_planning', 'observation', 'department_pd', 'pd_day')"
    logged = (
        "(status = 'logged') = (happened_on IS NOT NULL AND half_days IS NOT NULL"
        " AND logged_at IS NOT NULL AND logged_by IS NOT NULL)"
    )
    checks = {
        "status": "status IN ('planned', 'logged', 'cancelled')",
        "kind": kinds,
        "meets": "meets IN ('visit', 'department_pd')",
        "logged_says_when_and_by_whom": logged,
        "cancelled_says_why": "(status = 'cancelled') = (cancel_reason IS NOT NULL)",
        "half_days": "half_days > 0",
        "department_whole": "(department_size IS NULL) = (staff_present IS NULL)",
        "staff_present": "staff_present BETWEEN 0 AND department_size",
        "out_of_term": "NOT (out_of_term AND half_term IS NOT NULL)",
    }
    return [sa.CheckConstraint(condition, name=name) for name, condition in checks.items()]


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("assignment_id", sa.Uuid, sa.ForeignKey("assignments.id"), primary_key=True),
        sa.Column("half_term", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("pd_lead_id", sa.Uuid, nullable=False, index=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.CheckConstraint(KINDS_OWED, name="kind"),
        sa.CheckConstraint(r"half_term ~ '^\d{4}-[1-6]$'", name="half_term"),
        sa.Index(None, "urn", "half_term", "kind"),
    )
    op.create_table(
        "exemptions",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("half_term", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.CheckConstraint(
            "reason IN ('ofsted', 'closure', 'staff_absence', 'school_request', 'snow')", name="reason"
        ),
        sa.CheckConstraint(KINDS_OWED, name="kind"),
    )
