"""SQL about the two copies of a service's tables: what only one of them has, and what the other takes over.

`{made}` stands for the schema of the copy that is not live.
"""

from typing import Final

from hub_messaging.tables import inbox, inbox_changes, inbox_counts, inbox_gaps, inbox_types

LIVE: Final = "public"
NEW: Final = "rebuild"
PREVIOUS: Final = "previous"  # what was live before the last switch, until the next one

_COLUMNS = ", ".join(column.name for column in inbox.c if column.name != "arrival")
_GAPS = ", ".join(inbox_gaps.c.keys())
_COUNTS = ", ".join(inbox_counts.c.keys())
_CHANGES = ", ".join(inbox_changes.c.keys())
_TYPES = ", ".join(inbox_types.c.keys())
_SAME = (
    "made.subscription = live.subscription AND made.source = live.source AND made.event_id = live.event_id"
)
_UNFINISHED = "('waiting', 'held', 'parked')"

LINKED = f"""
    SELECT DISTINCT relname FROM pg_constraint JOIN pg_class ON pg_class.oid IN (conrelid, confrelid)
    WHERE contype = 'f' AND relnamespace = '{LIVE}'::regnamespace AND relname = ANY(:names)
    ORDER BY relname
"""  # noqa: S608 - our names
# Which revisions the history holds of each subject, and which it must hold.
HISTORY = f"""
    CREATE UNLOGGED TABLE {NEW}.history (
      source TEXT NOT NULL,
      subject TEXT NOT NULL,
      seen INT8MULTIRANGE NOT NULL,
      needed INT8MULTIRANGE NOT NULL,
      PRIMARY KEY (source, subject)
    )
"""
# A gap is known for as long as the event that took effect in spite of it is known from nowhere else.
CARRY_GAPS = f"""
    INSERT INTO {{made}}.inbox_gaps ({_GAPS})
    SELECT {_GAPS} FROM {LIVE}.inbox_gaps AS live
    WHERE NOT EXISTS (SELECT FROM {{made}}.inbox AS made WHERE {_SAME})
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our names
# What failed in both keeps the record of its failures, and the body that an operator gave it.
CARRY_FAILURES = f"""
    UPDATE {{made}}.inbox AS made SET
      state = live.state, attempts = live.attempts, next_attempt_at = live.next_attempt_at,
      first_error = live.first_error, last_error = live.last_error, received_at = live.received_at,
      body = live.body, original_body = live.original_body, after_revision = live.after_revision,
      type = live.type, subject = live.subject, revision = live.revision, exchange = live.exchange
    FROM {LIVE}.inbox AS live
    WHERE {_SAME} AND live.state IN ('waiting', 'parked', 'dropped') AND made.state IN {_UNFINISHED}
"""  # noqa: S608
CARRY_UNKNOWN = f"""
    WITH carried AS (
      INSERT INTO {{made}}.inbox ({_COLUMNS})
      SELECT {_COLUMNS} FROM {LIVE}.inbox AS live
      WHERE NOT EXISTS (SELECT FROM {{made}}.inbox AS made WHERE {_SAME})
      ORDER BY arrival
      RETURNING subscription, source, type, subject, revision, state
    ), counted AS (
      UPDATE {{made}}.inbox_counts AS made
      SET received = made.received + came.received, done = made.done + came.done
      FROM (SELECT subscription, source, type, count(*) AS received,
                   count(*) FILTER (WHERE state = 'done') AS done
            FROM carried WHERE subject IS NOT NULL GROUP BY subscription, source, type) AS came
      WHERE (made.subscription, made.source, made.routing_key)
        = (came.subscription, came.source, came.type)
    )
    INSERT INTO {{made}}.inbox_subjects AS made (subscription, source, subject, revision)
    SELECT subscription, source, subject, max(revision)
    FROM (SELECT subscription, source, subject, revision, state FROM carried
          UNION ALL
          SELECT subscription, source, subject, revision, state FROM {{made}}.inbox WHERE state = 'dropped'
         ) AS finished
    WHERE state IN ('done', 'dropped') AND subject IS NOT NULL AND revision IS NOT NULL
    GROUP BY subscription, source, subject
    ON CONFLICT (subscription, source, subject)
    DO UPDATE SET revision = excluded.revision WHERE excluded.revision > made.revision
"""  # noqa: S608
# What publishers have said of their own counts is in no event. A loss that an operator has accepted is one no
# more: those events count as received. What had been given up and was in history is not given up any more.
CARRY_COUNTS = f"""
    WITH known AS (
      SELECT subscription, source, routing_key, live.published, live.marked_at,
             live.complete_at, live.accepted,
             CASE WHEN :lossy THEN greatest(made.received, live.received) ELSE made.received END AS received
      FROM {{made}}.inbox_counts AS made
      JOIN {LIVE}.inbox_counts AS live USING (subscription, source, routing_key)
    ), counted AS (
      SELECT *, least(accepted, greatest(0, coalesce(published, 0) - received)) AS given_up FROM known
    )
    UPDATE {{made}}.inbox_counts AS made SET
      received = counted.received, published = counted.published, marked_at = counted.marked_at,
      complete_at = counted.complete_at, accepted = counted.given_up,
      missing = greatest(0, coalesce(counted.published, 0) - counted.received - counted.given_up)
    FROM counted
    WHERE (made.subscription, made.source, made.routing_key)
      = (counted.subscription, counted.source, counted.routing_key)
"""  # noqa: S608
CARRY_OTHER_COUNTS = f"""
    INSERT INTO {{made}}.inbox_counts ({_COUNTS}) SELECT {_COUNTS} FROM {LIVE}.inbox_counts
    ON CONFLICT DO NOTHING
"""  # noqa: S608
# By which of its versions a change took effect.
CARRY_CHANGES = f"""
    INSERT INTO {{made}}.inbox_changes ({_CHANGES}) SELECT {_CHANGES} FROM {LIVE}.inbox_changes
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our names
CARRY: Final = (CARRY_GAPS, CARRY_FAILURES, CARRY_UNKNOWN, CARRY_OTHER_COUNTS, CARRY_CHANGES)
MISSING = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live
    WHERE live.state = 'done' AND live.type = ANY(:types)
      AND NOT EXISTS (SELECT FROM {{made}}.inbox AS made WHERE {_SAME})
"""  # noqa: S608
UNDONE = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live JOIN {{made}}.inbox AS made ON {_SAME}
    WHERE live.state = 'done' AND made.state IN {_UNFINISHED}
"""  # noqa: S608
# What an operator has brought to an effect since the switch is tried in what was live before, too.
TRY_AGAIN = f"""
    UPDATE {PREVIOUS}.inbox AS made SET state = 'waiting', next_attempt_at = clock_timestamp()
    FROM {LIVE}.inbox AS live
    WHERE {_SAME} AND live.state = 'done' AND made.state = 'parked'
"""  # noqa: S608
# Subjects that have come further in the live tables, in deliveries that its inbox remembers or has forgotten.
BEHIND = f"""
    SELECT count(*) FROM {LIVE}.inbox_subjects AS live
    LEFT JOIN {PREVIOUS}.inbox_subjects AS made USING (subscription, source, subject)
    WHERE live.revision > coalesce(made.revision, 0)
      AND NOT EXISTS (
        SELECT FROM {PREVIOUS}.inbox AS kept
        WHERE kept.subscription = live.subscription AND kept.source = live.source
          AND kept.subject = live.subject AND kept.revision >= live.revision)
"""  # noqa: S608
CARRY_TYPES = f"""
    INSERT INTO {PREVIOUS}.inbox_types AS made ({_TYPES})
    SELECT {_TYPES} FROM {LIVE}.inbox_types
    ON CONFLICT (subscription, type)
    DO UPDATE SET behind_since = least(made.behind_since, excluded.behind_since)
"""  # noqa: S608
# Columns and constraints of a table, whatever schema it is in.
SHAPE = """
    SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull AS part
    FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT contype::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = to_regclass(:name) AND contype IN ('p', 'u', 'c')
    ORDER BY part
"""
# Subjects of which the history does not hold all that it must: its first revision (of this hub's sources;
# from other hubs perhaps only some types come), what the live tables have reached, and what events name as
# their predecessors. What has not taken effect in the live copy either is no loss.
INCOMPLETE = f"""
    WITH excused AS (
      SELECT source, subject, range_agg(int8range(revision, revision, '[]')) AS revisions
      FROM (SELECT source, subject, revision FROM {LIVE}.inbox
            WHERE subscription = :subscription AND state <> 'done'
            UNION ALL
            SELECT source, subject, after_revision FROM {LIVE}.inbox_gaps WHERE subscription = :subscription
           ) AS without_effect
      WHERE subject IS NOT NULL AND revision IS NOT NULL
      GROUP BY source, subject
    ), compared AS (
      SELECT live.source, live.subject, live.revision AS reached, history.seen,
             coalesce(history.needed, '{{}}')
               + int8multirange(int8range(live.revision, live.revision, '[]'))
               + CASE WHEN live.source LIKE :own THEN '{{[1,2)}}' ELSE '{{}}' END::int8multirange
               - coalesce(excused.revisions, '{{}}')
               - coalesce(history.seen, '{{}}') AS missing
      FROM {LIVE}.inbox_subjects AS live
      LEFT JOIN {{made}}.history USING (source, subject)
      LEFT JOIN excused USING (source, subject)
      WHERE live.subscription = :subscription
    )
    SELECT source, subject, reached, lower(seen) AS first, upper(seen) - 1 AS last, missing::text AS missing
    FROM compared WHERE NOT isempty(missing)
    ORDER BY source COLLATE "C", subject COLLATE "C"
"""  # noqa: S608
MISSING_EVENTS = f"""
    SELECT source, event_id, type, subject, revision FROM {LIVE}.inbox AS live
    WHERE live.state = 'done' AND live.type = ANY(:types)
      AND NOT EXISTS (SELECT FROM {{made}}.inbox AS made WHERE {_SAME})
    ORDER BY source COLLATE "C", subject COLLATE "C", revision, event_id COLLATE "C"
"""  # noqa: S608
ONLY_LIVE = f"""
    SELECT to_jsonb(only_live) AS row
    FROM (SELECT {{columns}} FROM {LIVE}.{{table}} EXCEPT ALL SELECT {{columns}} FROM {{{{made}}}}.{{table}})
      AS only_live
    ORDER BY to_jsonb(only_live)::text COLLATE "C"
"""  # noqa: S608
COMPARE = """
    WITH live AS ({live}), made AS ({made}),
      only_live AS (SELECT row FROM live EXCEPT ALL SELECT row FROM made),
      only_new AS (SELECT row FROM made EXCEPT ALL SELECT row FROM live)
    SELECT
      (SELECT count(*) FROM live), (SELECT count(*) FROM made),
      (SELECT count(*) FROM only_live), (SELECT count(*) FROM only_new),
      (SELECT md5(string_agg(side || row, '' ORDER BY side, row)) FROM (
         SELECT '-' AS side, row FROM only_live UNION ALL SELECT '+', row FROM only_new) AS differing)
"""
