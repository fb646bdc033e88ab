"""The register of schools as of a day: facts, open schools, and successors of closed ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from hub_contracts.vocabulary import Phase
from hub_kernel import successions as kernel
from hub_kernel.successions import Successions
from hub_reporting.domain.school_history import History, codes_until, facts_on, trust_on

PHASES: Final = tuple(phase.value for phase in Phase)
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
    """One school, with facts from Get Information About Schools (GIAS)."""

    urn: str
    name: str
    la_code: str
    la_name: str
    district_name: str | None
    phase: str
    eligible: bool  # state-funded: the hub's programmes are open to it
    status: str  # latest in the register: open, proposed_to_close, closed, proposed_to_open
    trust_uid: str | None
    trust_name: str | None
    easting: int | None
    northing: int | None
    opened_on: date | None
    closed_on: date | None
    district_code: str | None = None
    companies_house: str | None = None  # number of the trust's company

    def open_at(self, day: date) -> bool:
        """Return whether the school is open on a day."""
        return kernel.is_open(
            status=self.status, open_date=self.opened_on, close_date=self.closed_on, day=day
        )


class Connection(NamedTuple):
    """A school's first contact with the hub."""

    urn: str
    connected_on: date
    via: str


@dataclass(frozen=True)
class Register:
    """Every school of the read models, as of one day."""

    schools: Mapping[str, School]  # with the facts of `facts_day`
    successions: Successions
    day: date  # of open schools and successors
    companies: Mapping[str, str] = field(default_factory=dict)  # UID of a trust → Companies House number
    history: History = NO_HISTORY
    facts_day: date = date.max
    _open_urns: dict[str, str | None] = field(default_factory=dict)

    def open_urn(self, urn: str) -> str | None:
        """Return the open school that a URN stands for on the day, itself or a successor; None without one.

        A school that became an academy, or two that merged, are counted once, under the number that was open.
        """
        if urn not in self._open_urns:
            school = self.schools.get(self.current_urn(urn))
            self._open_urns[urn] = school.urn if school is not None and school.open_at(self.day) else None
        return self._open_urns[urn]

    def open_urns(self, urns: Iterable[str]) -> set[str]:
        """Return the distinct open schools that some URNs stand for."""
        return {urn for urn in map(self.open_urn, urns) if urn is not None}

    def current_urn(self, urn: str) -> str:
        """Return the last successor of a school on the day, or the school itself, open or closed.

        For past facts, which stay counted after a school has closed.
        """
        return self.successions.standing(urn, self.day)

    def urns_of_school(self, urn: str) -> frozenset[str]:
        """Return every URN that the same school has or had, as of the day."""
        return self.successions.stood_for(urn, self.day)

    def open_schools(self) -> set[str]:
        """Return all schools open on the day, a school and its successor counted once."""
        return self.open_urns(self.schools)

    def described(self, urn: str) -> School | None:
        """Return the facts of a school's last successor, or of the school itself where these are missing."""
        return self.schools.get(self.current_urn(urn)) or self.schools.get(urn)

    def name(self, urn: str) -> str:
        """Return a school's name, or "URN" with its number where the name is missing."""
        school = self.schools.get(urn)
        return school.name if school is not None else f"URN {urn}"

    def identity(self, trust_uid: str) -> str:
        """Return a trust's identity, the same for each of its UIDs: its company number, or else the UID."""
        return self.companies.get(trust_uid, trust_uid)

    def codes(self, urn: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the codes of all authorities and districts of a school up to the day of the facts."""
        if (history := self.history.facts.get(urn)) is not None:
            return codes_until(history, self.facts_day)
        if (school := self.schools.get(urn)) is None:
            return frozenset(), frozenset()
        districts = frozenset[str]() if school.district_code is None else frozenset({school.district_code})
        return frozenset({school.la_code}), districts

    @cached_property
    def authorities(self) -> dict[str, str]:
        """Names of all authorities of schools by code, preferably those of the day."""
        past = [one for each in self.history.facts.values() for one in each]
        known = self.schools.values()
        return {one.la_code: one.la_name for one in past} | {one.la_code: one.la_name for one in known}

    @cached_property
    def districts(self) -> dict[str, str]:
        """Names of all districts of schools by code, preferably those of the day."""
        pairs = [
            (one.district_code, one.district_name) for each in self.history.facts.values() for one in each
        ]
        pairs += [(school.district_code, school.district_name) for school in self.schools.values()]
        return {code: name for code, name in pairs if code is not None and name is not None}

    @cached_property
    def trusts(self) -> dict[str, str]:
        """Names of all trusts of schools by identity, preferably those of the day."""
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
        latest: URN → the school's latest facts.
        history: all events of schools whose facts or trust have changed.
        successions: successors of schools, each with its first day.
        day: of open schools and successors.
        facts_day: of names, authorities, districts, phases and trusts.
    """
    schools = dict(latest)
    for urn, events in history.facts.items():
        if urn in schools:
            facts = facts_on(events, facts_day)
            schools[urn] = schools[urn]._replace(
                name=facts.name,
                la_code=facts.la_code,
                la_name=facts.la_name,
                district_code=facts.district_code,
                district_name=facts.district_name,
                phase=facts.phase,
                eligible=facts.eligible,
            )
    for urn, memberships in history.trusts.items():
        if urn in schools:
            uid, name = trust_on(memberships, facts_day)
            schools[urn] = schools[urn]._replace(trust_uid=uid, trust_name=name)
    return Register(schools, successions, day, _companies(latest, history), history, facts_day)


def _companies(latest: Mapping[str, School], history: History) -> dict[str, str]:
    """Return the Companies House number of each trust UID."""
    pairs = [(one.trust_uid, one.companies_house) for each in history.trusts.values() for one in each]
    pairs += [(school.trust_uid, school.companies_house) for school in latest.values()]
    return {uid: number for uid, number in pairs if uid is not None and number is not None}


def first_connections(connections: Iterable[Connection], register: Register) -> dict[str, Connection]:
    """Return the earliest connection of each open school; a closed school's counts for its successor."""
    first: dict[str, Connection] = {}
    for one in sorted(connections, key=lambda connection: (connection.connected_on, connection.urn)):
        urn = register.open_urn(one.urn)
        if urn is not None:
            first.setdefault(urn, one)
    return first
