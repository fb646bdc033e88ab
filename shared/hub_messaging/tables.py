"""The post office's tables, which every service keeps in its own database."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

_instant = sa.DateTime(timezone=True)

# One row for each subject: its lock keeps the events about it in order, its counter numbers them.
outbox_subjects = sa.Table(
    "outbox_subjects",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("id", sa.Uuid, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("occurred_at", _instant, nullable=False),
    sa.Column("recorded_at", _instant, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("recorded_by", sa.Text),
    sa.Column("correlation_id", sa.Text),
    sa.Column("causation_id", sa.Text),
    sa.Column("traceparent", sa.Text),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("published_at", _instant),
    sa.UniqueConstraint("subject", "revision", name="uq_outbox_subject_revision"),
    sa.CheckConstraint("revision >= 1", name="ck_outbox_revision"),
)
sa.Index("ix_outbox_unpublished", outbox.c.position, postgresql_where=outbox.c.published_at.is_(None))

DONE, WAITING, HELD, PARKED = "done", "waiting", "held", "parked"

# What has been received. Rows that are not done are where failure lives: the message itself was acknowledged.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("arrival", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("type", sa.Text),
    sa.Column("subject", sa.Text),  # null when the message could not be read: then it holds up nothing
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", _instant, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", _instant),
    sa.Column("first_error", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.Column("body", sa.LargeBinary),  # kept only while the delivery is not done
    sa.CheckConstraint("state IN ('done', 'waiting', 'held', 'parked')", name="ck_inbox_state"),
    sa.CheckConstraint("(state = 'done') = (body IS NULL)", name="ck_inbox_body"),
    sa.CheckConstraint(
        "(state = 'waiting') = (next_attempt_at IS NOT NULL)", name="ck_inbox_next_attempt_at"
    ),
)
sa.Index(
    "ix_inbox_unfinished",
    inbox.c.subscription,
    inbox.c.source,
    inbox.c.subject,
    postgresql_where=inbox.c.state != DONE,
)


def create_v1() -> None:
    """Create the first form of the tables; called from a service's first migration."""
    from alembic import op

    metadata.create_all(op.get_bind())
