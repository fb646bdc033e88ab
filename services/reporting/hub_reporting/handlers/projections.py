"""Projects batches of events into the read models.

A batch becomes rows in memory, one for each key at its highest revision, and each table is written with one
statement. No row is read first, so neither the order of subjects nor a repeat changes the result.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from hub_contracts import Event
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope
from hub_messaging.retries import Permanent
from hub_platform.reaction_context import ReactionContext
from hub_reporting.models import Projected
from hub_reporting.steps import pd_days, schools, tasks, visits, work_groups
from hub_reporting.steps.projected import Projections, Rows
from hub_reporting.store import projections as store
from hub_reporting.store.projections import Key, Progress, Values

PROJECTIONS: Final[Projections] = {
    **schools.PROJECTIONS,
    **work_groups.PROJECTIONS,
    **tasks.PROJECTIONS,
    **pd_days.PROJECTIONS,
    **visits.PROJECTIONS,
}
_SOURCE: Final = re.compile(r"/hubs/([^/]+)/[^/]+")

CLOCK_SKEW: Final = timedelta(minutes=5)  # a publisher's clock may be ahead of reporting's by this much


class Newest(NamedTuple):
    """The columns of the newest row with a key."""

    revision: int
    columns: Values


Pending = dict[type[Projected], dict[Key, Newest]]


def project(session: Session, deliveries: Sequence[Delivery[Event]], context: ReactionContext) -> None:
    """Project events into the read models.

    Args:
        session: the transaction of the batch.
        deliveries: events of any types, of any hubs, in any order of subjects.
        context: hub time, for freshness.

    Raises:
        Permanent: the source of an event has no hub; no row is written.
    """
    pending: Pending = {}
    progress: dict[str, Progress] = {}
    latest = context.now + CLOCK_SKEW  # replaces a later time in an event
    for delivery in deliveries:
        envelope = delivery.envelope
        known = progress.get(envelope.source) or _none_yet(envelope, latest, context.now)
        up_to = min(envelope.time, latest)
        progress[envelope.source] = replace(known, events=known.events + 1, up_to=max(known.up_to, up_to))
        _add(pending, PROJECTIONS[type(delivery.event)](delivery.event, envelope.time), envelope)
    for model in sorted(pending, key=lambda m: m.__tablename__):
        # In the order of their keys, so that two writers never deadlock.
        store.save(session, model, [newest.columns for _, newest in sorted(pending[model].items())])
    for source in sorted(progress):
        store.note_progress(session, progress[source])


def _none_yet(envelope: Envelope, latest: datetime, now: datetime) -> Progress:
    return Progress(
        source=envelope.source,
        hub=hub_of(envelope.source),
        events=0,
        up_to=min(envelope.time, latest),
        latest=latest,
        projected_at=now,
    )


def _add(pending: Pending, rows: Rows, envelope: Envelope) -> None:
    """Add the rows of one event to the batch, unless it has a higher revision of their keys."""
    hub, revision = hub_of(envelope.source), envelope.revision
    for model, values in rows:
        columns = {**values, "hub": hub, "revision": revision}
        newest = pending.setdefault(model, {})
        key = store.key_of(model, columns)
        if key not in newest or newest[key].revision < revision:
            newest[key] = Newest(revision, columns)


@cache
def hub_of(source: str) -> str:
    """Return the hub named in a source such as /hubs/cambridge/visits.

    Raises:
        Permanent: the source has none, so a retry cannot succeed.
    """
    found = _SOURCE.fullmatch(source)
    if found is None:
        raise Permanent("unknown_source")
    return found[1]
