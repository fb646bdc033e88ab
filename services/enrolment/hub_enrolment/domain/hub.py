"""Rules about the description of a hub; `hub_kernel.hub_area` decides which schools are in its area."""

from typing import Final

from hub_kernel.hub_area import Area
from hub_kernel.refusals import Refused, Stale

MOST_CODES: Final = 200
MOST_URNS: Final = 2_000


def check_area(area: Area) -> None:
    """Raise if a school is both an extra and an excluded one.

    Raises:
        Refused: `extra_and_excluded`.
    """
    both = sorted(set(area.extra_urns) & set(area.excluded_urns))
    if both:
        detail = f"The school {both[0]} is in extra_urns and in excluded_urns; leave it out of one of them."
        raise Refused("extra_and_excluded", detail, "/excluded_urns")


def check_revision(revision: int | None, expected: int | None) -> None:
    """Raise unless a change is based on the present revision; 0 stands for a hub without a description.

    Raises:
        Stale: `stale`.
    """
    if (revision or 0) != expected:
        known = "no description yet" if revision is None else f"revision {revision}"
        raise Stale(
            "stale",
            f"The hub has changed since you read it: there is {known}. Read it again and repeat the change.",
        )
