"""Events for facts that came about before their event type existed: recorded by a migration.

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

# Of several equal facts in one batch only the first is missing.
_MISSING = sa.text(
    """
    SELECT min(n)
    FROM unnest(CAST(:types AS text[]), CAST(:subjects AS text[]), CAST(:data AS jsonb[]))
         WITH ORDINALITY AS fact (type, subject, data, n)
    WHERE NOT EXISTS (
      SELECT FROM outbox
      WHERE outbox.subject = fact.subject AND outbox.type = fact.type AND outbox.data = fact.data
    )
    GROUP BY fact.type, fact.subject, fact.data
    ORDER BY min(n)
    """
)


def record_missing(connection: sa.Connection, facts: Iterable[tuple[Event, datetime]]) -> int:
    """Record an event for each fact that the outbox does not hold yet, in the order given.

    The outbox holds a fact when it has an event of the same type and subject with equal data, so a second run
    records nothing. An event that has been deleted from the outbox (after 400 days) is recorded again.

    Args:
        connection: the migration's, `op.get_bind()`.
        facts: each event with the instant at which the fact came about (aware); may be a generator.

    Returns:
        The number of events recorded.

    Raises:
        ValueError: an instant has no time zone.
    """
    remaining = iter(facts)
    recorded = 0
    while batch := list(islice(remaining, BATCH)):
        recorded += len(outbox.record_each(connection, _missing(connection, batch)))
    return recorded


def _missing(
    connection: sa.Connection, batch: Sequence[tuple[Event, datetime]]
) -> list[tuple[Event, datetime]]:
    wanted = {
        "types": [event.type for event, _ in batch],
        "subjects": [event.subject for event, _ in batch],
        "data": [json.dumps(event.to_data(), ensure_ascii=False) for event, _ in batch],
    }
    return [batch[n - 1] for n in connection.scalars(_MISSING, wanted)]
