"""Schools, people, work groups, places, sessions and registers."""

import sqlalchemy as sa
from alembic import op

from hub_messaging import migrations as messaging
from hub_platform import idempotency
from hub_platform.database import UtcDateTime

revision = "0001_first_tables"
down_revision = None

TABLES = (
    "trusts",
    "schools",
    "school_links",
    "gias_imports",
    "teachers",
    "school_memberships",
    "leader_roles",
    "programmes",
    "work_groups",
    "work_group_leads",
    "enrolments",
    "sessions",
    "attendances",
)


def upgrade() -> None:
    messaging.create_v1()
    idempotency.create_v1()
    _register()
    _people()
    _groups()
    _places()
    _sessions()


def downgrade() -> None:
    for table in reversed(TABLES):
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


def _register() -> None:
    op.create_table(
        "trusts",
        sa.Column("uid", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        *_tracked(),
    )
    op.create_table(
        "schools",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("laestab", sa.BigInteger),
        sa.Column("la_code", sa.Text, nullable=False),
        sa.Column("la_name", sa.Text, nullable=False),
        sa.Column("district_code", sa.Text),
        sa.Column("district_name", sa.Text),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("type_code", sa.Integer, nullable=False),
        sa.Column("type_group", sa.Integer, nullable=False),
        sa.Column("eligible", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("open_date", sa.Date),
        sa.Column("close_date", sa.Date),
        sa.Column("trust_uid", sa.Text, sa.ForeignKey("trusts.uid")),
        sa.Column("trust_name", sa.Text),
        sa.Column("pupils", sa.Integer),
        sa.Column("fsm_percent", sa.Double),
        sa.Column("ukprn", sa.Text),
        sa.Column("postcode", sa.Text),
        sa.Column("easting", sa.Integer),
        sa.Column("northing", sa.Integer),
        sa.Column("last_changed", sa.Date),
        sa.Column("successor_urn", sa.Text),
        sa.Column("connected_on", sa.Date),
        sa.Column("connected_via", sa.Text),
        sa.Column("connected_by", sa.Text),
        *_tracked(),
        sa.CheckConstraint("la_code ~ '^[0-9]{3}$'", name="la_code"),
        sa.CheckConstraint("(trust_uid IS NOT NULL) OR (trust_name IS NULL)", name="trust_name"),
        sa.CheckConstraint("urn ~ '^[1-9][0-9]{4,5}$'", name="urn"),
        sa.CheckConstraint(
            "num_nulls(connected_on, connected_via, connected_by) IN (0, 3)", name="connected"
        ),
        sa.CheckConstraint(
            "status IN ('open', 'proposed_to_close', 'closed', 'proposed_to_open')", name="status"
        ),
        sa.CheckConstraint("pupils >= 0", name="pupils"),
        sa.CheckConstraint("successor_urn <> urn", name="successor_urn"),
        sa.CheckConstraint(
            "phase IN ('early_years', 'primary', 'secondary', 'post16', 'all_through', 'unknown')",
            name="phase",
        ),
        sa.CheckConstraint(
            "connected_via IN ('work_group', 'visit', 'enquiry', 'conference', 'other')", name="connected_via"
        ),
        sa.CheckConstraint("fsm_percent BETWEEN 0 AND 100", name="fsm_percent"),
        sa.Index("ix_schools_la_code", "la_code", "urn"),
        sa.Index("ix_schools_trust_uid", "trust_uid", "urn"),
    )
    op.create_table(
        "school_links",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("successor_urn", sa.Text, primary_key=True),
        sa.Column("link_type", sa.Text, nullable=False),
        sa.Column("established_on", sa.Date),
        sa.Column("principal", sa.Boolean, nullable=False),
        sa.Column("announced", sa.Boolean, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.CheckConstraint("urn <> successor_urn", name="own_successor"),
        sa.Index("ix_school_links_successor_urn", "successor_urn"),
        sa.Index("uq_school_links_principal", "urn", unique=True, postgresql_where=sa.text("principal")),
    )
    op.create_table(
        "gias_imports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("file_date", sa.Date),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("findings", sa.Integer, nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("applied_by", sa.Text, nullable=False),
        sa.CheckConstraint("rows >= created + changed + unchanged", name="rows"),
        sa.CheckConstraint("file IN ('establishments', 'links')", name="file"),
    )


def _people() -> None:
    op.create_table(
        "teachers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("trn", sa.Text),
        sa.Column("trnless", sa.Boolean, nullable=False),
        sa.Column("phase", sa.Text),
        *_tracked(),
        sa.CheckConstraint(
            "phase IN ('early_years', 'primary', 'secondary', 'post16', 'all_through', 'unknown')",
            name="phase",
        ),
        sa.CheckConstraint("trn ~ '^[0-9]{7}$' AND trn <> '0000000'", name="trn"),
        sa.CheckConstraint("NOT trnless OR trn IS NULL", name="trnless"),
        sa.CheckConstraint("email = lower(email)", name="email"),
        sa.Index("ix_teachers_email", "email"),
        sa.Index("uq_teachers_trn", "trn", unique=True),
    )
    op.create_table(
        "school_memberships",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        *_tracked(),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        sa.CheckConstraint(
            "role IN ('headteacher', 'maths_lead', 'class_teacher', 'ta', 'department', 'other')", name="role"
        ),
        sa.Index("ix_school_memberships_urn", "urn"),
        sa.Index(
            "uq_school_memberships_current",
            "teacher_id",
            "urn",
            unique=True,
            postgresql_where=sa.text("ends_on IS NULL"),
        ),
    )
    op.create_table(
        "leader_roles",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("core_leadership", sa.Boolean, nullable=False),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("trust_uid", sa.Text),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        *_tracked(),
        sa.CheckConstraint(
            "role IN ('hub_lead', 'deputy', 'amhl', 'tfm_lead', 'mastery_specialist', "
            "'work_group_lead', 'cohort_lead', 'pd_lead', 'administrator')",
            name="role",
        ),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        sa.Index("ix_leader_roles_teacher_id", "teacher_id"),
        sa.Index(
            "uq_leader_roles_current",
            "teacher_id",
            "role",
            unique=True,
            postgresql_where=sa.text("ends_on IS NULL"),
        ),
    )


def _groups() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("academic_year", sa.Text, nullable=False),
        sa.Column("ncp_code", sa.Text),
        sa.Column("strand", sa.Text, nullable=False),
        sa.Column("phases", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("min_schools", sa.Integer, nullable=False),
        sa.Column("min_teachers", sa.Integer, nullable=False),
        sa.Column("max_teachers", sa.Integer, nullable=False),
        sa.Column("max_per_school", sa.Integer),
        *_tracked(),
        sa.CheckConstraint("academic_year ~ '^20[0-9]{2}/[0-9]{2}$'", name="academic_year"),
        sa.CheckConstraint("min_schools >= 1 AND min_schools <= max_teachers", name="min_schools"),
        sa.CheckConstraint("ncp_code ~ '^NCP[0-9]{2}-[0-9]{2}[a-z]?$'", name="ncp_code"),
        sa.CheckConstraint("max_per_school >= 1", name="max_per_school"),
        sa.CheckConstraint("min_teachers BETWEEN 1 AND max_teachers", name="min_teachers"),
        sa.CheckConstraint(
            "strand IN ('readiness', 'development', 'embedding', 'sustaining', 'sktm', "
            "'mastering_number', 'continuity', 'specialist', 'innovation')",
            name="strand",
        ),
        sa.CheckConstraint("cardinality(phases) >= 1", name="phases"),
        sa.Index("uq_programmes_ncp_code", "ncp_code", unique=True),
    )
    op.create_table(
        "work_groups",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programmes.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.Text),
        sa.Column("venue", sa.Text),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("override_reason", sa.Text),
        *_tracked(),
        sa.CheckConstraint("mode IN ('in_person', 'online', 'school_hosted')", name="mode"),
        sa.CheckConstraint("closes_at > opens_at", name="closes_at"),
        sa.CheckConstraint("capacity >= 1", name="capacity"),
        sa.CheckConstraint("override_reason IS NULL OR confirmed_at IS NOT NULL", name="override_reason"),
        sa.CheckConstraint("num_nulls(confirmed_at, confirmed_by) IN (0, 2)", name="confirmed"),
        sa.CheckConstraint(
            "status IN ('draft', 'recruiting', 'confirmed', 'at_risk', 'running', "
            "'evaluating', 'closed', 'cancelled')",
            name="status",
        ),
        sa.Index("ix_work_groups_programme_id", "programme_id"),
    )
    op.create_table(
        "work_group_leads",
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 2", name="position"),
        sa.Index("ix_work_group_leads_teacher_id", "teacher_id"),
        sa.Index("uq_work_group_leads_teacher_id", "work_group_id", "teacher_id", unique=True),
    )


def _places() -> None:
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("teacher_id", sa.Uuid, sa.ForeignKey("teachers.id"), nullable=False),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("withdrawn_reason", sa.Text),
        *_tracked(),
        sa.CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_at"),
        sa.CheckConstraint("role IN ('lead_participant', 'participant')", name="role"),
        sa.CheckConstraint(
            "withdrawn_reason IN ('left_school', 'workload', 'illness', 'not_relevant', 'other')",
            name="withdrawn_reason",
        ),
        sa.CheckConstraint("withdrawn_at >= enrolled_at", name="withdrawn_after"),
        sa.CheckConstraint("num_nulls(withdrawn_at, withdrawn_reason) IN (0, 2)", name="withdrawn"),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'completed', 'withdrawn', 'transferred')", name="status"
        ),
        sa.Index("ix_enrolments_teacher_id", "teacher_id"),
        sa.Index("ix_enrolments_work_group_id", "work_group_id", "id"),
        sa.Index(
            "uq_enrolments_active",
            "work_group_id",
            "teacher_id",
            unique=True,
            postgresql_where=sa.text("status = 'active'"),
        ),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, sa.ForeignKey("work_groups.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("host_urn", sa.Text, sa.ForeignKey("schools.urn")),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("ics_sequence", sa.Integer, nullable=False),
        sa.Column("held_on", sa.Date),
        *_tracked(),
        sa.CheckConstraint("seq >= 1", name="seq"),
        sa.CheckConstraint("(status = 'completed') = (held_on IS NOT NULL)", name="held_on"),
        sa.CheckConstraint("mode IN ('in_person', 'online', 'school_hosted')", name="mode"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_at"),
        sa.CheckConstraint("mode <> 'school_hosted' OR host_urn IS NOT NULL", name="host_urn"),
        sa.CheckConstraint("status IN ('scheduled', 'rescheduled', 'completed', 'cancelled')", name="status"),
        sa.CheckConstraint("ics_sequence >= 0", name="ics_sequence"),
        sa.Index("uq_sessions_seq", "work_group_id", "seq", unique=True),
    )
    op.create_table(
        "attendances",
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("notified_at", UtcDateTime()),
        sa.Column("marked_at", UtcDateTime(), nullable=False),
        sa.Column("marked_by", sa.Text, nullable=False),
        sa.CheckConstraint("notified_at IS NULL OR mark = 'apologies'", name="notified_at"),
        sa.CheckConstraint("mark IN ('present', 'late', 'left_early', 'apologies', 'absent')", name="mark"),
        sa.Index("ix_attendances_enrolment_id", "enrolment_id"),
    )
