"""What an event becomes: rows of read models."""

from collections.abc import Iterable, Sequence
from typing import Any

from hub_reporting.models import Projected

# Without hub and revision, which are the envelope's. An empty list of rows is no statement.
Rows = Iterable[tuple[type[Projected], Sequence[dict[str, Any]]]]


def taken(event: object, *names: str, **others: Any) -> dict[str, Any]:
    """A row of an event's own fields, and of others."""
    return {name: getattr(event, name) for name in names} | others
