"""Back-filled events: a migration records them for facts older than their event type.

Subscribers receive a backfilled event like any other. Within its subject it follows what was recorded before;
`occurred_at` says when the fact came about.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

import sqlalchemy as sa

from hub_messaging import outbox
from hub_messaging.envelope import Event

BATCH: Final = 1000  # events in one statement

# Of several equal facts in one batch only the first is missing. A fact that the outbox holds in an earlier
# version gets that one's change; several facts of one instant get them in their order.
_MISSING = sa.text(
    """
    WITH fact AS (
      SELECT type, version, subject, data, occurred_at, n
      FROM unnest(CAST(:types AS text[]), CAST(:versions AS integer[]), CAST(:subjects AS text[]),
                  CAST(:data AS jsonb[]), CAST(:times AS timestamptz[]))
           WITH ORDINALITY AS fact (type, version, subject, data, occurred_at, n)
    ), missing AS (
      SELECT type, version, subject, min(n) AS n
      FROM fact
      WHERE NOT EXISTS (
        SELECT FROM outbox
        WHERE outbox.subject = fact.subject AND outbox.type = fact.type AND outbox.version = fact.version
          AND outbox.data = fact.data
      )
      GROUP BY type, version, subject, data
    ), numbered AS (
      SELECT missing.*, occurred_at,
             row_number() OVER (PARTITION BY type, version, subject, occurred_at ORDER BY n)
               AS position_in_batch
      FROM missing JOIN fact USING (type, version, subject, n)
    )
    SELECT n, (
      SELECT change_id
      FROM (
        SELECT coalesce(earlier.change_id, CAST(earlier.id AS text)) AS change_id,
               row_number() OVER (ORDER BY min(earlier.revision)) AS position_in_batch
        FROM outbox AS earlier
        WHERE numbered.version > 1 AND earlier.subject = numbered.subject AND earlier.type = numbered.type
          AND earlier.version < numbered.version AND earlier.occurred_at = numbered.occurred_at
          AND NOT EXISTS (
            SELECT FROM outbox AS same
            WHERE same.subject = numbered.subject AND same.type = numbered.type
              AND same.version = numbered.version
              AND same.change_id = coalesce(earlier.change_id, CAST(earlier.id AS text))
          )
        GROUP BY coalesce(earlier.change_id, CAST(earlier.id AS text))
      ) AS published
      WHERE published.position_in_batch = numbered.position_in_batch
    ) AS change_id
    FROM numbered
    ORDER BY n
    """
)


def record_missing(connection: sa.Connection, facts: Iterable[tuple[Event, datetime]]) -> int:
    """Record an event for each fact that the outbox does not hold yet, in the order given.

    The outbox holds a fact when it has an event of the same type, version and subject with equal data, so a
    second run records nothing. An event that has been deleted from the outbox (after 400 days) is recorded
    again.

    A fact that was published in an earlier version, at the same instant, gets that event's `changeid`: where
    that version has taken effect, this one does not. A fact without an earlier version there gets none.

    Args:
        connection: the migration's, `op.get_bind()`.
        facts: each event with the instant at which the fact came about (aware); may be a generator.

    Returns:
        The number of events recorded.

    Raises:
        ValueError: an instant has no time zone.
    """
    _require_change_id(connection)
    remaining = iter(facts)
    recorded = 0
    while batch := list(islice(remaining, BATCH)):
        missing = _missing(connection, batch)
        change_ids = [change_id for _, change_id in missing]
        recorded += len(outbox.record_each(connection, [fact for fact, _ in missing], change_ids=change_ids))
    return recorded


def _require_change_id(connection: sa.Connection) -> None:
    """Give the outbox its newest column where an earlier migration than that column's records events."""
    if "change_id" not in {column["name"] for column in sa.inspect(connection).get_columns("outbox")}:
        connection.execute(sa.text("ALTER TABLE outbox ADD change_id TEXT"))


def _missing(
    connection: sa.Connection, batch: Sequence[tuple[Event, datetime]]
) -> list[tuple[tuple[Event, datetime], str | None]]:
    """Return the facts that are not recorded yet, each with the change id of its earlier version."""
    wanted = {
        "types": [event.type for event, _ in batch],
        "versions": [event.version for event, _ in batch],
        "subjects": [event.subject for event, _ in batch],
        "data": [json.dumps(event.to_data(), ensure_ascii=False) for event, _ in batch],
        "times": [occurred_at for _, occurred_at in batch],
    }
    return [(batch[row.n - 1], row.change_id) for row in connection.execute(_MISSING, wanted)]
