"""Migration steps of the library's tables; each service's migrations call them in order.

A step is never changed once it has been released: databases out there have taken it.
"""

import json
from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from alembic import op

HIGHEST_REVISION: Final = 2**31 - 1  # of PostgreSQL's integer

_V1 = (
    """
    CREATE TABLE outbox_subjects (subject TEXT NOT NULL PRIMARY KEY, revision INTEGER NOT NULL)
    """,
    """
    CREATE TABLE outbox (
      position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id UUID NOT NULL UNIQUE,
      type TEXT NOT NULL,
      version INTEGER NOT NULL,
      subject TEXT NOT NULL,
      revision INTEGER NOT NULL CONSTRAINT ck_outbox_revision CHECK (revision >= 1),
      occurred_at TIMESTAMPTZ NOT NULL,
      recorded_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
      recorded_by TEXT,
      correlation_id TEXT,
      causation_id TEXT,
      traceparent TEXT,
      data JSONB NOT NULL,
      published_at TIMESTAMPTZ,
      CONSTRAINT uq_outbox_subject_revision UNIQUE (subject, revision)
    )
    """,
    "CREATE INDEX ix_outbox_unpublished ON outbox (position) WHERE published_at IS NULL",
    """
    CREATE TABLE inbox (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      event_id TEXT NOT NULL,
      arrival BIGINT GENERATED ALWAYS AS IDENTITY,
      type TEXT,
      subject TEXT,
      state TEXT NOT NULL,
      received_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_at TIMESTAMPTZ,
      first_error TEXT,
      last_error TEXT,
      body BYTEA,
      PRIMARY KEY (subscription, source, event_id),
      CONSTRAINT ck_inbox_state CHECK (state IN ('done', 'waiting', 'held', 'parked')),
      CONSTRAINT ck_inbox_body CHECK ((state = 'done') = (body IS NULL)),
      CONSTRAINT ck_inbox_next_attempt_at CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL))
    )
    """,
    "CREATE INDEX ix_inbox_unfinished ON inbox (subscription, source, subject) WHERE state <> 'done'",
)
_UNDO_V1 = ("DROP TABLE inbox", "DROP TABLE outbox", "DROP TABLE outbox_subjects")

# v2, November 2026: order by predecessor, catching up from the log, operators' actions.
_V2 = (
    """
    ALTER TABLE outbox_subjects
      ADD latest JSONB NOT NULL DEFAULT '{}',
      ADD before JSONB NOT NULL DEFAULT '{}'
    """,
    "ALTER TABLE outbox ADD after TEXT",
    """
    ALTER TABLE inbox
      ADD revision INTEGER,
      ADD after_revision INTEGER,
      ADD original_body BYTEA,
      DROP CONSTRAINT ck_inbox_state,
      ADD CONSTRAINT ck_inbox_state CHECK (state IN ('done', 'waiting', 'held', 'parked', 'dropped'))
    """,
    "DROP INDEX ix_inbox_unfinished",
    """
    CREATE INDEX ix_inbox_unfinished ON inbox (subscription, source, subject, revision)
      WHERE state IN ('waiting', 'held', 'parked')
    """,
    """
    CREATE TABLE inbox_subjects (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      subject TEXT NOT NULL,
      revision INTEGER NOT NULL,
      PRIMARY KEY (subscription, source, subject)
    )
    """,
    """
    CREATE TABLE inbox_types (
      subscription TEXT NOT NULL,
      type TEXT NOT NULL,
      behind_since TIMESTAMPTZ,
      PRIMARY KEY (subscription, type)
    )
    """,
    # Types subscribed to so far have been received from their beginning.
    """
    INSERT INTO inbox_types (subscription, type)
    SELECT DISTINCT subscription, type FROM inbox WHERE type IS NOT NULL
    """,
    """
    CREATE TABLE inbox_audit (
      id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
      by TEXT NOT NULL,
      why TEXT NOT NULL CONSTRAINT ck_inbox_audit_why CHECK (why <> ''),
      action TEXT NOT NULL CONSTRAINT ck_inbox_audit_action
        CHECK (action IN ('replay', 'edit', 'drop', 'rebuild')),
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      event_id TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      last_error TEXT
    )
    """,
)
_UNDO_V2 = (
    "DROP TABLE inbox_audit",
    "DROP TABLE inbox_types",
    "DROP TABLE inbox_subjects",
    "DROP INDEX ix_inbox_unfinished",
    # The first form has no state `dropped`; dropped deliveries must not be retried.
    "UPDATE inbox SET state = 'done', body = NULL WHERE state = 'dropped'",
    """
    ALTER TABLE inbox
      DROP CONSTRAINT ck_inbox_state,
      ADD CONSTRAINT ck_inbox_state CHECK (state IN ('done', 'waiting', 'held', 'parked')),
      DROP original_body, DROP after_revision, DROP revision
    """,
    "CREATE INDEX ix_inbox_unfinished ON inbox (subscription, source, subject) WHERE state <> 'done'",
    "ALTER TABLE outbox DROP after",
    "ALTER TABLE outbox_subjects DROP before, DROP latest",
)


def create_v1() -> None:
    """Create the first form of the tables."""
    _run(_V1)


def drop_v1() -> None:
    """Drop the tables."""
    _run(_UNDO_V1)


def v1_to_v2() -> None:
    """Upgrade to the second form."""
    _run(_V2)
    _number_stored_deliveries()


def v2_to_v1() -> None:
    """Go back to the first form."""
    _run(_UNDO_V2)


def read_again(types: Iterable[str]) -> None:
    """Make the service read all events of some types from the log again, at its next start.

    For a reader whose new tables need events that it has received before. Its handlers must be safe to
    repeat: nothing remembers that these events have taken effect. Deliveries that failed or wait are left as
    they are.
    """
    listed = {"types": sorted(types)}
    connection = op.get_bind()
    connection.execute(sa.text("DELETE FROM inbox WHERE state = 'done' AND type = ANY(:types)"), listed)
    if connection.scalar(sa.text("SELECT to_regclass('inbox_counts')")) is not None:  # since the third form
        connection.execute(_COUNT_AGAIN, listed)
    connection.execute(sa.text("DELETE FROM inbox_types WHERE type = ANY(:types)"), listed)


# An event that is read again is counted again.
_COUNT_AGAIN: Final = sa.text(
    """
    UPDATE inbox_counts SET done = 0, received = (
      SELECT count(*) FROM inbox
      WHERE inbox.subscription = inbox_counts.subscription AND inbox.source = inbox_counts.source
        AND inbox.type = inbox_counts.routing_key AND inbox.state <> 'done' AND inbox.subject IS NOT NULL
    )
    WHERE routing_key = ANY(:types)
    """
)


def _number_stored_deliveries() -> None:
    """Set the revision of stored deliveries from their bodies; unreadable ones have none.

    Read here and not by the database, whose JSON takes less than ours: no NUL, no coding but UTF-8.
    """
    connection = op.get_bind()
    kept = sa.text(
        "SELECT subscription, source, event_id, body FROM inbox WHERE state <> 'done' AND subject IS NOT NULL"
    )
    number = sa.text(
        """
        UPDATE inbox SET revision = :revision, subject = CASE WHEN :revision IS NOT NULL THEN subject END
        WHERE subscription = :subscription AND source = :source AND event_id = :event_id
        """
    ).bindparams(sa.bindparam("revision", type_=sa.Integer))
    for row in connection.execute(kept).all():
        revision = json.loads(bytes(row.body))["revision"]
        # A revision out of range belongs to no subject: the event can never take effect.
        known = revision if revision <= HIGHEST_REVISION else None
        key = {"subscription": row.subscription, "source": row.source, "event_id": row.event_id}
        connection.execute(number, key | {"revision": known})


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(statement)
