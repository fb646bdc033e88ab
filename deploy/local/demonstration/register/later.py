"""What the register says when the year after last year's begins."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from local.demonstration.dates.school_years import SchoolYear
from local.demonstration.register.geography import CAMBRIDGESHIRE
from local.demonstration.register.hub import CONVERTED, InventedHub, both_ways
from local.demonstration.register.schools import CLOSED, CONVERTER_ACADEMY, Link, School
from local.demonstration.register.trusts import has_trust

JOINED: Final = 20  # the trust, none of those whose academies play a part


@dataclass(frozen=True)
class NextSeptember:
    """The register on 1 September: one more school has become an academy over the summer."""

    schools: tuple[School, ...]
    links: tuple[Link, ...]
    old: School  # as it was before
    new: School


def next_september(hub: InventedHub, year: SchoolYear, among: Collection[str]) -> NextSeptember:
    """The register with which a year begins; the school that has become an academy is one of some."""
    old = next(
        school
        for school in hub.january
        if school.kind == "primary"
        and school.district.authority == CAMBRIDGESHIRE
        and school.is_open
        and not has_trust(school)
        and school.urn in among
    )
    new = replace(
        old,
        urn=str(1 + max(int(school.urn) for school in hub.january)),
        type_code=CONVERTER_ACADEMY,
        trust=hub.trusts[JOINED],
        opened_on=year.starts_on,
        opened_because=CONVERTED,
        changed_on=year.starts_on,
    )
    closed = replace(
        old,
        status=CLOSED,
        closed_on=year.starts_on - timedelta(days=1),
        closed_because=CONVERTED,
        changed_on=year.starts_on,
    )
    schools = (*(closed if school is old else school for school in hub.january), new)
    return NextSeptember(schools, (*hub.links_january, *both_ways(old, new, year.starts_on)), old, new)
