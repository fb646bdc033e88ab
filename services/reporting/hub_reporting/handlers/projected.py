"""What an event becomes: rows of read models."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hub_contracts import Event
from hub_reporting.models import Projected

# Without hub and revision, which are the envelope's. An empty list of rows is no statement.
Rows = Iterable[tuple[type[Projected], Sequence[dict[str, Any]]]]


def taken(event: object, *names: str, **others: Any) -> dict[str, Any]:
    """A row of an event's own fields, and of others."""
    return {name: getattr(event, name) for name in names} | others


def not_counted(_event: Event, _time: datetime) -> Rows:
    """No row: no report asks for it yet; it is in the log and can be counted from there."""
    return ()
