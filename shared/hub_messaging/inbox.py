"""Received deliveries: a repeat changes nothing, and events about a subject take effect in order.

An event takes effect after every earlier event about its subject that this service subscribes to. One that
arrives too early, or behind one that failed, is held here with its body; other subjects are not delayed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import statements, stored_statements
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import UNFINISHED, DeliveryState
from hub_messaging.envelope import Event
from hub_messaging.tables import inbox, inbox_counts


def unseen(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]]
) -> list[Delivery[Event]]:
    """Record deliveries as received, and return those that are new and due.

    Sets `session.info["held"]` to the number of those that are held for a predecessor.
    """
    if len(deliveries) == 1:
        return _unseen_one(session, subscription, deliveries[0])
    free, held = _sort_out(deliveries, *_progress(session, subscription, deliveries))
    session.info["held"] = _insert(session, subscription, held, state=DeliveryState.HELD)[0] if held else 0
    if not free:
        return []
    new, which = _insert(session, subscription, free, state=DeliveryState.DONE)
    if new == len(free):
        return free
    result, left = [], set(which or ())
    for delivery in free:
        key = f"{delivery.envelope.source} {delivery.envelope.id}"
        if key in left:
            left.remove(key)  # the same event twice in one batch counts once
            result.append(delivery)
    return result


def counts(session: Session) -> dict[str, int]:
    """Return the numbers of waiting, held and parked deliveries of all subscriptions of this database."""
    rows = session.execute(
        sa.select(inbox.c.state, sa.func.count().label("n"))
        .where(inbox.c.state.in_(UNFINISHED))
        .group_by(inbox.c.state)
    )
    return dict.fromkeys(UNFINISHED, 0) | {row.state: row.n for row in rows}


def forged(session: Session) -> int:
    """Return the number of parked deliveries that did not come through their publisher's exchange."""
    wanted = sa.select(sa.func.count()).where(
        inbox.c.state == DeliveryState.PARKED, inbox.c.last_error.like("Forged: %")
    )
    return session.scalar(wanted) or 0


def waiting(session: Session) -> int:
    """Return the number of deliveries that will be retried, with those held behind them."""
    found = counts(session)
    return found[DeliveryState.WAITING] + found[DeliveryState.HELD]


def received(session: Session) -> int:
    """Return the number of deliveries that have ever taken effect."""
    return int(session.scalar(sa.select(sa.func.sum(inbox_counts.c.done))) or 0)


def last_arrival(
    session: Session, subscription: str, type_: str | None = None
) -> tuple[str, datetime] | None:
    """Return the id and the arrival of the delivery (of one type) that arrived last."""
    of_type = sa.true() if type_ is None else inbox.c.type == type_
    wanted = (
        sa.select(inbox.c.event_id, inbox.c.received_at)
        .where(inbox.c.subscription == subscription, inbox.c.subject.is_not(None), of_type)
        .order_by(inbox.c.arrival.desc())
        .limit(1)
    )
    row = session.execute(wanted).first()
    return None if row is None else (row.event_id, row.received_at)


def _unseen_one(session: Session, subscription: str, delivery: Delivery[Event]) -> list[Delivery[Event]]:
    envelope = delivery.envelope
    row = {
        "subscription": subscription,
        "source": envelope.source,
        "event_id": str(envelope.id),
        "type": envelope.routing_key,
        "subject": envelope.subject,
        "revision": envelope.revision,
        "body": delivery.body,
        "after": delivery.after,
        "exchange": delivery.exchange,
        "from_log": delivery.from_log,
    }
    state = session.execute(statements.RECEIVE_ONE, row).scalar()
    session.info["held"] = int(state == DeliveryState.HELD)
    return [delivery] if state == DeliveryState.DONE else []


def _progress(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Return each subject's latest revision with effect, and the first blocking revision of blocked ones."""
    subjects = sorted({delivery.subject for delivery in deliveries})
    values = {
        "subscription": subscription,
        "sources": [source for source, _ in subjects],
        "subjects": [subject for _, subject in subjects],
    }
    rows = session.execute(stored_statements.PROGRESS, values).all()
    taken = {(row.source, row.subject): row.taken for row in rows if row.taken is not None}
    stuck = {(row.source, row.subject): row.stuck for row in rows if row.stuck is not None}
    return taken, stuck


def _sort_out(
    deliveries: Sequence[Delivery[Event]],
    taken: Mapping[tuple[str, str], int],
    stuck: Mapping[tuple[str, str], int],
) -> tuple[list[Delivery[Event]], list[Delivery[Event]]]:
    """Split deliveries into those that are due and those held for another event about their subject."""
    taken, stuck = dict(taken), dict(stuck)
    free, held = [], []
    for delivery in deliveries:
        subject, revision = delivery.subject, delivery.envelope.revision
        reached = taken.get(subject, 0)
        behind_a_stuck_one = subject in stuck and stuck[subject] < revision
        if behind_a_stuck_one or delivery.after > reached:
            held.append(delivery)
            stuck[subject] = min(revision, stuck.get(subject, revision))
        else:
            free.append(delivery)
            taken[subject] = max(revision, reached)
    return free, held


def _insert(
    session: Session, subscription: str, deliveries: Sequence[Delivery[Event]], *, state: str
) -> tuple[int, list[str] | None]:
    """Insert deliveries; return the number of new ones, and their keys unless all were new."""
    envelopes = [delivery.envelope for delivery in deliveries]
    done = state == DeliveryState.DONE
    rows = {
        "subscription": subscription,
        "state": state,
        "from_log": deliveries[0].from_log,  # the same for all deliveries of a batch
        "sent": len(deliveries),
        "sources": [envelope.source for envelope in envelopes],
        "event_ids": [str(envelope.id) for envelope in envelopes],
        "types": [envelope.routing_key for envelope in envelopes],
        "subjects": [envelope.subject for envelope in envelopes],
        "revisions": [envelope.revision for envelope in envelopes],
        "bodies": [None if done else delivery.body for delivery in deliveries],
        "after": [None if done else delivery.after or None for delivery in deliveries],
        "exchanges": [None if done else delivery.exchange for delivery in deliveries],
    }
    row = session.execute(statements.RECEIVE, rows).one()
    return row.new, row.which
