"""Rules about a Work Group's diary: which sessions it may have.

The same rules apply to a new session, a series and a rescheduled session.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import chain
from typing import Final

from hub_contracts.vocabulary import MeetingMode
from hub_enrolment.domain.series import Slot
from hub_enrolment.domain.sessions import Meeting
from hub_enrolment.domain.venues import check_joining_link
from hub_enrolment.domain.work_groups import OVER, WorkGroupStatus
from hub_kernel.england import day_in_england, spoken_day, spoken_time
from hub_kernel.refusals import Conflict, Refused

# Sessions can be scheduled in these states; an evaluating group runs again with a new session.
MEETABLE: Final = frozenset(
    {
        WorkGroupStatus.RECRUITING,
        WorkGroupStatus.CONFIRMED,
        WorkGroupStatus.AT_RISK,
        WorkGroupStatus.RUNNING,
        WorkGroupStatus.EVALUATING,
    }
)
LONGEST: Final = timedelta(hours=24)


def check_meetings(
    status: str,
    asked: Sequence[Meeting],
    taken: Iterable[Slot],
    *,
    known: Meeting | None = None,
    pointer: str = "/starts_at",
) -> None:
    """Raise unless a group's diary can have these sessions.

    Args:
        status: the status of the group.
        asked: the sessions as they would be.
        taken: the times of the group's other sessions that are not cancelled.
        known: a rescheduled session as it is now; its time is checked only if it changes. None for new ones.
        pointer: the JSON pointer to the start in the request.

    Raises:
        Refused: `ends_before_start`, `session_too_long`, `host_missing`, `bad_joining_link`.
        Conflict: `work_group_over`, `session_overlaps`.
    """
    check_meets(status)
    for meeting in asked:
        if known is None or _slot(meeting) != _slot(known):
            check_length(_slot(meeting))
        if meeting.mode == MeetingMode.SCHOOL_HOSTED and meeting.host_urn is None:
            raise Refused("host_missing", "Name the school that hosts the session.", "/host_urn")
        check_joining_link(meeting.joining_link)
    if known is None or any(_slot(meeting) != _slot(known) for meeting in asked):
        check_free([_slot(meeting) for meeting in asked], taken, pointer=pointer)


def check_meets(status: str) -> None:
    """Raise unless a group in this status can have sessions in the future.

    Raises:
        Conflict: `work_group_over`.
    """
    if status == WorkGroupStatus.DRAFT:
        raise Conflict("work_group_over", "A draft has no sessions; open the Work Group first.")
    if status not in MEETABLE:
        raise Conflict("work_group_over", f"The Work Group is {status}, so no session can be added.")


def check_not_over(group_status: str) -> None:
    """Raise if a group is closed or cancelled; its registers can only be corrected, with a reason.

    Raises:
        Conflict: `work_group_over`.
    """
    if group_status in OVER:
        detail = f"The Work Group is {group_status}; its registers can only be corrected, with a reason."
        raise Conflict("work_group_over", detail)


def check_length(slot: Slot) -> None:
    """Raise unless a session ends after it starts, within 24 hours.

    Raises:
        Refused: `ends_before_start`, `session_too_long`.
    """
    if slot.ends_at <= slot.starts_at:
        raise Refused("ends_before_start", "The session ends before it starts.", "/ends_at")
    if slot.ends_at - slot.starts_at > LONGEST:
        detail = "A session can last 24 hours at most; schedule one for each day."
        raise Refused("session_too_long", detail, "/ends_at")


def check_free(asked: Sequence[Slot], taken: Iterable[Slot], *, pointer: str) -> None:
    """Raise if a session overlaps with another one of the group or of the request.

    Raises:
        Conflict: `session_overlaps`.
    """
    known = sorted(taken, key=lambda slot: slot.starts_at)
    for number, slot in enumerate(asked):
        for other in chain(known, asked[:number]):
            if slot.starts_at < other.ends_at and other.starts_at < slot.ends_at:
                raise Conflict("session_overlaps", _overlap(other), pointer)


def _slot(meeting: Meeting) -> Slot:
    return Slot(meeting.starts_at, meeting.ends_at)


def _overlap(other: Slot) -> str:
    day = spoken_day(day_in_england(other.starts_at))
    return (
        f"The Work Group already meets on {day} from {spoken_time(other.starts_at)} to"
        f" {spoken_time(other.ends_at)}; choose another time, or reschedule or cancel that session first."
    )
