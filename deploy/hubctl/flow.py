"""Comparison of the events that publishers have published with those that a service has received."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from hub_messaging import counting, missing_events
from hub_messaging.topology import source_of
from hubctl import looking
from hubctl.databases import opened
from hubctl.lost import FlowSeen, Lost
from hubctl.places import Hub

SETTLES_SECONDS: Final = 4.0  # counts change within this time while events are being delivered
LOOK_SECONDS: Final = 0.5


def look(hub: Hub, service: str, *, patient: bool = True) -> FlowSeen:
    """Count published events that have not arrived; `patient` waits while the counts still change."""
    try:
        seen = _missing(hub, service)
        ends = time.monotonic() + (SETTLES_SECONDS if patient else 0.0)
        unchanged_since = now = time.monotonic()
        while seen and now < ends:
            time.sleep(LOOK_SECONDS)
            now = time.monotonic()
            again = {name: number for name, number in _missing(hub, service).items() if name in seen}
            fewer = {name: min(number, seen[name]) for name, number in again.items()}
            unchanged_since = unchanged_since if fewer == seen else now
            seen = fewer
        moves = (
            bool(seen) and patient and (now - unchanged_since < SETTLES_SECONDS / 2 or _waits(hub, service))
        )
        with opened(hub, service) as session:
            gaps = counting.gaps(session)
            healing = any(one.behind for one in missing_events.received_counts(session))
    except SQLAlchemyError as exc:
        return FlowSeen(service=service, away=type(exc).__name__)
    lost = [Lost(source.rpartition("/")[2], source, type_, n) for (source, type_), n in sorted(seen.items())]
    if moves:
        return FlowSeen(service=service, on_its_way=sum(seen.values()), healing=healing, gaps=gaps)
    return FlowSeen(service=service, lost=lost, healing=healing, gaps=gaps)


def _missing(hub: Hub, service: str) -> dict[tuple[str, str], int]:
    """Return the number of missing events: (source, type) → published and not received."""
    published = dict(_published(hub))  # read first, so that events which arrive meanwhile do not count
    with opened(hub, service) as session:
        listed = missing_events.received_counts(session)
    found = {
        (source, one.routing_key): published[source][one.routing_key] - one.received
        for one in listed
        for source in published
        if one.routing_key in published[source] and one.source in (None, source)
    }
    # For a publisher whose database is not known here, the numbers come from its marks.
    found |= {
        (one.source, one.routing_key): one.missing
        for one in listed
        if one.source is not None and one.source not in published
    }
    return {name: number for name, number in found.items() if number > 0}


def _published(hub: Hub) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Yield (source, type → number) for each publisher whose database answers."""
    for publisher in hub.database_urls:
        with suppress(SQLAlchemyError), opened(hub, publisher) as session:
            yield source_of(hub.hub_id, publisher), counting.published(session)


def _waits(hub: Hub, service: str) -> bool:
    """Return whether there are events in the service's queue."""
    if service not in hub.amqp_uris:
        return False
    return looking.queue(service, hub.amqp_uris[service]).messages > 0
