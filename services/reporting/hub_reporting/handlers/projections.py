"""Takes in whatever happened, many events at a time.

A batch is turned into rows in memory, of each key the highest revision, and each table is written with one
statement. Nothing is read, so the order in which subjects arrive cannot matter, nor can a repeat.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy.orm import Session

from hub_contracts import Event
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope
from hub_messaging.retries import Permanent
from hub_reporting.handlers import pd_days, schools, tasks, visits, work_groups
from hub_reporting.handlers.projected import Rows
from hub_reporting.models import Projected
from hub_reporting.store import projections as store

PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    **schools.PROJECTIONS,
    **work_groups.PROJECTIONS,
    **tasks.PROJECTIONS,
    **pd_days.PROJECTIONS,
    **visits.PROJECTIONS,
}
_SOURCE: Final = re.compile(r"/hubs/([^/]+)/[^/]+")

CLOCKS_DIFFER: Final = timedelta(minutes=5)  # how far a publisher's clock may be ahead of reporting's

# Read model → key → the newest row of that key.
Pending = dict[type[Projected], dict[tuple[Any, ...], dict[str, Any]]]


def project(session: Session, deliveries: Iterable[Delivery[Any]], *, now: datetime) -> None:
    """Count events in.

    Args:
        session: the transaction of the batch.
        deliveries: events of any types, of any hubs, in any order of subjects.
        now: the clock, for freshness.

    Raises:
        Permanent: an event's source names no hub; nothing is written.
    """
    pending: Pending = {}
    heard: Counter[str] = Counter()
    newest: dict[str, datetime] = {}
    latest = now + CLOCKS_DIFFER  # nothing has happened after that, whatever an event says
    for delivery in deliveries:
        envelope = delivery.envelope
        heard[envelope.source] += 1
        up_to = min(envelope.time, latest)
        newest[envelope.source] = max(up_to, newest.get(envelope.source, up_to))
        _put(pending, delivery.event, envelope)
    for model in sorted(pending, key=lambda m: m.__tablename__):
        # In the order of their keys, so that two writers could never wait for each other.
        store.save(session, model, [row for _, row in sorted(pending[model].items())])
    for source in sorted(heard):
        store.note_source(
            session,
            source,
            hub_of(source),
            events=heard[source],
            up_to=newest[source],
            latest=latest,
            now=now,
        )


def _put(pending: Pending, event: Event, envelope: Envelope) -> None:
    """Add the rows of one event to the batch, where they say something newer."""
    stamp = {"hub": hub_of(envelope.source), "revision": envelope.revision}
    for model, rows in PROJECTIONS[type(event)](event, envelope.time):
        key = store.key_of(model)
        for said in rows:
            row = said | stamp
            subject = tuple([row[name] for name in key])
            known = pending.setdefault(model, {})
            if subject not in known or known[subject]["revision"] < envelope.revision:
                known[subject] = row


@cache
def hub_of(source: str) -> str:
    """The hub in a source such as /hubs/cambridge/visits.

    Raises:
        Permanent: there is none, so the event says nothing that could be counted.
    """
    found = _SOURCE.fullmatch(source)
    if found is None:
        raise Permanent("unknown_source")
    return found[1]
