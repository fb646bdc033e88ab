"""The register as of a day: what each school is, whether it is open, and which school stands for another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from hub_kernel import successions as kernel
from hub_kernel.successions import Successions
from hub_reporting.domain.school_history import History, codes_until, facts_on, trust_on

PHASES: Final = ("early_years", "primary", "secondary", "post16", "all_through", "unknown")
PHASE_NAMES: Final = {
    "early_years": "Early years",
    "primary": "Primary",
    "secondary": "Secondary",
    "post16": "Post-16",
    "all_through": "All-through",
    "unknown": "Phase not known",
}
NO_HISTORY: Final = History(facts={}, trusts={})


class School(NamedTuple):
    """One school; facts from Get Information About Schools."""

    urn: str
    name: str
    la_code: str
    la_name: str
    district_name: str | None
    phase: str
    eligible: bool  # state-funded, and so what the hub is for
    status: str  # open, proposed_to_close, closed, proposed_to_open: as the register says now
    trust_uid: str | None
    trust_name: str | None
    easting: int | None
    northing: int | None
    opened_on: date | None
    closed_on: date | None
    district_code: str | None = None
    companies_house: str | None = None  # number of the trust's company

    def open_at(self, day: date) -> bool:
        """Return whether the school teaches on a day."""
        return kernel.is_open(
            status=self.status, open_date=self.opened_on, close_date=self.closed_on, day=day
        )


class Connection(NamedTuple):
    """The hub and a school know each other."""

    urn: str
    connected_on: date
    via: str


@dataclass(frozen=True)
class Register:
    """Every school that has been heard of, as seen on one day."""

    schools: Mapping[str, School]  # with the facts of `facts_day`
    successions: Successions
    day: date  # on which schools are open, and one stands for another
    companies: Mapping[str, str] = field(default_factory=dict)  # UID of a trust → Companies House number
    history: History = NO_HISTORY
    facts_day: date = date.max
    _standing: dict[str, str | None] = field(default_factory=dict)

    def standing(self, urn: str) -> str | None:
        """Return the school that stands for another on the day, or for itself; None when it is not open.

        A school that became an academy, or two that merged, are counted once, under the number that was open.
        """
        if urn not in self._standing:
            school = self.schools.get(self.kept(urn))
            self._standing[urn] = school.urn if school is not None and school.open_at(self.day) else None
        return self._standing[urn]

    def distinct(self, urns: Iterable[str]) -> set[str]:
        """Return the different open schools that some URNs stand for."""
        return {urn for urn in map(self.standing, urns) if urn is not None}

    def kept(self, urn: str) -> str:
        """Return the school that stands for another on the day, also one that has closed.

        For history that must not vanish because a school has closed.
        """
        return self.successions.standing(urn, self.day)

    def same(self, urn: str) -> frozenset[str]:
        """Return every URN that is the same school on the day."""
        return self.successions.stood_for(urn, self.day)

    def open_schools(self) -> set[str]:
        """Return all schools open on the day, a school and its successor counted once."""
        return self.distinct(self.schools)

    def described(self, urn: str) -> School | None:
        """Return the facts of the school that stands for another, or of the school itself without them."""
        return self.schools.get(self.kept(urn)) or self.schools.get(urn)

    def name(self, urn: str) -> str:
        """Return a school's name, or its number while the name has not been heard."""
        school = self.schools.get(urn)
        return school.name if school is not None else f"URN {urn}"

    def identity(self, trust_uid: str) -> str:
        """Return what a trust is under each of its UIDs: its company's number, or the UID without one."""
        return self.companies.get(trust_uid, trust_uid)

    def codes(self, urn: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the authorities and the districts that a school has had up to the day of the facts."""
        if (history := self.history.facts.get(urn)) is not None:
            return codes_until(history, self.facts_day)
        if (school := self.schools.get(urn)) is None:
            return frozenset(), frozenset()
        districts = frozenset[str]() if school.district_code is None else frozenset({school.district_code})
        return frozenset({school.la_code}), districts

    @cached_property
    def authorities(self) -> dict[str, str]:
        """Return the name of each authority that any school has had, as of the day where it has one then."""
        said = [one for each in self.history.facts.values() for one in each]
        known = self.schools.values()
        return {one.la_code: one.la_name for one in said} | {one.la_code: one.la_name for one in known}

    @cached_property
    def districts(self) -> dict[str, str]:
        """Return the name of each district that any school has had, likewise."""
        pairs = [
            (one.district_code, one.district_name) for each in self.history.facts.values() for one in each
        ]
        pairs += [(school.district_code, school.district_name) for school in self.schools.values()]
        return {code: name for code, name in pairs if code is not None and name is not None}

    @cached_property
    def trusts(self) -> dict[str, str]:
        """Return the name of each trust that any school has belonged to, by identity, likewise."""
        pairs = [(one.trust_uid, one.trust_name) for each in self.history.trusts.values() for one in each]
        pairs += [(school.trust_uid, school.trust_name) for school in self.schools.values()]
        return {self.identity(uid): name or uid for uid, name in pairs if uid is not None}


def register_on(
    latest: Mapping[str, School],
    history: History,
    successions: Successions,
    *,
    day: date,
    facts_day: date,
) -> Register:
    """Return the register as of a day.

    Args:
        latest: each school as last described.
        history: what was said of schools whose facts differ by the day.
        successions: which school follows which, from when on.
        day: on which schools are open, and one stands for another.
        facts_day: whose names, authorities, districts, phases and trusts are taken.
    """
    named = [(one.trust_uid, one.companies_house) for each in history.trusts.values() for one in each]
    named += [(school.trust_uid, school.companies_house) for school in latest.values()]
    companies = {uid: number for uid, number in named if uid is not None and number is not None}
    schools = dict(latest)
    for urn, said in history.facts.items():
        if urn in schools:
            facts = facts_on(said, facts_day)
            schools[urn] = schools[urn]._replace(
                name=facts.name,
                la_code=facts.la_code,
                la_name=facts.la_name,
                district_code=facts.district_code,
                district_name=facts.district_name,
                phase=facts.phase,
                eligible=facts.eligible,
            )
    for urn, told in history.trusts.items():
        if urn in schools:
            uid, name = trust_on(told, facts_day)
            schools[urn] = schools[urn]._replace(trust_uid=uid, trust_name=name)
    return Register(schools, successions, day, companies, history, facts_day)
