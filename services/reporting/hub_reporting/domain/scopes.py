"""Scopes of reports, and the schools in each of them."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hub_kernel import hub_area
from hub_kernel.refusals import Refused
from hub_reporting.domain.schools import PHASE_NAMES, PHASES, Register, School

_PATTERN: Final = re.compile(
    r"(connected|hub)|(la):(\d{3})|(phase):([a-z0-9_]{1,20})|(trust):([A-Za-z0-9]{1,20})"
)


@dataclass(frozen=True)
class Scope:
    """A set of schools: connected, hub, la:873, phase:primary or trust:<uid>."""

    kind: str
    value: str = ""

    @property
    def is_hub_wide(self) -> bool:
        """Whether it is the hub itself: its connected schools, or its area."""
        return self.kind in {"connected", "hub"}

    @property
    def code(self) -> str:
        """The scope as a parameter of an address."""
        return f"{self.kind}:{self.value}" if self.value else self.kind


CONNECTED: Final = Scope("connected")
HUB: Final = Scope("hub")


def parse_scope(text: str) -> Scope:
    """Read a scope from an address.

    Raises:
        Refused: `unknown_scope`.
    """
    found = _PATTERN.fullmatch(text)
    if found is None:
        detail = "A scope is connected, hub, la:873, phase:primary or trust:<uid>."
        raise Refused("unknown_scope", detail, "/scope")
    words = [word for word in found.groups() if word is not None]
    scope = Scope(*words)
    if scope.kind == "phase" and scope.value not in PHASES:
        raise Refused("unknown_scope", f"A phase is one of {', '.join(PHASES)}.", "/scope")
    return scope


@dataclass(frozen=True)
class Area:
    """Connected schools and the hub's area, as of the day of the register."""

    register: Register
    connected: Collection[str]  # open URNs
    served: hub_area.Area | None  # None until the hub has been described
    _members: dict[Scope, frozenset[str]] = field(default_factory=dict)
    _places: dict[tuple[str, str | None], bool] = field(default_factory=dict)

    def members(self, scope: Scope) -> frozenset[str]:
        """Return the open schools in a scope."""
        if scope not in self._members:
            self._members[scope] = frozenset(
                urn for urn in self.register.open_schools() if self._covers(scope, self.register.schools[urn])
            )
        return self._members[scope]

    def eligible(self, scope: Scope) -> frozenset[str]:
        """Return the open state-funded schools in a scope: the denominator of rates."""
        return frozenset(urn for urn in self.members(scope) if self.register.schools[urn].eligible)

    def includes(self, scope: Scope, urn: str) -> bool:
        """Return whether a school, open or closed, belongs to a scope."""
        school = self.register.described(urn)
        if school is None:
            return scope == CONNECTED
        return scope == CONNECTED or self._covers(scope, school)

    def require_known(self, scope: Scope) -> None:
        """Raise unless the scope has or had a school; while the register is empty, accept every scope.

        Raises:
            Refused: `unknown_scope`.
        """
        match scope.kind:
            case "la":
                known = scope.value in self.register.authorities
            case "trust":
                known = self.register.identity(scope.value) in self.register.trusts
            case _:
                known = True
        if not known and self.register.schools:
            raise Refused("unknown_scope", f"The register has no school in {scope.code}.", "/scope")

    def _covers(self, scope: Scope, school: School) -> bool:
        match scope.kind:
            case "connected":
                return school.urn in self.connected
            case "hub":
                return self._serves(school)
            case "la":
                return school.la_code == scope.value
            case "phase":
                return school.phase == scope.value
            case _:
                companies, uid = self.register.companies, school.trust_uid
                return uid is not None and companies.get(uid, uid) == companies.get(scope.value, scope.value)

    def _serves(self, school: School) -> bool:
        """Return whether a school is in the hub's area, by all its URNs and all its codes so far."""
        urns = self.register.urns_of_school(school.urn)
        if len(urns) > 1 or school.urn in self._exceptions or school.urn in self.register.history.facts:
            codes = [self.register.codes(urn) for urn in urns]
            las, districts = (frozenset().union(*each) for each in zip(*codes, strict=True))
            return self._in_area(urns, las, districts)
        place = school.la_code, school.district_code
        if place not in self._places:  # nearly all schools share theirs with others
            districts = frozenset() if school.district_code is None else frozenset({school.district_code})
            self._places[place] = self._in_area(urns, {school.la_code}, districts)
        return self._places[place]

    def _in_area(self, urns: Collection[str], las: Collection[str], districts: Collection[str]) -> bool:
        return self.served is not None and hub_area.in_area(
            self.served, urns=urns, la_codes=las, district_codes=districts
        )

    @cached_property
    def _exceptions(self) -> frozenset[str]:
        return (
            frozenset()
            if self.served is None
            else frozenset((*self.served.extra_urns, *self.served.excluded_urns))
        )

    def describe(self, scope: Scope) -> str:
        """Return a scope in words."""
        match scope.kind:
            case "connected":
                return "schools connected to the hub"
            case "hub":
                return self._describe_area()
            case "la":
                return self.register.authorities.get(scope.value, f"LA {scope.value}")
            case "phase":
                return f"{PHASE_NAMES[scope.value]} schools"
            case _:
                identity = self.register.identity(scope.value)
                return self.register.trusts.get(identity, f"trust {scope.value}")

    def _describe_area(self) -> str:
        if self.served is None:
            return "the hub's area (the hub has not been described yet)"
        las, districts = self.register.authorities, self.register.districts
        names = {las[code] for code in self.served.la_codes if code in las}
        names |= {districts[code] for code in self.served.district_codes if code in districts}
        return f"the hub's area: {' and '.join(sorted(names))}" if names else "the hub's area"
