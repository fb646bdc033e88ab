"""Registry of the published events by routing key, and the function that reads one."""

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
from hub_contracts.events import Event, publishers, registry
from hub_contracts.json_text import JsonMapping
from hub_contracts.reading import Received, read

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

# The events of each publishing service.
PUBLISHERS: Final[dict[str, tuple[type[Event], ...]]] = publishers(EVENTS)

# Messages of the messaging itself in the event log; no subscription includes them.
MARKS: Final[dict[str, type[Event]]] = registry((log,))

_READABLE: Final = EVENTS | MARKS


def parse(body: bytes | str | JsonMapping) -> Received[Event]:
    """Return the envelope and the typed event of a message that a subscriber has received.

    Args:
        body: of the message, or the JSON object that a client has already parsed.

    Raises:
        UnknownEvent: the type or version is newer than this package; acknowledge and ignore the message.
        NotAnEvent, InvalidData: the fault is the sender's. All three are `Unreadable`.
    """
    return read(body, _READABLE)
