"""Rules about the number of places on a Work Group.

A Work Group that recruits has as many places as its capacity. From its confirmation on it has at most the
programme's maximum of teachers, or the higher number that a hub lead has allowed with a recorded reason.
"""

from typing import Final

from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_kernel.refusals import Refused

TAKES_PLACE: Final = frozenset(
    {WorkGroupStatus.CONFIRMED, WorkGroupStatus.AT_RISK, WorkGroupStatus.RUNNING, WorkGroupStatus.EVALUATING}
)


def most_teachers(max_teachers: int, allowed: int | None) -> int:
    """Return the maximum of teachers for a group from its confirmation on.

    Args:
        max_teachers: the maximum of its programme.
        allowed: the number that a hub lead has allowed for this group; None without one.
    """
    return max(max_teachers, allowed or 0)


def places_n(status: str, capacity: int, *, most: int) -> int:
    """Return the number of places of a group in a status; `most`: see `most_teachers`."""
    return min(capacity, most) if status in TAKES_PLACE else capacity


def check_capacity(status: str, *, known: int, asked: int, most: int, override_reason: str | None) -> bool:
    """Return whether a capacity needs the override of a hub lead; raise if it does and there is none.

    A capacity above the maximum may stay or shrink: places beyond `most` are never given.

    Args:
        status: the status of the group.
        known: its present capacity.
        asked: its new capacity; equal to `known` when only other terms change.
        most: see `most_teachers`.
        override_reason: the reason of a hub lead who allows more; None without one.

    Raises:
        Refused: `too_many_teachers`.
    """
    if status not in TAKES_PLACE or asked <= most:
        return False
    if override_reason is not None:
        return True
    if asked > known:
        detail = (
            f"This Work Group may have at most {most} teachers; a hub lead can allow more, with a reason."
        )
        raise Refused("too_many_teachers", detail, "/capacity")
    return False
