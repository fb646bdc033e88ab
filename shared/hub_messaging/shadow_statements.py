"""SQL on a service's live tables and their shadow copy: differences, and rows that are carried over.

`{shadow}` is replaced by the schema of the copy that is not live.
"""

from typing import Final

from hub_messaging.tables import inbox, inbox_changes, inbox_counts, inbox_gaps, inbox_types

LIVE: Final = "public"
NEW: Final = "rebuild"
PREVIOUS: Final = "previous"  # the live tables before the last switch, until the next one

_COLUMNS = ", ".join(column.name for column in inbox.c if column.name != "arrival")
_GAPS = ", ".join(inbox_gaps.c.keys())
_COUNTS = ", ".join(inbox_counts.c.keys())
_CHANGES = ", ".join(inbox_changes.c.keys())
_TYPES = ", ".join(inbox_types.c.keys())
_SAME = (
    "shadow.subscription = live.subscription AND shadow.source = live.source"
    " AND shadow.event_id = live.event_id"
)
_UNFINISHED = "('waiting', 'held', 'parked')"

LINKED = f"""
    SELECT DISTINCT relname FROM pg_constraint JOIN pg_class ON pg_class.oid IN (conrelid, confrelid)
    WHERE contype = 'f' AND relnamespace = '{LIVE}'::regnamespace AND relname = ANY(:names)
    ORDER BY relname
"""  # noqa: S608 - our names
# The revisions of each subject that the history holds, and those that it must hold.
HISTORY = f"""
    CREATE UNLOGGED TABLE {NEW}.history (
      source TEXT NOT NULL,
      subject TEXT NOT NULL,
      seen INT8MULTIRANGE NOT NULL,
      needed INT8MULTIRANGE NOT NULL,
      PRIMARY KEY (source, subject)
    )
"""
# A gap is carried while the event that took effect in spite of it is in the live inbox only.
CARRY_GAPS = f"""
    INSERT INTO {{shadow}}.inbox_gaps ({_GAPS})
    SELECT {_GAPS} FROM {LIVE}.inbox_gaps AS live
    WHERE NOT EXISTS (SELECT FROM {{shadow}}.inbox AS shadow WHERE {_SAME})
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our names
# A delivery that failed in both keeps the record of its failures, and the body that an operator gave it.
CARRY_FAILURES = f"""
    UPDATE {{shadow}}.inbox AS shadow SET
      state = live.state, attempts = live.attempts, next_attempt_at = live.next_attempt_at,
      first_error = live.first_error, last_error = live.last_error, received_at = live.received_at,
      body = live.body, original_body = live.original_body, after_revision = live.after_revision,
      type = live.type, subject = live.subject, revision = live.revision, exchange = live.exchange
    FROM {LIVE}.inbox AS live
    WHERE {_SAME} AND live.state IN ('waiting', 'parked', 'dropped') AND shadow.state IN {_UNFINISHED}
"""  # noqa: S608
CARRY_UNKNOWN = f"""
    WITH carried AS (
      INSERT INTO {{shadow}}.inbox ({_COLUMNS})
      SELECT {_COLUMNS} FROM {LIVE}.inbox AS live
      WHERE NOT EXISTS (SELECT FROM {{shadow}}.inbox AS shadow WHERE {_SAME})
      ORDER BY arrival
      RETURNING subscription, source, type, subject, revision, state
    ), counted AS (
      UPDATE {{shadow}}.inbox_counts AS shadow
      SET received = shadow.received + came.received, done = shadow.done + came.done
      FROM (SELECT subscription, source, type, count(*) AS received,
                   count(*) FILTER (WHERE state = 'done') AS done
            FROM carried WHERE subject IS NOT NULL GROUP BY subscription, source, type) AS came
      WHERE (shadow.subscription, shadow.source, shadow.routing_key)
        = (came.subscription, came.source, came.type)
    )
    INSERT INTO {{shadow}}.inbox_subjects AS shadow (subscription, source, subject, revision)
    SELECT subscription, source, subject, max(revision)
    FROM (SELECT subscription, source, subject, revision, state FROM carried
          UNION ALL
          SELECT subscription, source, subject, revision, state FROM {{shadow}}.inbox WHERE state = 'dropped'
         ) AS finished
    WHERE state IN ('done', 'dropped') AND subject IS NOT NULL AND revision IS NOT NULL
    GROUP BY subscription, source, subject
    ON CONFLICT (subscription, source, subject)
    DO UPDATE SET revision = excluded.revision WHERE excluded.revision > shadow.revision
"""  # noqa: S608
# Publishers' counts are in no event. Events of an accepted loss count as received. Events that had been given
# up and are in the history are no longer given up.
CARRY_COUNTS = f"""
    WITH known AS (
      SELECT subscription, source, routing_key, live.published, live.marked_at,
             live.complete_at, live.accepted,
             CASE WHEN :lossy THEN greatest(shadow.received, live.received)
                  ELSE shadow.received END AS received
      FROM {{shadow}}.inbox_counts AS shadow
      JOIN {LIVE}.inbox_counts AS live USING (subscription, source, routing_key)
    ), counted AS (
      SELECT *, least(accepted, greatest(0, coalesce(published, 0) - received)) AS given_up FROM known
    )
    UPDATE {{shadow}}.inbox_counts AS shadow SET
      received = counted.received, published = counted.published, marked_at = counted.marked_at,
      complete_at = counted.complete_at, accepted = counted.given_up,
      missing = greatest(0, coalesce(counted.published, 0) - counted.received - counted.given_up)
    FROM counted
    WHERE (shadow.subscription, shadow.source, shadow.routing_key)
      = (counted.subscription, counted.source, counted.routing_key)
"""  # noqa: S608
CARRY_OTHER_COUNTS = f"""
    INSERT INTO {{shadow}}.inbox_counts ({_COUNTS}) SELECT {_COUNTS} FROM {LIVE}.inbox_counts
    ON CONFLICT DO NOTHING
"""  # noqa: S608
# The version in which each change took effect.
CARRY_CHANGES = f"""
    INSERT INTO {{shadow}}.inbox_changes ({_CHANGES}) SELECT {_CHANGES} FROM {LIVE}.inbox_changes
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - our names
CARRY: Final = (CARRY_GAPS, CARRY_FAILURES, CARRY_UNKNOWN, CARRY_OTHER_COUNTS, CARRY_CHANGES)
MISSING = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live
    WHERE live.state = 'done' AND live.type = ANY(:types)
      AND NOT EXISTS (SELECT FROM {{shadow}}.inbox AS shadow WHERE {_SAME})
"""  # noqa: S608
UNDONE = f"""
    SELECT count(*) FROM {LIVE}.inbox AS live JOIN {{shadow}}.inbox AS shadow ON {_SAME}
    WHERE live.state = 'done' AND shadow.state IN {_UNFINISHED}
"""  # noqa: S608
# Deliveries that operators have replayed since the switch are retried in the previous copy, too.
TRY_AGAIN = f"""
    UPDATE {PREVIOUS}.inbox AS shadow SET state = 'waiting', next_attempt_at = clock_timestamp()
    FROM {LIVE}.inbox AS live
    WHERE {_SAME} AND live.state = 'done' AND shadow.state = 'parked'
"""  # noqa: S608
# Subjects with a higher revision in the live tables, whether the deliveries' rows still exist or not.
BEHIND = f"""
    SELECT count(*) FROM {LIVE}.inbox_subjects AS live
    LEFT JOIN {PREVIOUS}.inbox_subjects AS shadow USING (subscription, source, subject)
    WHERE live.revision > coalesce(shadow.revision, 0)
      AND NOT EXISTS (
        SELECT FROM {PREVIOUS}.inbox AS kept
        WHERE kept.subscription = live.subscription AND kept.source = live.source
          AND kept.subject = live.subject AND kept.revision >= live.revision)
"""  # noqa: S608
CARRY_TYPES = f"""
    INSERT INTO {PREVIOUS}.inbox_types AS shadow ({_TYPES})
    SELECT {_TYPES} FROM {LIVE}.inbox_types
    ON CONFLICT (subscription, type)
    DO UPDATE SET behind_since = least(shadow.behind_since, excluded.behind_since)
"""  # noqa: S608
# Columns and constraints of a table in any schema.
SHAPE = """
    SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull AS part
    FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT contype::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = to_regclass(:name) AND contype IN ('p', 'u', 'c')
    ORDER BY part
"""
# Subjects whose history lacks a required revision: the first (of this hub's sources; other hubs may send only
# some types), the latest of the live tables, and the predecessors that events name. A revision without effect
# in the live copy is no loss.
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
      LEFT JOIN {{shadow}}.history USING (source, subject)
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
      AND NOT EXISTS (SELECT FROM {{shadow}}.inbox AS shadow WHERE {_SAME})
    ORDER BY source COLLATE "C", subject COLLATE "C", revision, event_id COLLATE "C"
"""  # noqa: S608
ONLY_LIVE = f"""
    SELECT to_jsonb(only_live) AS row
    FROM (SELECT {{columns}} FROM {LIVE}.{{table}}
          EXCEPT ALL SELECT {{columns}} FROM {{{{shadow}}}}.{{table}})
      AS only_live
    ORDER BY to_jsonb(only_live)::text COLLATE "C"
"""  # noqa: S608
COMPARE = """
    WITH live AS ({live}), shadow AS ({shadow}),
      only_live AS (SELECT row FROM live EXCEPT ALL SELECT row FROM shadow),
      only_new AS (SELECT row FROM shadow EXCEPT ALL SELECT row FROM live)
    SELECT
      (SELECT count(*) FROM live), (SELECT count(*) FROM shadow),
      (SELECT count(*) FROM only_live), (SELECT count(*) FROM only_new),
      (SELECT md5(string_agg(side || row, '' ORDER BY side, row)) FROM (
         SELECT '-' AS side, row FROM only_live UNION ALL SELECT '+', row FROM only_new) AS differing)
"""
