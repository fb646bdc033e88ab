"""Every published event, by routing key, and how to read one."""

from collections.abc import Mapping
from typing import Any, Final

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

# Each service that publishes, with its events.
PUBLISHERS: Final[dict[str, tuple[type[Event], ...]]] = publishers(EVENTS)

# What the log holds beside the events: messages of the messaging itself, which nobody subscribes to.
MARKS: Final[dict[str, type[Event]]] = registry((log,))

_READABLE: Final = EVENTS | MARKS


def parse(body: bytes | str | Mapping[str, Any]) -> Received[Event]:
    """Read the body of a message as a subscriber receives it: its envelope and its typed event.

    Args:
        body: of the message, or the JSON object that a client has made of it already.

    Raises:
        UnknownEvent: the type or version is newer than this package; acknowledge and ignore the message.
        NotAnEvent, InvalidData: the sender is at fault. All three are `Unreadable`.
    """
    return read(body, _READABLE)
