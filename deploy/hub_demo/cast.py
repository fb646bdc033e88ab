"""The choice of schools that are connected, engaged or supported, or that provide leaders.

The numbers are those that the Cambridge Maths Hub has published about itself, as targets of the plan. The
figures at the end are counted by reporting, from the events.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub_demo.register.geography import OPPORTUNITY_AREA
from hub_demo.register.hub import InventedHub
from hub_demo.register.schools import School, Trust

# Local authority → number of its connected schools: 541 in all.
CONNECTED: Final = {"873": 251, "874": 76, "926": 112, "935": 102}
SUPPORTED_PRIMARIES: Final = 29
# In Cambridgeshire, converting schools included: 197 of 272 schools, more than 70 per cent.
ENGAGED: Final = {"primary": 164, "secondary": 24, "nursery": 5, "post16": 4}
NEVER_CAME: Final = 6  # schools that signed up and have not attended
ENGAGED_ELSEWHERE: Final = {
    "874": {"primary": 28, "secondary": 8, "post16": 2},
    "926": {"primary": 24, "secondary": 6},
    "935": {"primary": 20, "secondary": 6},
}
LEAD_SCHOOLS: Final = {"primary": 27, "secondary": 10, "nursery": 1, "post16": 1}
CORE_TRUSTS: Final = 6
SCHOOLS_PER_CORE_TRUST: Final = 2
PD_LEAD_SCHOOLS: Final = {"primary": 6, "secondary": 2}
CONNECTED_IN_YEAR: Final = 61


@dataclass(frozen=True)
class Cast:
    """URNs of the schools with each part, sorted."""

    schools: dict[str, School]  # every open state-funded school of either register
    connected: tuple[str, ...]  # in the register of September
    connected_in_year: frozenset[str]  # the connected schools whose first contact is during the year
    supported: tuple[str, ...]
    engaged: tuple[str, ...]  # must attend at least one session; converting schools by their old URN
    never_came: tuple[str, ...]
    core: tuple[str, ...]
    leading: tuple[str, ...]
    pd_leading: tuple[str, ...]
    long_holiday: Trust  # the trust with a calendar of its own


class Chooser:
    """Draws schools at random, the same ones for the same seed."""

    def __init__(self, schools: Iterable[School], seed: str) -> None:
        self._random = random.Random(f"{seed}/cast")
        self._schools = sorted(schools, key=lambda s: s.urn)

    def fitting(
        self,
        kinds: Collection[str] = (),
        authority: str = "",
        but: Collection[str] = (),
        *,
        trust: Trust | None = None,
        in_area: bool | None = None,
    ) -> list[str]:
        """Return the URNs of schools that meet all conditions, sorted, without those in `but`.

        Args:
            kinds: any of these kinds; empty for all.
            authority: code of a local authority; empty for all.
            but: URNs to leave out.
            trust: only schools of this one.
            in_area: only schools in the opportunity area, or only schools outside it.
        """
        return [
            s.urn
            for s in self._schools
            if (not kinds or s.kind in kinds)
            and authority in {"", s.la_code}
            and s.urn not in but
            and (trust is None or s.trust == trust)
            and in_area in {None, in_opportunity_area(s)}
        ]

    def draw(self, number: int, among: Collection[str]) -> list[str]:
        """Draw a number of URNs, sorted."""
        return sorted(self._random.sample(sorted(among), number))

    def draw_kinds(self, numbers: Mapping[str, int], but: Collection[str], authority: str = "") -> list[str]:
        """Draw a number of URNs of each kind."""
        return [
            urn for kind, n in numbers.items() for urn in self.draw(n, self.fitting({kind}, authority, but))
        ]


def cast(hub: InventedHub, seed: str) -> Cast:
    """Choose the schools for each part."""
    september = hub.open_in_september()
    schools = {s.urn: s for s in (*september, *hub.open_in_january())}
    chooser = Chooser((s for s in september if s.urn != hub.closing), seed)
    supported = [
        *chooser.draw(SUPPORTED_PRIMARIES, chooser.fitting({"primary"}, in_area=True)),
        *chooser.fitting({"secondary"}, in_area=True),
    ]
    engaged = _engaged(chooser, {*supported, *hub.successors}, schools)
    never_came = chooser.draw(NEVER_CAME, chooser.fitting({"primary"}, "873", engaged))
    core = _core(chooser, hub.trusts)
    leading = _leading(chooser, engaged - {*supported, *hub.successors})
    pd_leading = chooser.draw_kinds(
        PD_LEAD_SCHOOLS, {*supported, *hub.successors, *never_came, *core, *leading}
    )
    chosen = {*engaged, *never_came, *core, *leading, *pd_leading}
    connected = _connected(chooser, chosen)
    return Cast(
        schools=schools,
        connected=tuple(sorted(connected)),
        connected_in_year=frozenset(chooser.draw(CONNECTED_IN_YEAR, connected - chosen)),
        supported=tuple(supported),
        engaged=tuple(sorted(engaged)),
        never_came=tuple(never_came),
        core=tuple(core),
        leading=tuple(leading),
        pd_leading=tuple(pd_leading),
        long_holiday=next(trust for urn in supported if (trust := schools[urn].trust)),
    )


def in_opportunity_area(school: School) -> bool:
    """Return whether a school is in Fenland or East Cambridgeshire."""
    return school.district.code in OPPORTUNITY_AREA


def _engaged(chooser: Chooser, certain: set[str], schools: Mapping[str, School]) -> set[str]:
    """Return the schools that must be engaged, and others until each kind has its number."""
    engaged = set(certain)
    missing = {
        kind: number - sum(schools[urn].kind == kind for urn in certain) for kind, number in ENGAGED.items()
    }
    engaged |= set(chooser.draw_kinds(missing, certain, "873"))
    for authority, numbers in ENGAGED_ELSEWHERE.items():
        engaged |= set(chooser.draw_kinds(numbers, (), authority))
    return engaged


def _core(chooser: Chooser, trusts: Sequence[Trust]) -> list[str]:
    """Draw two academies of each of six trusts."""
    return [
        urn
        for trust in trusts[:CORE_TRUSTS]
        for urn in chooser.draw(
            SCHOOLS_PER_CORE_TRUST, chooser.fitting({"primary", "secondary"}, trust=trust, in_area=False)
        )
    ]


def _leading(chooser: Chooser, engaged: set[str]) -> list[str]:
    """Draw the engaged schools that provide leaders, by kind."""
    return [
        urn
        for kind, number in LEAD_SCHOOLS.items()
        for urn in chooser.draw(number, engaged & set(chooser.fitting({kind})))
    ]


def _connected(chooser: Chooser, chosen: set[str]) -> set[str]:
    """Return all schools with a part, and others until each local authority has its number."""
    connected = set(chosen)
    for authority, number in CONNECTED.items():
        others = chooser.fitting((), authority, chosen)
        already = len(chooser.fitting((), authority)) - len(others)
        connected |= set(chooser.draw(number - already, others))
    return connected
