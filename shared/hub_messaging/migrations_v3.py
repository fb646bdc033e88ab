"""The third form of the library's tables, November 2026: columns and tables that detect faults.

Counts that are kept, where a delivery came through, and how far has been forgotten.
"""

from typing import Final

from alembic import op

_HOW_FAR: Final = """
      before TIMESTAMPTZ,
      moved_at TIMESTAMPTZ,
      waited_seconds DOUBLE PRECISION NOT NULL DEFAULT 0,
      keeper TEXT,
      marks BIGINT[] NOT NULL DEFAULT '{}',
      table_oid BIGINT,
      stopped BOOLEAN NOT NULL DEFAULT FALSE
"""

# The marks that would have been made until now (retention.RetentionState): for each age in days, the last
# place before the first row that is younger. Ages are counted from the newest row or the clock, whichever is
# earlier. The days are found once: a query that PostgreSQL may merge into the other would read the table for
# each age.
_MARKS_OF_OUTBOX: Final = """
    INSERT INTO outbox_forgotten (marks, table_oid)
    WITH now AS (
      SELECT least(max(published_at), clock_timestamp()) AS instant, max(position) AS head FROM outbox
    ), days AS MATERIALIZED (
      SELECT floor(extract(epoch FROM now.instant - outbox.published_at) / 86400) AS age,
             min(position) AS first
      FROM outbox, now GROUP BY 1
    )
    SELECT array_agg(coalesce((SELECT min(first) - 1 FROM days
                               WHERE days.age < n.age OR days.age IS NULL), head) ORDER BY n.age DESC),
           CAST('outbox'::regclass AS oid)::bigint
    FROM now, generate_series(0, 400) AS n (age)
    WHERE head IS NOT NULL
    HAVING count(*) > 0
"""
# Until now an inbox forgot after 400 days: one that is as old as that has forgotten what is before its oldest
# row.
_MARKS_OF_INBOX: Final = """
    INSERT INTO inbox_forgotten (subscription, source, before, marks, table_oid)
    WITH ends AS (
      SELECT subscription, source, max(arrival) AS head,
             least(max(received_at), clock_timestamp()) AS instant, min(received_at) AS oldest
      FROM inbox WHERE subject IS NOT NULL GROUP BY subscription, source
    ), days AS MATERIALIZED (
      SELECT subscription, source, min(arrival) AS first,
             floor(extract(epoch FROM instant - received_at) / 86400) AS age
      FROM inbox JOIN ends USING (subscription, source) GROUP BY subscription, source, age
    )
    SELECT subscription, source,
           CASE WHEN oldest < instant - INTERVAL '399 days' THEN oldest END,
           array_agg(coalesce((SELECT min(first) - 1 FROM days
                               WHERE days.subscription = ends.subscription AND days.source = ends.source
                                 AND days.age < n.age), head) ORDER BY n.age DESC),
           CAST('inbox'::regclass AS oid)::bigint
    FROM ends, generate_series(0, 430) AS n (age)
    GROUP BY subscription, source, oldest, instant
"""

_V3: Final = (
    # An earlier migration that records events (backfill.py) has added it already.
    "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS change_id TEXT",
    "ALTER TABLE inbox ADD exchange TEXT",
    "DROP INDEX ix_inbox_unfinished",
    """
    CREATE INDEX ix_inbox_unfinished ON inbox (subscription, source, subject, revision, arrival)
      WHERE state IN ('waiting', 'held', 'parked')
    """,
    """
    CREATE INDEX ix_inbox_to_try ON inbox (subscription, source, subject)
      WHERE state IN ('waiting', 'held') AND subject IS NOT NULL
    """,
    """
    CREATE INDEX ix_inbox_next_attempt ON inbox (subscription, next_attempt_at)
      WHERE state = 'waiting' AND subject IS NOT NULL
    """,
    """
    CREATE INDEX ix_inbox_next_attempt_unreadable ON inbox (subscription, next_attempt_at)
      WHERE state = 'waiting' AND subject IS NULL
    """,
    "CREATE INDEX ix_inbox_dropped ON inbox (subscription, arrival) WHERE state = 'dropped'",
    """
    ALTER TABLE inbox_audit
      DROP CONSTRAINT ck_inbox_audit_action,
      ADD CONSTRAINT ck_inbox_audit_action
        CHECK (action IN ('replay', 'edit', 'drop', 'rebuild', 'forged', 'switch_back', 'heal', 'accept'))
    """,
    "ALTER TABLE inbox_types ADD heard BOOLEAN NOT NULL DEFAULT TRUE",
    "CREATE TABLE outbox_counts (routing_key TEXT NOT NULL PRIMARY KEY, published BIGINT NOT NULL)",
    f"""
    CREATE TABLE outbox_forgotten (
      only_row BOOLEAN NOT NULL DEFAULT TRUE PRIMARY KEY
        CONSTRAINT ck_outbox_forgotten_only_row CHECK (only_row),
      {_HOW_FAR}
    )
    """,
    """
    CREATE TABLE outbox_log (
      mark_offset BIGINT NOT NULL PRIMARY KEY,
      published BIGINT,
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
      complete_at TIMESTAMPTZ,
      missing BIGINT NOT NULL DEFAULT 0,
      accepted BIGINT NOT NULL DEFAULT 0,
      PRIMARY KEY (subscription, source, routing_key)
    )
    """,
    f"""
    CREATE TABLE inbox_forgotten (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      {_HOW_FAR},
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
    """
    CREATE TABLE inbox_changes (
      subscription TEXT NOT NULL,
      source TEXT NOT NULL,
      change_id TEXT NOT NULL,
      event_id TEXT NOT NULL,
      PRIMARY KEY (subscription, source, change_id)
    )
    """,
    "CREATE INDEX ix_inbox_arrival ON inbox (arrival)",
    _MARKS_OF_OUTBOX,
    _MARKS_OF_INBOX,
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
            "inbox_changes",
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
    "DROP INDEX ix_inbox_arrival",
    "DROP INDEX ix_inbox_dropped",
    "DROP INDEX ix_inbox_next_attempt_unreadable",
    "DROP INDEX ix_inbox_next_attempt",
    "DROP INDEX ix_inbox_to_try",
    "DROP INDEX ix_inbox_unfinished",
    """
    CREATE INDEX ix_inbox_unfinished ON inbox (subscription, source, subject, revision)
      WHERE state IN ('waiting', 'held', 'parked')
    """,
    "ALTER TABLE inbox_types DROP heard",
    "ALTER TABLE inbox DROP exchange",
    "ALTER TABLE outbox DROP change_id",
)


def v2_to_v3() -> None:
    """Upgrade to the third form."""
    for statement in _V3:
        op.execute(statement)


def v3_to_v2() -> None:
    """Go back to the second form."""
    for statement in _UNDO_V3:
        op.execute(statement)
