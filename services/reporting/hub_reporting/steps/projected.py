"""Types of a projection: a function that builds the rows of read models from one event."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar, cast

from hub_contracts import Event
from hub_reporting.models import Projected

E = TypeVar("E", bound=Event)

Rows = Iterable[Projected]  # without hub and revision, which `projections` sets
Projection = Callable[[Event, datetime], Rows]  # the event, and the time in its envelope
Projections = Mapping[type[Event], Projection]


def projection(
    event_class: type[E], function: Callable[[E, datetime], Rows]
) -> tuple[type[Event], Projection]:
    """Return an entry of a table of projections; mypy rejects a function for another event."""
    return event_class, cast("Projection", function)


def no_rows(_event: Event, _time: datetime) -> Rows:
    """Return no row, for an event that no report counts; the event log still has it."""
    return ()
