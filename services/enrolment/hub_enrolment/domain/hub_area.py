"""Which schools a hub serves."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.refusals import Refused, Stale

MOST_CODES: Final = 200
MOST_URNS: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Area:
    """Authorities and districts, and the schools that are an exception to them."""

    la_codes: Collection[str]
    district_codes: Collection[str]
    extra_urns: Collection[str]
    excluded_urns: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Located:
    """Where a school is."""

    urn: str
    la_code: str
    district_code: str | None


def in_area(school: Located, area: Area) -> bool:
    """Whether a school is of the hub's area.

    It is when its local authority or its district is, unless it is an exception.
    """
    if school.urn in area.excluded_urns:
        return False
    return (
        school.urn in area.extra_urns
        or school.la_code in area.la_codes
        or school.district_code in area.district_codes
    )


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
