"""SQL of the inbox with arrays for the rows: few round trips, and no statement is built at run time."""

import sqlalchemy as sa

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

# The same for a single delivery, in one round trip.
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

# A predecessor that had been given up has arrived.
FORGET_GAPS = sa.text(
    """
    DELETE FROM inbox_gaps AS gap USING inbox
    WHERE gap.subscription = :subscription AND inbox.subscription = gap.subscription
      AND inbox.source = gap.source AND inbox.subject = gap.subject AND inbox.revision = gap.after_revision
    """
)
