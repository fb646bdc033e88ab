"""What events about work groups, places and sessions become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.enrolment import (
    ApologiesReceived,
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    AttendanceCorrected,
    LessonStudyPlanned,
    LessonStudyReviewed,
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    PlaceSchoolCorrected,
    SchoolEnrolled,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
    WaitingListJoined,
    WaitingListLeft,
    WithdrawalUndone,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupClosed,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)
from hub_reporting.handlers.projected import Rows, not_counted, taken
from hub_reporting.models import (
    Completion,
    CorrectedMark,
    GroupEnding,
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


def opened(event: WorkGroupOpened | WorkGroupChanged, _time: datetime) -> Rows:
    """A group, with its terms as they are now."""
    yield WorkGroup, [taken(event, *_GROUP, phases=list(event.phases), lead_ids=list(event.lead_ids))]


def confirmed(event: WorkGroupConfirmed, time: datetime) -> Rows:
    """A group that will take place."""
    names = ("work_group_id", "teachers_n", "schools_n", "overridden")
    yield GroupState, [taken(event, *names, state="confirmed", said_at=time)]


def fell_below(event: WorkGroupFellBelowMinimum, time: datetime) -> Rows:
    """A group that lost too many."""
    names = ("work_group_id", "teachers_n", "schools_n")
    yield GroupState, [taken(event, *names, overridden=False, state="below_minimum", said_at=time)]


def cancelled(event: WorkGroupCancelled, time: datetime) -> Rows:
    """A group that will not take place; its places and sessions are told one by one."""
    yield GroupEnding, [taken(event, "work_group_id", "reason", ending="cancelled", ended_at=time)]


def closed(event: WorkGroupClosed, time: datetime) -> Rows:
    """A group that has met and been evaluated."""
    yield GroupEnding, [taken(event, "work_group_id", reason=None, ending="closed", ended_at=time)]


def joined(event: SchoolEnrolled, _time: datetime) -> Rows:
    """A school on a group."""
    yield SchoolOnGroup, [taken(event, "work_group_id", "urn", "academic_year", "lead_participants_n")]


def enrolled(event: ParticipantEnrolled | PlaceSchoolCorrected, _time: datetime) -> Rows:
    """A place, with the school for which it counts."""
    yield Place, [taken(event, "enrolment_id", "work_group_id", "teacher_id", "urn", "role", "enrolled_on")]


def withdrawn(event: ParticipantWithdrawn, time: datetime) -> Rows:
    """A place given up."""
    yield Withdrawal, [taken(event, "enrolment_id", "reason", "withdrawn_on", withdrawn_at=time)]


def held_again(event: WithdrawalUndone, _time: datetime) -> Rows:
    """A place that counts from its first day on, as if it had never been given up."""
    never = {"reason": None, "withdrawn_on": None, "withdrawn_at": None}
    yield Withdrawal, [taken(event, "enrolment_id", **never)]


def finished(event: ParticipantCompleted, _time: datetime) -> Rows:
    """A place whose holder has done what the programme asks."""
    yield Completion, [taken(event, "enrolment_id", "completed_on")]


def scheduled(event: SessionScheduled, time: datetime) -> Rows:
    """A session as it was scheduled, moved or cancelled."""
    names = ("session_id", "work_group_id", "seq", "starts_at", "ends_at", "mode", "host_urn")
    cancelled = isinstance(event, SessionCancelled)
    yield Session, [taken(event, *names, cancelled=cancelled, cancelled_at=time if cancelled else None)]


def completed(event: SessionCompleted, _time: datetime) -> Rows:
    """A register with its marks."""
    session_id = event.session_id
    yield Register, [taken(event, "session_id", "work_group_id", "held_on", "present_n", "schools_present_n")]
    names = ("enrolment_id", "urn", "mark", "notice_hours")
    yield Mark, [taken(one, *names, session_id=session_id) for one in event.marks]


def corrected(event: AttendanceCorrected, _time: datetime) -> Rows:
    """One mark, put right when its register was locked."""
    names = ("session_id", "enrolment_id", "notice_hours")
    yield CorrectedMark, [taken(event, *names, mark=event.new)]


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    WorkGroupOpened: opened,
    WorkGroupChanged: opened,
    WorkGroupConfirmed: confirmed,
    WorkGroupFellBelowMinimum: fell_below,
    WorkGroupCancelled: cancelled,
    WorkGroupClosed: closed,
    SchoolEnrolled: joined,
    ParticipantEnrolled: enrolled,
    PlaceSchoolCorrected: enrolled,
    ParticipantWithdrawn: withdrawn,
    WithdrawalUndone: held_again,
    ParticipantCompleted: finished,
    SessionScheduled: scheduled,
    SessionRescheduled: scheduled,
    SessionCancelled: scheduled,
    SessionCompleted: completed,
    AttendanceCorrected: corrected,
    ApologiesReceived: not_counted,  # a register's mark says with how much notice
    LessonStudyPlanned: not_counted,
    LessonStudyReviewed: not_counted,
    # Of an application, of an offer and of a waiting list reports count the places that come of it.
    ApplicationSubmitted: not_counted,
    ApplicationAccepted: not_counted,
    ApplicationWaitlisted: not_counted,
    ApplicationDeclined: not_counted,
    ApplicationWithdrawn: not_counted,
    PlaceOffered: not_counted,
    PlaceOfferExtended: not_counted,
    PlaceOfferExpired: not_counted,
    WaitingListJoined: not_counted,
    WaitingListLeft: not_counted,
}
