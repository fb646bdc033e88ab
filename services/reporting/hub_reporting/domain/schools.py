"""The register as reporting knows it: which schools are open on a day, and who carries on whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

PHASES: Final = ("early_years", "primary", "secondary", "post16", "all_through", "unknown")
PHASE_NAMES: Final = {
    "early_years": "Early years",
    "primary": "Primary",
    "secondary": "Secondary",
    "post16": "Post-16",
    "all_through": "All-through",
    "unknown": "Phase not known",
}


class School(NamedTuple):
    """One school; facts as last heard, from Get Information About Schools."""

    urn: str
    name: str
    la_code: str
    la_name: str
    district_name: str | None
    phase: str
    eligible: bool  # state-funded, and so what the hub is for
    status: str  # open, proposed_to_close, closed, proposed_to_open
    trust_uid: str | None
    trust_name: str | None
    easting: int | None
    northing: int | None
    opened_on: date | None
    closed_on: date | None

    def open_at(self, day: date) -> bool:
        """Whether pupils were taught there; a school's closing date is its last day."""
        if self.status == "proposed_to_open" or (self.opened_on is not None and self.opened_on > day):
            return False
        if self.closed_on is not None:
            return day <= self.closed_on
        return self.status in {"open", "proposed_to_close"}


class Connection(NamedTuple):
    """The hub and a school know each other."""

    urn: str
    connected_on: date
    via: str


@dataclass(frozen=True)
class Register:
    """Every school that has been heard of, as seen on one day."""

    schools: Mapping[str, School]
    successors: Mapping[str, str]  # who carried on a school
    day: date
    _standing: dict[str, str | None] = field(default_factory=dict)

    def standing(self, urn: str) -> str | None:
        """Who a school is on the day: itself, or whoever carries it on; None when nobody does.

        A school that became an academy, or two that merged, are counted once, under the number that was open.
        """
        if urn not in self._standing:
            self._standing[urn] = self._follow(urn)
        return self._standing[urn]

    def _follow(self, urn: str) -> str | None:
        found, seen = None, set[str]()
        step: str | None = urn
        while step is not None and step not in seen:
            seen.add(step)
            school = self.schools.get(step)
            if school is not None and school.open_at(self.day):
                found = step
            step = self.successors.get(step)
        return found

    def distinct(self, urns: Iterable[str]) -> set[str]:
        """The different schools behind some URNs; those that are gone without a successor drop out."""
        return {urn for urn in map(self.standing, urns) if urn is not None}

    def kept(self, urn: str) -> str:
        """Who a school is for counting: whoever carries it on, or its own number when nobody does.

        For history that must not vanish because a school has closed.
        """
        return self.standing(urn) or urn

    def open_schools(self) -> set[str]:
        """All schools open on the day, a school and its successor counted once."""
        return self.distinct(self.schools)

    def name(self, urn: str) -> str:
        """A school's name, or its number while the name has not been heard."""
        school = self.schools.get(urn)
        return school.name if school is not None else f"URN {urn}"
