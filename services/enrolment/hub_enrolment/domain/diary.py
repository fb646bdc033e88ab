"""Rules about a Work Group's diary: which sessions may stand in it.

One function for each command that puts a session into a diary: one session, a series, a move.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import chain
from typing import Final

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.series import Slot
from hub_enrolment.domain.sessions import Meeting
from hub_enrolment.domain.venues import check_joining_link
from hub_enrolment.domain.work_groups import OVER
from hub_kernel.england import day_in_england, spoken_day, spoken_time

# Sessions can be scheduled; of a group that is evaluated already, too, which then runs again.
MEETABLE: Final = frozenset({"recruiting", "confirmed", "at_risk", "running", "evaluating"})
LONGEST: Final = timedelta(hours=24)


def check_meetings(
    status: str,
    asked: Sequence[Meeting],
    taken: Iterable[Slot],
    *,
    known: Meeting | None = None,
    pointer: str = "/starts_at",
) -> None:
    """Raise unless a group can hold these sessions.

    Args:
        status: the group's.
        asked: the sessions as they would stand in the diary.
        taken: when the group meets already, without what was cancelled and without the session that is moved.
        known: the session that is moved as it stands now; a move that keeps its time is not asked about it.
        pointer: what in the request says when they start.

    Raises:
        Refused: `ends_before_start`, `session_too_long`, `host_missing`, `bad_joining_link`.
        Conflict: `work_group_over`, `session_overlaps`.
    """
    check_meets(status)
    for meeting in asked:
        if known is None or _slot(meeting) != _slot(known):
            check_length(_slot(meeting))
        if meeting.mode == "school_hosted" and meeting.host_urn is None:
            raise Refused("host_missing", "Say which school is the host.", "/host_urn")
        check_joining_link(meeting.joining_link)
    if known is None or any(_slot(meeting) != _slot(known) for meeting in asked):
        check_free([_slot(meeting) for meeting in asked], taken, pointer=pointer)


def check_meets(status: str) -> None:
    """Raise unless a group in a status can have sessions to come.

    Raises:
        Conflict: `work_group_over`.
    """
    if status == "draft":
        raise Conflict("work_group_over", "A draft has no sessions; open the Work Group first.")
    if status not in MEETABLE:
        raise Conflict("work_group_over", f"A Work Group that is {status} has no more sessions.")


def check_not_over(group_status: str) -> None:
    """Raise if a group is over: nothing is noted of it any more but corrections, with a reason.

    Raises:
        Conflict: `work_group_over`.
    """
    if group_status in OVER:
        raise Conflict("work_group_over", f"The Work Group is {group_status}; only corrections are noted.")


def check_length(slot: Slot) -> None:
    """Raise unless a session ends after it starts, within 24 hours.

    Raises:
        Refused: `ends_before_start`, `session_too_long`.
    """
    if slot.ends_at <= slot.starts_at:
        raise Refused("ends_before_start", "A session ends after it starts.", "/ends_at")
    if slot.ends_at - slot.starts_at > LONGEST:
        detail = "A session lasts 24 hours at most; schedule one for each day."
        raise Refused("session_too_long", detail, "/ends_at")


def check_free(asked: Sequence[Slot], taken: Iterable[Slot], *, pointer: str) -> None:
    """Raise if a session is at a time at which the group meets already, or two of those asked for are.

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
        f"The Work Group meets on {day} from {spoken_time(other.starts_at)} to {spoken_time(other.ends_at)}"
        " already; choose another time, or move or cancel that session first."
    )
