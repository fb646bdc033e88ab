"""Which schools a hub serves: authorities, districts, and schools that are an exception to them."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Area:
    """The area of a hub, as its description states it."""

    la_codes: Collection[str]  # three digits, GIAS
    district_codes: Collection[str]  # GIAS, such as E07000012
    extra_urns: Collection[str]
    excluded_urns: Collection[str]


def in_area(
    area: Area, *, urns: Collection[str], la_codes: Collection[str], district_codes: Collection[str]
) -> bool:
    """Return whether a school is in a hub's area.

    It is when an authority or a district of it is, unless the school is an exception. A school that was in
    the area remains in it when the register recodes its authority or gives it a new URN: schools do not move.

    Args:
        area: the hub's area.
        urns: the school's URN and those of the schools that it stands for.
        la_codes: every authority that these schools have had up to the day in question.
        district_codes: every district, likewise.
    """
    if any(urn in area.excluded_urns for urn in urns):
        return False
    return (
        any(urn in area.extra_urns for urn in urns)
        or any(code in area.la_codes for code in la_codes)
        or any(code in area.district_codes for code in district_codes)
    )
