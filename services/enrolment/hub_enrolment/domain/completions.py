"""Rules about completing: what a participant has done by the time the group closes."""

from dataclasses import dataclass
from typing import Final

MIN_ATTENDANCE_PERCENT: Final = 75  # of the sessions held, unless the programme says otherwise


@dataclass(frozen=True, kw_only=True)
class CompletionRule:
    """What a programme asks of those who complete it."""

    min_attendance_percent: int = MIN_ATTENDANCE_PERCENT  # 0 to 100, of the sessions that were held
    tasks_required: bool = True  # every task that was due has been reported on


@dataclass(frozen=True, kw_only=True)
class Participation:
    """What one participant has done."""

    attended: int  # sessions at which they were in the room, those of a group they moved from included
    tasks_due: int = 0
    tasks_reported: int = 0


def completes(held: int, done: Participation, rule: CompletionRule) -> bool:
    """Whether somebody completes; in a group that never met nobody does.

    Args:
        held: sessions that the group held, also those before the participant joined.
        done: what the participant has done.
        rule: the programme's.
    """
    if held == 0 or done.attended * 100 < rule.min_attendance_percent * held:
        return False
    return not rule.tasks_required or done.tasks_reported >= done.tasks_due
