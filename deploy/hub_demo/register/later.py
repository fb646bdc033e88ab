"""Later registers: one school becomes an academy in April, another one on 1 September."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from hub_demo.register.geography import CAMBRIDGESHIRE
from hub_demo.register.hub import CONVERTED, both_ways
from hub_demo.register.schools import CLOSED, CONVERTER_ACADEMY, Link, School, Trust
from hub_demo.register.trusts import has_trust

JOINED: Final = 20  # index of the trust; its academies have no other part


@dataclass(frozen=True)
class Register:
    """The register of a day on which a school has become an academy."""

    day: date
    schools: tuple[School, ...]
    links: tuple[Link, ...]
    old: School  # the school before
    new: School


def academy_opens(
    schools: Sequence[School],
    links: Sequence[Link],
    trusts: Sequence[Trust],
    among: Collection[str],
    day: date,
) -> Register:
    """Make the first maintained primary school of Cambridgeshire in a list an academy on a day."""
    old = next(
        school
        for school in schools
        if school.urn in among
        and school.kind == "primary"
        and school.district.authority == CAMBRIDGESHIRE
        and school.is_open
        and not has_trust(school)
    )
    new = replace(
        old,
        urn=str(1 + max(int(school.urn) for school in schools)),
        type_code=CONVERTER_ACADEMY,
        trust=trusts[JOINED],
        opened_on=day,
        opened_because=CONVERTED,
        changed_on=day,
    )
    closed = replace(
        old,
        status=CLOSED,
        closed_on=day - timedelta(days=1),
        closed_because=CONVERTED,
        changed_on=day,
    )
    rest = (closed if school is old else school for school in schools)
    return Register(day, (*rest, new), (*links, *both_ways(old, new, day)), old, new)
