"""A change published in several versions takes effect once, in the version that arrives first.

A subscriber that moves to the next version reads it from the beginning of the log. A change that has taken
effect in the old version must not take effect again. All versions of a change share a `changeid`, the id of
the event in the lowest version.
"""

from collections.abc import Container, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import inbox as received
from hub_messaging import retries
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import UNFINISHED
from hub_messaging.envelope import Envelope, Event, Undecodable
from hub_messaging.tables import StoredRow, inbox, inbox_changes

# The same event may take effect again, when its type is read again; another version of its change may not. An
# event that was published before there were several versions has no changeid: the inbox knows it by its id.
_FIRST = sa.text(
    """
    INSERT INTO inbox_changes AS known (subscription, source, change_id, event_id)
    SELECT :subscription, source, change_id, event_id
    FROM unnest(CAST(:sources AS text[]), CAST(:change_ids AS text[]), CAST(:event_ids AS text[]))
      AS delivery (source, change_id, event_id)
    WHERE event_id = change_id
      OR EXISTS (
        SELECT FROM inbox_changes AS taken
        WHERE taken.subscription = :subscription AND taken.source = delivery.source
          AND taken.change_id = delivery.change_id AND taken.event_id = delivery.event_id)
      OR NOT EXISTS (
        SELECT FROM inbox
        WHERE inbox.subscription = :subscription AND inbox.source = delivery.source
          AND inbox.event_id = delivery.change_id AND inbox.state IN ('done', 'dropped')
          AND inbox.event_id <> ALL(CAST(:these AS text[])))
    ORDER BY source, change_id
    ON CONFLICT (subscription, source, change_id)
    DO UPDATE SET event_id = excluded.event_id WHERE known.event_id = excluded.event_id
    RETURNING source, event_id
    """
)

# Which subjects have anything stored.
_STUCK = sa.text(
    """
    SELECT source, subject
    FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS wanted (source, subject)
    WHERE EXISTS (
      SELECT FROM inbox
      WHERE inbox.subscription = :subscription AND inbox.source = wanted.source
        AND inbox.subject = wanted.subject AND inbox.state IN ('waiting', 'held', 'parked'))
    """
)


def unseen(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]], subscribed: Container[str]
) -> list[Delivery[Event]]:
    """Record deliveries as received, and return those that are to take effect now.

    `subscribed` are the routing keys of this release.
    """
    take_over(session, subscription, deliveries, subscribed)
    return first(session, subscription, received.unseen(session, subscription, deliveries))


def first(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]]
) -> list[Delivery[Event]]:
    """Return the deliveries of whose change no other version has taken effect.

    Call it in the transaction of the effect, with deliveries whose turn it is.
    """
    changed = [one.envelope for one in deliveries if one.envelope.change_id is not None]
    if not changed:
        return list(deliveries)
    named: dict[tuple[str, str | None], Envelope] = {}
    for envelope in changed:
        named.setdefault((envelope.source, envelope.change_id), envelope)
    rows = {
        "subscription": subscription,
        "sources": [source for source, _ in named],
        "change_ids": [change_id for _, change_id in named],
        "event_ids": [str(envelope.id) for envelope in named.values()],
        "these": [str(envelope.id) for envelope in changed],  # the inbox says already that they are done
    }
    allowed = {(row.source, row.event_id) for row in session.execute(_FIRST, rows)}
    return [
        delivery
        for delivery in deliveries
        if delivery.envelope.change_id is None
        or (delivery.envelope.source, str(delivery.envelope.id)) in allowed
    ]


def is_settled(session: Session, row: StoredRow) -> bool:
    """Whether another version of a stored delivery's change has taken effect, of any subscription."""
    if b'"changeid"' not in row.body:
        return False
    try:
        envelope = Envelope.from_bytes(bytes(row.body))
    except Undecodable:
        return False
    wanted = sa.select(inbox_changes.c.event_id).where(
        inbox_changes.c.subscription == row.subscription,
        inbox_changes.c.source == envelope.source,
        inbox_changes.c.change_id == envelope.change_id,
    )
    return session.scalar(wanted) not in (None, str(envelope.id))


def take_over(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]], subscribed: Container[str]
) -> None:
    """Replace stored deliveries by higher versions of their changes, once the lower is unsubscribed.

    They would never take effect and would block their subject. Deliveries held for them wait for the new.

    Args:
        session: a transaction, with or without the effect.
        subscription: whose inbox it is.
        deliveries: about to be received.
        subscribed: the routing keys that this release subscribes to.
    """
    changed = [one for one in deliveries if one.envelope.version > 1 and one.envelope.change_id is not None]
    if not changed:
        return
    sources, subjects = zip(*{one.subject for one in changed}, strict=True)
    found = session.execute(
        _STUCK, {"subscription": subscription, "sources": list(sources), "subjects": list(subjects)}
    )
    stuck = {(row.source, row.subject) for row in found}
    for envelope in (one.envelope for one in changed if one.subject in stuck):
        _take_over(session, subscription, envelope, subscribed)


def _take_over(session: Session, subscription: str, envelope: Envelope, subscribed: Container[str]) -> None:
    about = (
        inbox.c.subscription == subscription,
        inbox.c.source == envelope.source,
        inbox.c.subject == envelope.subject,
        inbox.c.state.in_(UNFINISHED),
    )
    # Recorded together, versions follow each other, the highest first.
    lower = range(envelope.revision + 1, envelope.revision + envelope.version)
    may_be = sa.or_(inbox.c.event_id == envelope.change_id, inbox.c.revision.in_(lower))
    places = set(lower)
    for row in session.execute(sa.select(inbox).where(*about, may_be).with_for_update()):
        stored = Envelope.from_bytes(bytes(row.body))
        if _is_lower(stored, envelope) and stored.routing_key not in subscribed:
            _claim(session, subscription, envelope)
            retries.pass_over(session, row)
            places.add(row.revision)
    waiting = inbox.c.after_revision.in_(places)
    for row in session.execute(sa.select(inbox).where(*about, waiting).with_for_update()):
        after = Envelope.from_bytes(bytes(row.body)).predecessor(subscribed)
        session.execute(
            sa.update(inbox).where(inbox.c.arrival == row.arrival).values(after_revision=after or None)
        )


def _is_lower(stored: Envelope, envelope: Envelope) -> bool:
    same = envelope.change_id in (stored.change_id, str(stored.id))
    return same and stored.type == envelope.type and stored.version < envelope.version


def _claim(session: Session, subscription: str, envelope: Envelope) -> None:
    """Store by which event a change takes effect, before it does."""
    row = {
        "subscription": subscription,
        "source": envelope.source,
        "change_id": envelope.change_id,
        "event_id": str(envelope.id),
    }
    session.execute(insert(inbox_changes).values(row).on_conflict_do_nothing())
