"""Rules about completion: the attendance and tasks of a participant when the group closes."""

from dataclasses import dataclass
from typing import Final

MIN_ATTENDANCE_PERCENT: Final = 75  # of the sessions held, unless the programme says otherwise


@dataclass(frozen=True, kw_only=True)
class CompletionRule:
    """The requirements of a programme for completion."""

    min_attendance_percent: int = MIN_ATTENDANCE_PERCENT  # 0 to 100, of the sessions that were held
    tasks_required: bool = True  # a report on every task that was due


@dataclass(frozen=True, kw_only=True)
class Participation:
    """The attendance and task reports of one participant."""

    attended: int  # sessions attended, those of a group from which they transferred included
    tasks_due: int = 0
    tasks_reported: int = 0


def completes(held: int, done: Participation, rule: CompletionRule) -> bool:
    """Return whether a participant completes the programme; in a group that never met, none does.

    Args:
        held: sessions that the group held, those before the participant joined included.
        done: the attendance and task reports of the participant.
        rule: the requirements of the programme.
    """
    if held == 0 or done.attended * 100 < rule.min_attendance_percent * held:
        return False
    return not rule.tasks_required or done.tasks_reported >= done.tasks_due
