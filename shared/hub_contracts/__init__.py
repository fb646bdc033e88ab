"""The published language of a Maths Hub: every event that its services tell each other and their subscribers.

event = EVENTS["VisitLogged"].from_data(data)

Events are found by routing key: the type, from version 2 on with the version, as `VisitLogged.v2`.
"""

from typing import Final

from hub_contracts import log, notifications, visits
from hub_contracts.enrolment import (
    applications,
    attendance,
    enrolments,
    hub,
    lesson_studies,
    pd_days,
    schools,
    sessions,
    tasks,
    teachers,
    waiting_list,
    work_groups,
)
from hub_contracts.events import BrokenEvent, Event, publishers, registry

EVENTS: Final[dict[str, type[Event]]] = registry(
    (
        hub,
        schools,
        teachers,
        work_groups,
        applications,
        waiting_list,
        enrolments,
        sessions,
        attendance,
        tasks,
        lesson_studies,
        pd_days,
        visits.calendars,
        visits.assignments,
        visits.visits,
        notifications,
    )
)

# Each service that publishes, with its events.
PUBLISHERS: Final[dict[str, tuple[type[Event], ...]]] = publishers(EVENTS)

# What the log holds beside the events: messages of the messaging itself, which nobody subscribes to.
MARKS: Final[dict[str, type[Event]]] = registry((log,))

__all__ = ["EVENTS", "MARKS", "PUBLISHERS", "BrokenEvent", "Event"]
