"""The library's tables, in every service's own database (docs/messaging.md explains them)."""

from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

# A row of one of these tables. SQLAlchemy gives its attributes no types.
StoredRow: TypeAlias = sa.Row[*tuple[Any, ...]]  # Any: each column has a type of its own

metadata = sa.MetaData()

_instant = sa.DateTime(timezone=True)
_zero = sa.text("0")
_none_yet = sa.text("'{}'::jsonb")

# One row for each subject: its lock orders the events about it, its counter numbers them.
outbox_subjects = sa.Table(
    "outbox_subjects",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    # event type → revision of the newest event of that type: now, and before the newest transaction.
    sa.Column("latest", JSONB, nullable=False, server_default=_none_yet),
    sa.Column("before", JSONB, nullable=False, server_default=_none_yet),
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
    sa.Column("after", sa.Text),  # as in Envelope
    sa.Column("change_id", sa.Text),  # as in Envelope
    sa.UniqueConstraint("subject", "revision", name="uq_outbox_subject_revision"),
    sa.CheckConstraint("revision >= 1", name="ck_outbox_revision"),
)
sa.Index("ix_outbox_unpublished", outbox.c.position, postgresql_where=outbox.c.published_at.is_(None))

# Received deliveries. A failed one is stored here, as its message was acknowledged.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("arrival", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("type", sa.Text),  # with its version from 2 on: the event's routing key
    sa.Column("subject", sa.Text),  # null of an undecodable message, which blocks nothing
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", _instant, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", _instant),
    sa.Column("first_error", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.Column("body", sa.LargeBinary),  # stored until the delivery is done
    sa.Column("revision", sa.Integer),
    sa.Column("after_revision", sa.Integer),  # of the same subject; must have taken effect before this one
    sa.Column("exchange", sa.Text),  # that it was published to, until it is done; null: not known
    sa.Column("original_body", sa.LargeBinary),  # the first body, if an operator has edited it
    sa.CheckConstraint("state IN ('done', 'waiting', 'held', 'parked', 'dropped')", name="ck_inbox_state"),
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
    inbox.c.revision,
    inbox.c.arrival,
    postgresql_where=sa.text("state IN ('waiting', 'held', 'parked')"),
)
sa.Index("ix_inbox_arrival", inbox.c.arrival)  # rows are deleted in this order, and the latest is queried
# Parked rows must not slow down the search for retries.
sa.Index(
    "ix_inbox_to_try",
    inbox.c.subscription,
    inbox.c.source,
    inbox.c.subject,
    postgresql_where=sa.text("state IN ('waiting', 'held') AND subject IS NOT NULL"),
)
sa.Index(
    "ix_inbox_next_attempt",
    inbox.c.subscription,
    inbox.c.next_attempt_at,
    postgresql_where=sa.text("state = 'waiting' AND subject IS NOT NULL"),
)
sa.Index(
    "ix_inbox_next_attempt_unreadable",
    inbox.c.subscription,
    inbox.c.next_attempt_at,
    postgresql_where=sa.text("state = 'waiting' AND subject IS NULL"),
)
sa.Index(
    "ix_inbox_dropped", inbox.c.subscription, inbox.c.arrival, postgresql_where=sa.text("state = 'dropped'")
)

# The highest revision of each subject that has taken effect or was given up.
inbox_subjects = sa.Table(
    "inbox_subjects",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)

# Event types that this database has caught up with; others are read from the log.
inbox_types = sa.Table(
    "inbox_types",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("behind_since", _instant),  # null: caught up
    sa.Column(
        "heard", sa.Boolean, nullable=False, server_default=sa.true()
    ),  # subscribed to by the running release
)

# Numbers of events of each kind ever published from here, counted by the relay as it marks them.
outbox_counts = sa.Table(
    "outbox_counts",
    metadata,
    sa.Column("routing_key", sa.Text, primary_key=True),
    sa.Column("published", sa.BigInteger, nullable=False),
)


def _how_far() -> tuple[sa.Column[object], ...]:
    """Return the columns of a retention limit (retention.RetentionState)."""
    return (
        sa.Column("before", _instant),  # older rows have been deleted; null: none has
        sa.Column("moved_at", _instant),  # by the clock; told to operators, decides nothing
        sa.Column("waited_seconds", sa.Double, nullable=False, server_default=sa.text("0")),
        sa.Column("keeper", sa.Text),  # the process that measures them; no other may add to them
        sa.Column("marks", ARRAY(sa.BigInteger), nullable=False, server_default=sa.text("'{}'::bigint[]")),
        sa.Column("table_oid", sa.BigInteger),  # the marks are of this table: a rebuild makes another one
        sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
    )


# The retention limit of published events; one row at most.
outbox_forgotten = sa.Table(
    "outbox_forgotten",
    metadata,
    sa.Column("only_row", sa.Boolean, primary_key=True, server_default=sa.true()),
    *_how_far(),
    sa.CheckConstraint("only_row", name="ck_outbox_forgotten_only_row"),
)

# The offset of this publisher's latest mark in the event log, and the log's fault; one row at most.
outbox_log = sa.Table(
    "outbox_log",
    metadata,
    sa.Column("mark_offset", sa.BigInteger, primary_key=True, autoincrement=False),
    # Events, ever, when that mark was written; null: as many as there are by the next one.
    sa.Column("published", sa.BigInteger),
    sa.Column("seen_at", _instant, nullable=False),
    sa.Column("trouble", sa.Text),  # null: the log is as it should be
)

# Numbers of events of each kind ever received, with their publisher's counts.
inbox_counts = sa.Table(
    "inbox_counts",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("routing_key", sa.Text, primary_key=True),
    sa.Column("received", sa.BigInteger, nullable=False, server_default=_zero),  # in whatever state
    sa.Column("done", sa.BigInteger, nullable=False, server_default=_zero),  # have taken effect
    sa.Column("newest_at", _instant),  # when the newest was received
    sa.Column("published", sa.BigInteger),  # by the publisher's newest mark; null: none has come
    sa.Column("marked_at", _instant),  # when that mark was written
    sa.Column("complete_at", _instant),  # when the newest mark was written by which nothing was missing
    sa.Column("missing", sa.BigInteger, nullable=False, server_default=_zero),  # as of that mark
    sa.Column(
        "accepted", sa.BigInteger, nullable=False, server_default=_zero
    ),  # of those, given up by an operator
)

# The retention limit of a subscription's finished deliveries, by source.
inbox_forgotten = sa.Table(
    "inbox_forgotten",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    *_how_far(),
)

# Events that took effect although their predecessor had never arrived.
inbox_gaps = sa.Table(
    "inbox_gaps",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("after_revision", sa.Integer, nullable=False),
    sa.Column("given_up_at", _instant, nullable=False, server_default=sa.func.clock_timestamp()),
)

# Changes in several versions: the event by which each has taken effect. Never deleted, because a version that
# is subscribed to for the first time is read from the beginning of the log.
inbox_changes = sa.Table(
    "inbox_changes",
    metadata,
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("change_id", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
)

# Operators' actions on deliveries.
inbox_audit = sa.Table(
    "inbox_audit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", _instant, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subscription", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("last_error", sa.Text),
    sa.CheckConstraint(
        "action IN ('replay', 'edit', 'drop', 'rebuild', 'forged', 'switch_back', 'heal', 'accept')",
        name="ck_inbox_audit_action",
    ),
    sa.CheckConstraint("why <> ''", name="ck_inbox_audit_why"),
)
