"""What a hub's description may say of its area; which schools are in it, `hub_kernel.hub_area` decides."""

from typing import Final

from hub_kernel.hub_area import Area
from hub_kernel.refusals import Refused, Stale

MOST_CODES: Final = 200
MOST_URNS: Final = 2_000


def check_area(area: Area) -> None:
    """Let an area pass in which no school is both an extra and excluded.

    Raises:
        Refused: `extra_and_excluded`.
    """
    both = sorted(set(area.extra_urns) & set(area.excluded_urns))
    if both:
        detail = f"The school {both[0]} is named as an extra one and as excluded."
        raise Refused("extra_and_excluded", detail, "/excluded_urns")


def check_revision(revision: int | None, expected: int | None) -> None:
    """Let a change pass that is based on what there is; 0 says that there is nothing yet.

    Raises:
        Stale: `stale`.
    """
    if (revision or 0) != expected:
        known = "nothing yet" if revision is None else f"revision {revision}"
        raise Stale("stale", f"The hub has been changed since you read it; there is {known}.")
