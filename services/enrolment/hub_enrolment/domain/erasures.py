"""Rules about anonymising a teacher's record (UK GDPR, article 17)."""

from datetime import date
from enum import StrEnum
from typing import Final

from hub_kernel.refusals import Conflict


class ErasureReason(StrEnum):
    """The reason for anonymising a record."""

    ASKED_FOR = "asked_for"
    KEPT_LONG_ENOUGH = "kept_long_enough"
    HELD_WITHOUT_GROUND = "held_without_ground"


# Stored in place of the name and address, so that lists of places stay readable.
GIVEN: Final = "Anonymised"
FAMILY: Final = "teacher"
EMAIL: Final = ""


def check(*, places_n: int, roles_n: int) -> None:
    """Raise if a person still holds a place or a leadership role.

    An erasure does not end these by itself: a withdrawal may leave a group below its minimum, and the end of
    a role may leave it without a lead. Both are commands with reasons and consequences of their own.

    Args:
        places_n: active places on groups that are not over, in years that have not ended.
        roles_n: leadership roles held today or later.

    Raises:
        Conflict: `holds_places`, `holds_roles`.
    """
    if places_n:
        detail = f"This person has {places_n} places on Work Groups; withdraw them first."
        raise Conflict("holds_places", detail, "/teacher_id")
    if roles_n:
        detail = f"This person has {roles_n} leadership roles; end them first."
        raise Conflict("holds_roles", detail, "/teacher_id")


def still_held(ends_on: date | None, today: date) -> bool:
    """Return whether a role or a year lasts until today or later; `ends_on` is its last day."""
    return ends_on is None or ends_on >= today
