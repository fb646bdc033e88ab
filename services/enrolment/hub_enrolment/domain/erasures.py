"""Rules about erasing who somebody is (UK GDPR, article 17)."""

from datetime import date
from typing import Final

from hub_enrolment.domain.refusals import Conflict

REASONS: Final = ("asked_for", "kept_long_enough", "held_without_ground")

# What stands where a name was, so that a list of places still reads.
GIVEN: Final = "Anonymised"
FAMILY: Final = "teacher"
EMAIL: Final = ""


def check(*, places_n: int, roles_n: int) -> None:
    """Let an erasure pass of somebody who has nothing to do with the hub any more.

    What is still held is not ended on the way: a group may fall below its minimum by a place that is given
    up, and it may be left without a lead. Whoever ends these says why, and is told what follows.

    Args:
        places_n: active places on work groups whose year goes on and that are not over.
        roles_n: leadership roles held today or later.

    Raises:
        Conflict: `holds_places`, `holds_roles`.
    """
    if places_n:
        detail = f"This person holds {places_n} places on work groups; withdraw them first."
        raise Conflict("holds_places", detail, "/teacher_id")
    if roles_n:
        detail = f"This person holds {roles_n} leadership roles; end them first."
        raise Conflict("holds_roles", detail, "/teacher_id")


def still_held(ends_on: date | None, today: date) -> bool:
    """Whether something with a last day is not over yet; on its last day it is held."""
    return ends_on is None or ends_on >= today
