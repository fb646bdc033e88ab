"""SQL of the inbox, written once, with arrays for the rows: few round trips, no building of statements."""

import sqlalchemy as sa

# How far a subject has come is asked by a subquery: a join could be planned as a scan of every subject.

# How far subjects have come, and at which revision stuck ones are stuck.
PROGRESS = sa.text(
    """
    SELECT source, subject,
           (SELECT revision FROM inbox_subjects AS reached
            WHERE reached.subscription = :subscription
              AND reached.source = wanted.source AND reached.subject = wanted.subject) AS taken,
           NULL AS stuck
    FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS wanted (source, subject)
    UNION ALL
    SELECT source, subject, NULL, min(revision)
    FROM inbox
    WHERE subscription = :subscription AND state IN ('waiting', 'held', 'parked') AND subject IS NOT NULL
    GROUP BY source, subject
    """
)

RECEIVE = sa.text(
    """
    WITH received AS (
      INSERT INTO inbox
        (subscription, source, event_id, type, subject, revision, state, body, after_revision, exchange)
      SELECT :subscription, source, event_id, type, subject, revision, :state, body, after, exchange
      FROM unnest(CAST(:sources AS text[]), CAST(:event_ids AS text[]), CAST(:types AS text[]),
                  CAST(:subjects AS text[]), CAST(:revisions AS integer[]), CAST(:bodies AS bytea[]),
                  CAST(:after AS integer[]), CAST(:exchanges AS text[]))
           WITH ORDINALITY AS delivery (source, event_id, type, subject, revision, body, after, exchange, n)
      ORDER BY n
      ON CONFLICT DO NOTHING
      RETURNING source, event_id, type, subject, revision, state
    ), counted AS (
      INSERT INTO inbox_counts AS known
        (subscription, source, routing_key, received, done, newest_at)
      SELECT :subscription, source, type, count(*), count(*) FILTER (WHERE state = 'done'), clock_timestamp()
      FROM received
      GROUP BY source, type
      ORDER BY source, type
      ON CONFLICT (subscription, source, routing_key) DO UPDATE SET
        received = known.received + excluded.received,
        done = known.done + excluded.done,
        newest_at = excluded.newest_at,
        missing = greatest(0, known.missing - CASE WHEN :from_log THEN excluded.received ELSE 0 END)
    ), reached AS (
      INSERT INTO inbox_subjects (subscription, source, subject, revision)
      SELECT :subscription, source, subject, max(revision)
      FROM received WHERE state = 'done'
      GROUP BY source, subject
      ORDER BY source, subject
      ON CONFLICT (subscription, source, subject)
      DO UPDATE SET revision = greatest(inbox_subjects.revision, excluded.revision)
    )
    SELECT count(*) AS new,
           CASE WHEN count(*) < :sent THEN array_agg(source || ' ' || event_id) END AS which
    FROM received
    """
)

# The same for one delivery alone, in one round trip.
RECEIVE_ONE = sa.text(
    """
    WITH turn AS (
      SELECT :after <= coalesce(
          (SELECT revision FROM inbox_subjects
           WHERE subscription = :subscription AND source = :source AND subject = :subject), 0)
        AND NOT EXISTS (
          SELECT FROM inbox
          WHERE subscription = :subscription AND source = :source AND subject = :subject
            AND revision < :revision AND state IN ('waiting', 'held', 'parked')) AS come
    ), received AS (
      INSERT INTO inbox
        (subscription, source, event_id, type, subject, revision, state, body, after_revision, exchange)
      SELECT :subscription, :source, :event_id, :type, :subject, :revision,
             CASE WHEN come THEN 'done' ELSE 'held' END,
             CASE WHEN NOT come THEN CAST(:body AS bytea) END,
             CASE WHEN NOT come THEN nullif(:after, 0) END,
             CASE WHEN NOT come THEN CAST(:exchange AS text) END
      FROM turn
      ON CONFLICT DO NOTHING
      RETURNING state
    ), counted AS (
      INSERT INTO inbox_counts AS known
        (subscription, source, routing_key, received, done, newest_at)
      SELECT :subscription, :source, :type, 1, CASE WHEN state = 'done' THEN 1 ELSE 0 END, clock_timestamp()
      FROM received
      ON CONFLICT (subscription, source, routing_key) DO UPDATE SET
        received = known.received + 1,
        done = known.done + excluded.done,
        newest_at = excluded.newest_at,
        missing = greatest(0, known.missing - CASE WHEN :from_log THEN 1 ELSE 0 END)
    ), reached AS (
      INSERT INTO inbox_subjects (subscription, source, subject, revision)
      SELECT :subscription, :source, :subject, :revision FROM received WHERE state = 'done'
      ON CONFLICT (subscription, source, subject)
      DO UPDATE SET revision = greatest(inbox_subjects.revision, excluded.revision)
    )
    SELECT state FROM received
    """
)

# Of each stuck subject the row whose turn is next, when that row may be tried now: its wait is over, or what
# held it has taken effect. What could not be read belongs to no subject and holds up nothing.
DUE = sa.text(
    """
    WITH next AS (
      SELECT DISTINCT ON (source, subject)
        source, event_id, subject, state, next_attempt_at, after_revision, arrival
      FROM inbox
      WHERE subscription = :subscription AND state IN ('waiting', 'held', 'parked') AND subject IS NOT NULL
      ORDER BY source, subject, revision, arrival
    )
    SELECT source, event_id, arrival
    FROM next
    WHERE (state = 'waiting' AND next_attempt_at <= :now)
      OR (state = 'held' AND coalesce(after_revision, 0) <= coalesce(
        (SELECT revision FROM inbox_subjects AS reached
         WHERE reached.subscription = :subscription
           AND reached.source = next.source AND reached.subject = next.subject), 0))
    UNION ALL
    SELECT source, event_id, arrival FROM inbox
    WHERE subscription = :subscription AND state = 'waiting' AND subject IS NULL AND next_attempt_at <= :now
    ORDER BY arrival
    LIMIT :limit
    """
)

# Held for an event that has not come, and nothing before them in their subject is stuck.
MISSING = sa.text(
    """
    SELECT kept.source, kept.subject, kept.event_id
    FROM inbox AS kept
    WHERE kept.subscription = :subscription AND kept.state = 'held' AND kept.received_at <= :before
      AND kept.after_revision > coalesce(
        (SELECT revision FROM inbox_subjects AS reached
         WHERE reached.subscription = kept.subscription
           AND reached.source = kept.source AND reached.subject = kept.subject), 0)
      AND NOT EXISTS (
        SELECT FROM inbox AS earlier
        WHERE earlier.subscription = kept.subscription AND earlier.source = kept.source
          AND earlier.subject = kept.subject AND earlier.revision < kept.revision
          AND earlier.state IN ('waiting', 'held', 'parked')
      )
    """
)

GIVE_UP = sa.text(
    """
    WITH held AS (
      SELECT subscription, source, event_id, subject, after_revision FROM inbox
      WHERE subscription = :subscription AND source = :source AND event_id = :event_id AND state = 'held'
        AND after_revision > coalesce(
          (SELECT revision FROM inbox_subjects AS reached
           WHERE reached.subscription = inbox.subscription AND reached.source = inbox.source
             AND reached.subject = inbox.subject), 0)
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
    """
)

# An event that had been given up has come after all.
FORGET_GAPS = sa.text(
    """
    DELETE FROM inbox_gaps AS gap USING inbox
    WHERE gap.subscription = :subscription AND inbox.subscription = gap.subscription
      AND inbox.source = gap.source AND inbox.subject = gap.subject AND inbox.revision = gap.after_revision
    """
)
