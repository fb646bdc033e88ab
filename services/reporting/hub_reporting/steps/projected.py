"""Rows of read models, and the types of the functions that build them from one event."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, ParamSpec, TypeVar, cast

from hub_contracts import Event
from hub_reporting.models import Projected

E = TypeVar("E", bound=Event)
Columns = ParamSpec("Columns")


class Row(NamedTuple):
    """The columns of one row, without hub and revision, which `handlers.projections` adds."""

    model: type[Projected]
    values: Mapping[str, object]


Rows = Iterable[Row]
Projection = Callable[[Event, datetime], Rows]  # the event, and the time in its envelope
Projections = Mapping[type[Event], Projection]


def row(model: Callable[Columns, Projected], *_: Columns.args, **values: Columns.kwargs) -> Row:
    """Return a row of a model; mypy checks names and types of the columns by the model's constructor.

    The constructor itself is not called: it takes ten times as long, and a rebuild makes millions of rows.
    """
    return Row(cast("type[Projected]", model), values)


def projection(
    event_class: type[E], function: Callable[[E, datetime], Rows]
) -> tuple[type[Event], Projection]:
    """Return an entry of a table of projections; mypy rejects a function for another event."""
    return event_class, cast("Projection", function)


def no_rows(_event: Event, _time: datetime) -> Rows:
    """Return no row, for an event that no report counts; the event log still has it."""
    return ()
