"""Messages, and what is known of schools, Work Groups, sessions and places."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from hub_messaging import migrations as messaging
from hub_platform import idempotency
from hub_platform.database import UtcDateTime

revision = "0001_first_tables"
down_revision = None


def upgrade() -> None:
    messaging.create_v1()
    idempotency.create_v1()
    _learnt()
    _messages()


def downgrade() -> None:
    for table in ("messages", "places", "group_sessions", "work_groups", "schools"):
        op.drop_table(table)
    idempotency.metadata.drop_all(op.get_bind())
    messaging.drop_v1()


def _learnt() -> None:
    op.create_table(
        "schools",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "work_groups",
        sa.Column("work_group_id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "group_sessions",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, nullable=False, index=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("host_urn", sa.Text),
        sa.Column("ics_sequence", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "places",
        sa.Column("enrolment_id", sa.Uuid, primary_key=True),
        sa.Column("work_group_id", sa.Uuid, nullable=False),
        sa.Column("teacher_id", sa.Uuid, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Index(None, "work_group_id", postgresql_where=sa.text("active")),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("recipient_ref", sa.Text, nullable=False),
        sa.Column("dedupe_key", sa.Text, nullable=False, unique=True),
        sa.Column("concerns", sa.Text, nullable=False, index=True),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("claim", sa.Uuid),
        sa.Column("claimed_until", UtcDateTime()),
        sa.Column("reason", sa.Text),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("resend_of", sa.Uuid, sa.ForeignKey("messages.id"), index=True),
        sa.Column("resend_by", sa.Text),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        *_message_checks(),
        sa.Index("ix_messages_due", "next_attempt_at", postgresql_where=sa.text("status = 'due'")),
        sa.Index("ix_messages_claimed", "claimed_until", postgresql_where=sa.text("status = 'sending'")),
    )


def _message_checks() -> list[sa.CheckConstraint]:
    checks = {
        "status": "status IN ('due', 'sending', 'sent', 'failed', 'suppressed')",
        "claimed": "(status = 'sending') = (claim IS NOT NULL AND claimed_until IS NOT NULL)",
        "sent_says_when": "(status = 'sent') = (sent_at IS NOT NULL)",
        "says_why": "status NOT IN ('failed', 'suppressed') OR reason IS NOT NULL",
        "resend_says_by_whom": "(resend_of IS NULL) = (resend_by IS NULL)",
    }
    return [sa.CheckConstraint(condition, name=name) for name, condition in checks.items()]
