"""Operators' view of events that never arrived, and actions: read them from the log, or accept the loss.

A running reader reacts within seconds. Every action is recorded with the operator and the reason, in its own
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging.catchup import EVER
from hub_messaging.operator_actions import Operator
from hub_messaging.tables import inbox_audit, inbox_counts, inbox_gaps, inbox_types


@dataclass(frozen=True)
class ReceivedCount:
    """The deliveries received of one kind of event."""

    subscription: str
    routing_key: str
    source: str | None  # None: neither an event nor a mark has arrived
    received: int  # including accepted losses
    missing: int  # as of the publisher's latest mark
    behind: bool  # being read from the log


def received_counts(session: Session) -> list[ReceivedCount]:
    """Return the deliveries received of every kind of event subscribed to, from every source."""
    rows = session.execute(_RECEIVED_COUNTS)
    return [ReceivedCount(*row) for row in rows]


def ask(session: Session, subscription: str, routing_keys: Sequence[str], operator: Operator) -> None:
    """Make the reader read kinds of event from the whole log again."""
    mine = (inbox_types.c.subscription == subscription, inbox_types.c.type.in_(list(routing_keys)))
    # Another instant each time, so that a reading in progress does not count as the requested one.
    since = sa.func.least(inbox_types.c.behind_since, EVER) - sa.text("INTERVAL '1 microsecond'")
    session.execute(sa.update(inbox_types).where(*mine).values(behind_since=since))
    _write_down(session, operator, "heal", subscription, [("", "", key) for key in routing_keys])


def accept(
    session: Session, subscription: str, lost: Sequence[tuple[str, str, int]], operator: Operator
) -> int:
    """Accept the loss of missing events and the gaps of subjects; return the number of gaps.

    Args:
        session: a transaction.
        subscription: the queue.
        lost: source, routing key and number of the accepted events.
        operator: recorded with the action.
    """
    for source, key, number in lost:
        named = {"subscription": subscription, "source": source, "routing_key": key}
        new = insert(inbox_counts).values(named | {"accepted": number})
        given_up = {"accepted": inbox_counts.c.accepted + new.excluded.accepted, "missing": 0}
        session.execute(new.on_conflict_do_update(index_elements=list(named), set_=given_up))
    gone = list(
        session.execute(
            sa.delete(inbox_gaps).where(inbox_gaps.c.subscription == subscription).returning(inbox_gaps)
        )
    )
    said = [(source, "", f"{key}: {number} given up") for source, key, number in lost]
    said += [(row.source, row.event_id, f"without revision {row.after_revision}") for row in gone]
    _write_down(session, operator, "accept", subscription, said)
    return len(gone)


def _write_down(
    session: Session,
    operator: Operator,
    action: str,
    subscription: str,
    said: Sequence[tuple[str, str, str]],
) -> None:
    common = {"by": operator.by, "why": operator.why, "action": action, "subscription": subscription}
    rows = [
        common | {"source": source, "event_id": event_id, "attempts": 0, "last_error": words}
        for source, event_id, words in said
    ]
    if rows:
        session.execute(sa.insert(inbox_audit), rows)


_RECEIVED_COUNTS = sa.text(
    """
    SELECT inbox_types.subscription, inbox_types.type, source,
           coalesce(received + accepted, 0), coalesce(missing, 0), behind_since IS NOT NULL
    FROM inbox_types LEFT JOIN inbox_counts
      ON inbox_counts.subscription = inbox_types.subscription AND routing_key = inbox_types.type
    WHERE heard
    ORDER BY inbox_types.subscription, inbox_types.type, source
    """
)
