"""Rules about how many places a Work Group has.

While it recruits its capacity says so. A Work Group that takes place has no more places than its programme's
largest number of teachers, or than a hub lead has allowed for a reason that is kept.
"""

from typing import Final

from hub_enrolment.domain.refusals import Refused

TAKES_PLACE: Final = frozenset({"confirmed", "at_risk", "running", "evaluating"})


def most_teachers(max_teachers: int, allowed: int | None) -> int:
    """Return how many teachers a group that takes place may have.

    Args:
        max_teachers: the programme's.
        allowed: what a hub lead has allowed for this group, if anything.
    """
    return max(max_teachers, allowed or 0)


def places_n(status: str, capacity: int, *, most: int) -> int:
    """Return how many places a group has in a status; `most`: see `most_teachers`."""
    return min(capacity, most) if status in TAKES_PLACE else capacity


def check_capacity(status: str, *, known: int, asked: int, most: int, override_reason: str | None) -> bool:
    """Decide on a capacity; True when only by the override, whose reason is kept.

    A capacity that is too large already may stay, or become smaller: places beyond `most` are not given.

    Args:
        status: the group's.
        known: its capacity until now.
        asked: its new capacity; the same when another of its terms changes.
        most: see `most_teachers`.
        override_reason: why a hub lead allows more.

    Raises:
        Refused: `too_many_teachers`.
    """
    if status not in TAKES_PLACE or asked <= most:
        return False
    if override_reason is not None:
        return True
    if asked > known:
        detail = f"This Work Group has at most {most} teachers; a hub lead can allow more for a reason."
        raise Refused("too_many_teachers", detail, "/capacity")
    return False
