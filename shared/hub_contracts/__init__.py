"""The published language of a Maths Hub: every event that its services tell each other and their subscribers.

event = EVENTS["VisitLogged"].from_data(data)
"""

from typing import Final

from hub_contracts import notifications, visits
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
from hub_contracts.events import BrokenEvent, Event, registry

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
PUBLISHERS: Final[dict[str, tuple[type[Event], ...]]] = {
    publisher: tuple(event for event in EVENTS.values() if event.publisher == publisher)
    for publisher in dict.fromkeys(event.publisher for event in EVENTS.values())
}

__all__ = ["EVENTS", "PUBLISHERS", "BrokenEvent", "Event"]
