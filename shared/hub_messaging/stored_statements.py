"""SQL on stored deliveries; its cost depends on the rows asked for, not on the number parked.

Each question about a subject is a subquery with a limit, so that PostgreSQL has no choice but an index,
whatever it knows of the tables: a storm comes before its statistics do.
"""

import sqlalchemy as sa

_UNFINISHED = "state IN ('waiting', 'held', 'parked')"
_TO_TRY = "subscription = :subscription AND state IN ('waiting', 'held') AND subject IS NOT NULL"
_TURN = "event_id, revision, arrival, state, next_attempt_at, after_revision"


def _reached(row: str) -> str:
    """Return SQL for the latest revision with effect of a row's subject; null when there is none."""
    return f"""
      (SELECT revision FROM inbox_subjects AS reached
       WHERE reached.subscription = :subscription
         AND reached.source = {row}.source AND reached.subject = {row}.subject)"""  # noqa: S608 - our names


def _unfinished_of(row: str, columns: str, limit: str = "1") -> str:
    """Return SQL for the stored deliveries of a row's subject, in order."""
    return f"""
      (SELECT {columns} FROM inbox AS unfinished
       WHERE unfinished.subscription = :subscription AND unfinished.source = {row}.source
         AND unfinished.subject = {row}.subject AND unfinished.{_UNFINISHED}
       ORDER BY revision, arrival LIMIT {limit})"""  # noqa: S608 - our names


# From subject to subject by the index, each once, however many of its deliveries are stored.
_SUBJECTS_TO_TRY = f"""
    subjects_to_try AS (
      (SELECT source, subject, 1 AS n FROM inbox
       WHERE {_TO_TRY} AND (source, subject) > (:after_source, :after_subject)
       ORDER BY source, subject LIMIT 1)
      UNION ALL
      SELECT following.source, following.subject, n + 1
      FROM subjects_to_try AS last CROSS JOIN LATERAL
        (SELECT source, subject FROM inbox
         WHERE {_TO_TRY} AND (source, subject) > (last.source, last.subject)
         ORDER BY source, subject LIMIT 1) AS following
      WHERE n < :steps
    )"""  # noqa: S608 - our names

# The latest revision with effect of subjects, and the first blocking one.
PROGRESS = sa.text(
    f"""
    SELECT source, subject, {_reached("wanted")} AS taken, {_unfinished_of("wanted", "revision")} AS stuck
    FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS wanted (source, subject)
    """  # noqa: S608 - our names
)

# Of each subject the next row, and whether it may be retried now: its wait has ended, or its predecessor has
# taken effect.
NEXT = sa.text(
    f"""
    WITH RECURSIVE {_SUBJECTS_TO_TRY}
    SELECT subjects_to_try.source, subjects_to_try.subject, event_id, arrival,
      CASE state
        WHEN 'waiting' THEN next_attempt_at <= :now
        WHEN 'held' THEN coalesce(after_revision, 0) <= coalesce({_reached("subjects_to_try")}, 0)
        ELSE false
      END AS due
    FROM subjects_to_try CROSS JOIN LATERAL
      {_unfinished_of("subjects_to_try", _TURN)} AS next
    ORDER BY n
    """  # noqa: S608 - our names
)

# Failed deliveries whose wait has ended, unless an earlier one blocks their subject. Undecodable messages
# belong to no subject and block nothing.
WAITED = sa.text(
    f"""
    SELECT source, subject, event_id, arrival FROM
      (SELECT * FROM inbox
       WHERE subscription = :subscription AND state = 'waiting' AND subject IS NOT NULL
         AND next_attempt_at <= :now
       ORDER BY next_attempt_at LIMIT :steps) AS waited
    WHERE event_id = {_unfinished_of("waited", "event_id")}
    UNION ALL
    (SELECT source, subject, event_id, arrival FROM inbox
     WHERE subscription = :subscription AND state = 'waiting' AND subject IS NULL AND next_attempt_at <= :now
     ORDER BY next_attempt_at LIMIT :steps)
    """  # noqa: S608 - our names
)

# The stored deliveries of some subjects, in order.
CHAINS = sa.text(
    f"""
    SELECT first.source, first.subject, {_reached("first")} AS reached, chain.*
    FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) WITH ORDINALITY
      AS first (source, subject, n)
    CROSS JOIN LATERAL
      {_unfinished_of("first", _TURN, ":length")}
      AS chain
    ORDER BY n, revision, arrival
    """  # noqa: S608 - our names
)

LOCK = sa.text(
    """
    SELECT inbox.*
    FROM unnest(CAST(:sources AS text[]), CAST(:event_ids AS text[])) WITH ORDINALITY
      AS wanted (source, event_id, n)
    JOIN inbox ON inbox.subscription = :subscription
      AND inbox.source = wanted.source AND inbox.event_id = wanted.event_id
    WHERE state IN ('waiting', 'held')
    ORDER BY n
    FOR UPDATE OF inbox SKIP LOCKED
    """
)

# Stored deliveries have taken effect.
FINISH = sa.text(
    """
    WITH finished AS (
      UPDATE inbox SET state = 'done', body = NULL, next_attempt_at = NULL, attempts = attempts + 1
      FROM unnest(CAST(:sources AS text[]), CAST(:event_ids AS text[])) AS ended (source, event_id)
      WHERE inbox.subscription = :subscription
        AND inbox.source = ended.source AND inbox.event_id = ended.event_id
      RETURNING inbox.source, type, subject
    )
    INSERT INTO inbox_counts AS known (subscription, source, routing_key, done)
    SELECT :subscription, source, type, count(*) FROM finished
    WHERE subject IS NOT NULL
    GROUP BY source, type
    ORDER BY source, type
    ON CONFLICT (subscription, source, routing_key) DO UPDATE SET done = known.done + excluded.done
    """
)

REACH = sa.text(
    """
    INSERT INTO inbox_subjects (subscription, source, subject, revision)
    SELECT subscription, source, subject, max(revision)
    FROM unnest(CAST(:subscriptions AS text[]), CAST(:sources AS text[]), CAST(:subjects AS text[]),
                CAST(:revisions AS integer[])) AS ended (subscription, source, subject, revision)
    WHERE subject IS NOT NULL
    GROUP BY subscription, source, subject
    ORDER BY subscription, source, subject
    ON CONFLICT (subscription, source, subject)
    DO UPDATE SET revision = greatest(inbox_subjects.revision, excluded.revision)
    """
)

PARK = sa.text(
    """
    WITH parked AS (
      INSERT INTO inbox (subscription, source, event_id, type, subject, revision, state, attempts,
                         first_error, last_error, body, exchange)
      SELECT :subscription, source, event_id, type, subject, revision, 'parked', 1, error, error, body,
             exchange
      FROM unnest(CAST(:sources AS text[]), CAST(:event_ids AS text[]), CAST(:types AS text[]),
                  CAST(:subjects AS text[]), CAST(:revisions AS integer[]), CAST(:errors AS text[]),
                  CAST(:bodies AS bytea[]), CAST(:exchanges AS text[]))
           WITH ORDINALITY AS message (source, event_id, type, subject, revision, error, body, exchange, n)
      ORDER BY n
      ON CONFLICT DO NOTHING
      RETURNING source, type, subject
    )
    INSERT INTO inbox_counts AS known (subscription, source, routing_key, received, newest_at)
    SELECT :subscription, source, type, count(*), clock_timestamp() FROM parked
    WHERE subject IS NOT NULL
    GROUP BY source, type
    ORDER BY source, type
    ON CONFLICT (subscription, source, routing_key)
    DO UPDATE SET received = known.received + excluded.received, newest_at = excluded.newest_at
    """
)

# Held for a predecessor that has not arrived, in subjects without an earlier blocking row.
MISSING = sa.text(
    f"""
    WITH RECURSIVE {_SUBJECTS_TO_TRY}
    SELECT next.source, next.subject, event_id, after_revision
    FROM subjects_to_try CROSS JOIN LATERAL
      {_unfinished_of("subjects_to_try", "*")} AS next
    WHERE state = 'held' AND received_at <= :before AND after_revision > coalesce({_reached("next")}, 0)
    ORDER BY n
    """  # noqa: S608 - our names
)

GIVE_UP = sa.text(
    f"""
    WITH held AS (
      SELECT subscription, source, event_id, subject, after_revision FROM inbox
      WHERE subscription = :subscription AND source = :source AND event_id = :event_id AND state = 'held'
        AND after_revision > coalesce({_reached("inbox")}, 0)
      FOR UPDATE
    ), noted AS (
      INSERT INTO inbox_gaps (subscription, source, event_id, subject, after_revision)
      SELECT subscription, source, event_id, subject, after_revision FROM held
      ON CONFLICT DO NOTHING
    )
    UPDATE inbox SET after_revision = NULL FROM held
    WHERE inbox.subscription = held.subscription AND inbox.source = held.source
      AND inbox.event_id = held.event_id
    RETURNING inbox.event_id
    """  # noqa: S608 - our names
)

# An operator's action, for each delivery.
WRITE_DOWN = sa.text(
    """
    INSERT INTO inbox_audit (by, why, action, subscription, source, event_id, attempts, last_error)
    SELECT :by, :why, :action, subscription, source, event_id, attempts, error
    FROM unnest(CAST(:subscriptions AS text[]), CAST(:sources AS text[]), CAST(:event_ids AS text[]),
                CAST(:attempts AS integer[]), CAST(:errors AS text[]))
         WITH ORDINALITY AS row (subscription, source, event_id, attempts, error, n)
    ORDER BY n
    """
)
