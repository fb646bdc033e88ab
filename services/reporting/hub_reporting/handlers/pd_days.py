"""What events about PD days and conferences become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.enrolment import PDDayCancelled, PDDayHeld, PDDayRegistered, PDDayScheduled
from hub_reporting.handlers.projected import Rows, not_counted, taken
from hub_reporting.models import PDDay, PDDayVisitor


def held(event: PDDayHeld, _time: datetime) -> Rows:
    """A day with those who came."""
    yield PDDay, [taken(event, "pd_day_id", "kind", "theme", "held_on")]
    yield (
        PDDayVisitor,
        [taken(one, "teacher_id", "urn", pd_day_id=event.pd_day_id) for one in event.attendances],
    )


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    PDDayScheduled: not_counted,
    PDDayRegistered: not_counted,
    PDDayCancelled: not_counted,
    PDDayHeld: held,
}
