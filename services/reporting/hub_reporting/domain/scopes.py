"""Which schools a report is about."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from hub_reporting.domain.refusals import Refused
from hub_reporting.domain.schools import PHASE_NAMES, PHASES, Register, School

_PATTERN: Final = re.compile(
    r"(connected|hub)|(la):(\d{3})|(phase):([a-z0-9_]{1,20})|(trust):([A-Za-z0-9]{1,20})"
)


@dataclass(frozen=True)
class Scope:
    """connected | hub | la:873 | phase:primary | trust:<uid>."""

    kind: str
    value: str = ""

    @property
    def code(self) -> str:
        """As it is written in an address."""
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
    """What the hub is, for the scopes `connected` and `hub`, as seen on the register's day."""

    register: Register
    connected: Collection[str]  # URNs after successors
    la_codes: Collection[str]  # the authorities named in the hub's grant
    _members: dict[Scope, frozenset[str]] = field(default_factory=dict)

    def members(self, scope: Scope) -> frozenset[str]:
        """The open schools in a scope."""
        if scope not in self._members:
            self._members[scope] = frozenset(
                urn for urn in self.register.open_schools() if self._covers(scope, self.register.schools[urn])
            )
        return self._members[scope]

    def eligible(self, scope: Scope) -> frozenset[str]:
        """The open state-funded schools in a scope: what a rate is a share of."""
        return frozenset(urn for urn in self.members(scope) if self.register.schools[urn].eligible)

    def holds(self, scope: Scope, urn: str) -> bool:
        """Whether a school belongs to a scope, open or not: history stays where it was made."""
        standing = self.register.kept(urn)
        school = self.register.schools.get(standing)
        if school is None:
            return scope == CONNECTED
        return scope == CONNECTED or self._covers(scope, school)

    def check(self, scope: Scope) -> None:
        """Let a scope pass that some school is in; before any school is heard of, everything passes.

        Raises:
            Refused: `unknown_scope`.
        """
        schools = self.register.schools.values()
        if scope.kind in {"la", "trust"} and schools and not any(self._covers(scope, s) for s in schools):
            raise Refused("unknown_scope", f"The register has no school in {scope.code}.", "/scope")

    def _covers(self, scope: Scope, school: School) -> bool:
        match scope.kind:
            case "connected":
                return school.urn in self.connected
            case "hub":
                return school.la_code in self.la_codes
            case "la":
                return school.la_code == scope.value
            case "phase":
                return school.phase == scope.value
            case _:
                return school.trust_uid == scope.value

    def describe(self, scope: Scope) -> str:
        """What people call a scope."""
        schools = self.register.schools.values()
        match scope.kind:
            case "connected":
                return "schools connected to the hub"
            case "hub":
                las = sorted({s.la_name for s in schools if s.la_code in self.la_codes})
                return f"the hub's area: {' and '.join(las)}" if las else "the hub's area"
            case "la":
                return next((s.la_name for s in schools if s.la_code == scope.value), f"LA {scope.value}")
            case "phase":
                return f"{PHASE_NAMES[scope.value]} schools"
            case _:
                names = (s.trust_name for s in schools if s.trust_uid == scope.value)
                return next((name for name in names if name), f"trust {scope.value}")
