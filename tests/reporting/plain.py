"""Domain values with only what matters to a test."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub_kernel.successions import Succession, Successions, first_day_of_successor
from hub_reporting.domain.schools import Register, School

DAY = date(2026, 8, 31)


def school(urn: str, **others: Any) -> School:
    """A state-funded primary school of Cambridgeshire that is open."""
    plain = School(
        urn, f"School {urn}", "873", "Cambridgeshire", "Fenland", "primary", eligible=True, status="open",
        trust_uid=None, trust_name=None, easting=None, northing=None, opened_on=None, closed_on=None,
    )  # fmt: skip
    return plain._replace(**others)


def register(*schools: School, day: date = DAY, **successors: str) -> Register:
    """Return a register; `u100="200"` makes 200 the successor of 100 from the day after its closure."""
    known = {s.urn: s for s in schools}
    links = {old.removeprefix("u"): new for old, new in successors.items()}
    return Register(known, following(known, links), day)


def following(schools: Mapping[str, School], links: Mapping[str, str]) -> Successions:
    """Return the successors; without a closing date a successor has no first day."""
    return Successions(
        Succession(
            urn=old,
            successor_urn=new,
            first_day=first_day_of_successor(
                close_date=schools[old].closed_on if old in schools else None,
                established_on=None,
                announced_on=date.min,
            ),
        )
        for old, new in links.items()
    )
