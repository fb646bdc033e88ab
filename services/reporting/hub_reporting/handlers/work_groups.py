"""What events about work groups, places and sessions become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.enrolment import (
    ParticipantEnrolled,
    ParticipantWithdrawn,
    SchoolEnrolled,
    SessionCompleted,
    SessionScheduled,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)
from hub_reporting.handlers.projected import Rows, taken
from hub_reporting.models import (
    GroupState,
    Mark,
    Place,
    Register,
    SchoolOnGroup,
    Session,
    Withdrawal,
    WorkGroup,
)

_GROUP: Final = (
    "work_group_id",
    "title",
    "ncp_code",
    "academic_year",
    "strand",
    "capacity",
    "min_schools",
    "min_teachers",
    "max_teachers",
    "opens_at",
    "closes_at",
)


def opened(event: WorkGroupOpened, _time: datetime) -> Rows:
    """A group."""
    yield WorkGroup, [taken(event, *_GROUP, phases=list(event.phases), lead_ids=list(event.lead_ids))]


def confirmed(event: WorkGroupConfirmed, time: datetime) -> Rows:
    """A group that will take place."""
    names = ("work_group_id", "teachers_n", "schools_n", "overridden")
    yield GroupState, [taken(event, *names, state="confirmed", said_at=time)]


def fell_below(event: WorkGroupFellBelowMinimum, time: datetime) -> Rows:
    """A group that lost too many."""
    names = ("work_group_id", "teachers_n", "schools_n")
    yield GroupState, [taken(event, *names, overridden=False, state="below_minimum", said_at=time)]


def joined(event: SchoolEnrolled, _time: datetime) -> Rows:
    """A school on a group."""
    yield SchoolOnGroup, [taken(event, "work_group_id", "urn", "academic_year", "lead_participants_n")]


def enrolled(event: ParticipantEnrolled, _time: datetime) -> Rows:
    """A place."""
    yield Place, [taken(event, "enrolment_id", "work_group_id", "teacher_id", "urn", "role", "enrolled_on")]


def withdrawn(event: ParticipantWithdrawn, _time: datetime) -> Rows:
    """A place given up."""
    yield Withdrawal, [taken(event, "enrolment_id", "reason", "withdrawn_on")]


def scheduled(event: SessionScheduled, _time: datetime) -> Rows:
    """A session in the diary."""
    yield (
        Session,
        [taken(event, "session_id", "work_group_id", "seq", "starts_at", "ends_at", "mode", "host_urn")],
    )


def completed(event: SessionCompleted, _time: datetime) -> Rows:
    """A register with its marks."""
    session_id = event.session_id
    yield Register, [taken(event, "session_id", "work_group_id", "held_on", "present_n", "schools_present_n")]
    yield (
        Mark,
        [
            {"session_id": session_id, "enrolment_id": one.enrolment_id, "urn": one.urn, "mark": one.mark}
            for one in event.marks
        ],
    )


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    WorkGroupOpened: opened,
    WorkGroupConfirmed: confirmed,
    WorkGroupFellBelowMinimum: fell_below,
    SchoolEnrolled: joined,
    ParticipantEnrolled: enrolled,
    ParticipantWithdrawn: withdrawn,
    SessionScheduled: scheduled,
    SessionCompleted: completed,
}
