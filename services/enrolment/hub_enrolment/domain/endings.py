"""Rules about cancelling a Work Group before it has met and closing it after its evaluation."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_kernel.england import spoken_date
from hub_kernel.refusals import Conflict, Refused

# Before the first register; from then on a group runs, see `work_groups.moves_on`.
CANCELLABLE: Final = frozenset(
    {
        WorkGroupStatus.DRAFT,
        WorkGroupStatus.RECRUITING,
        WorkGroupStatus.CONFIRMED,
        WorkGroupStatus.AT_RISK,
    }
)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The progress of a group through its sessions."""

    status: str
    last_held_on: date | None
    confirmed: bool = True
    to_come: int = 0  # sessions without a register


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Return whether a cancellation changes a group; raise unless it can be cancelled.

    False: the group is cancelled for the same reason already.

    Raises:
        Conflict: `not_cancellable`.
    """
    if status == WorkGroupStatus.CANCELLED and known_reason == reason:
        return False
    if status not in CANCELLABLE:
        raise Conflict(
            "not_cancellable", f"The Work Group is {status}; only one that has not met can be cancelled."
        )
    return True


def close(group: Progress, *, evaluation_submitted_on: date, today: date) -> None:
    """Raise unless a group can be closed: its last session is held and its evaluation dated after it.

    A running group that was never confirmed can be closed when no session is `to_come`.

    Raises:
        Conflict: `not_evaluating`; Refused: `evaluation_in_future`, `evaluation_before_last_session`.
    """
    ended_unconfirmed = group.status == WorkGroupStatus.RUNNING and not group.confirmed and not group.to_come
    if group.status != WorkGroupStatus.EVALUATING and not ended_unconfirmed:
        detail = f"The Work Group is {group.status}; it can be closed after the register of its last session."
        raise Conflict("not_evaluating", detail)
    if evaluation_submitted_on > today:
        detail = "The evaluation is dated in the future; give the day on which it was submitted."
        raise Refused("evaluation_in_future", detail, "/evaluation_submitted_on")
    if group.last_held_on is not None and evaluation_submitted_on < group.last_held_on:
        detail = f"The last session was held on {spoken_date(group.last_held_on)}, after the day given here."
        raise Refused("evaluation_before_last_session", detail, "/evaluation_submitted_on")
