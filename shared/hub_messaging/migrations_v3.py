"""The third form of the post office's tables, November 2026: what guards it.

Counts that are kept, where a delivery came through, and how far has been forgotten.
"""

from typing import Final

from alembic import op

_V3: Final = (
    "ALTER TABLE outbox ADD change_id TEXT",
    "ALTER TABLE inbox ADD exchange TEXT",
    """
    ALTER TABLE inbox_audit
      DROP CONSTRAINT ck_inbox_audit_action,
      ADD CONSTRAINT ck_inbox_audit_action
        CHECK (action IN ('replay', 'edit', 'drop', 'rebuild', 'forged', 'switch_back', 'heal', 'accept'))
    """,
    "CREATE TABLE outbox_counts (routing_key TEXT NOT NULL PRIMARY KEY, published BIGINT NOT NULL)",
    "CREATE TABLE outbox_forgotten (before TIMESTAMPTZ NOT NULL PRIMARY KEY, moved_at TIMESTAMPTZ NOT NULL)",
    """
    CREATE TABLE outbox_log (
      mark_offset BIGINT NOT NULL PRIMARY KEY,
      seen_at TIMESTAMPTZ NOT NULL,
      trouble TEXT
    )
    """,
    """
    CREATE TABLE inbox_counts (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      routing_key TEXT NOT NULL,
      received BIGINT NOT NULL DEFAULT 0,
      done BIGINT NOT NULL DEFAULT 0,
      newest_at TIMESTAMPTZ,
      published BIGINT,
      marked_at TIMESTAMPTZ,
      missing BIGINT NOT NULL DEFAULT 0,
      accepted BIGINT NOT NULL DEFAULT 0,
      PRIMARY KEY (subscription, source, routing_key)
    )
    """,
    """
    CREATE TABLE inbox_forgotten (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      before TIMESTAMPTZ NOT NULL,
      moved_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (subscription, source)
    )
    """,
    """
    CREATE TABLE inbox_gaps (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      event_id TEXT NOT NULL,
      subject TEXT NOT NULL,
      after_revision INTEGER NOT NULL,
      given_up_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (subscription, source, event_id)
    )
    """,
    # Until now every event was of version 1, so its routing key was its type.
    """
    INSERT INTO outbox_counts (routing_key, published)
    SELECT type, count(*) FROM outbox WHERE published_at IS NOT NULL GROUP BY type
    """,
    """
    INSERT INTO inbox_counts (subscription, source, routing_key, received, done, newest_at)
    SELECT subscription, source, type, count(*), count(*) FILTER (WHERE state = 'done'), max(received_at)
    FROM inbox WHERE subject IS NOT NULL AND type IS NOT NULL GROUP BY subscription, source, type
    """,
)
_UNDO_V3: Final = (
    *(
        f"DROP TABLE {name}"
        for name in (
            "inbox_gaps",
            "inbox_forgotten",
            "inbox_counts",
            "outbox_log",
            "outbox_forgotten",
            "outbox_counts",
        )
    ),
    "DELETE FROM inbox_audit WHERE action NOT IN ('replay', 'edit', 'drop', 'rebuild')",
    """
    ALTER TABLE inbox_audit
      DROP CONSTRAINT ck_inbox_audit_action,
      ADD CONSTRAINT ck_inbox_audit_action CHECK (action IN ('replay', 'edit', 'drop', 'rebuild'))
    """,
    "ALTER TABLE inbox DROP exchange",
    "ALTER TABLE outbox DROP change_id",
)


def v2_to_v3() -> None:
    """Bring the third form."""
    for statement in _V3:
        op.execute(statement)


def v3_to_v2() -> None:
    """Go back to the second form."""
    for statement in _UNDO_V3:
        op.execute(statement)
