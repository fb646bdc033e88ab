"""The inventor of schools: names, types, positions, URNs. The same seed gives the same schools."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TypedDict, Unpack

from hub_demo.dates.school_years import SchoolYear
from hub_demo.register.geography import District, Town
from hub_demo.register.schools import (
    CHURCH_TYPES,
    COMMUNITY,
    CONVERTER_ACADEMY,
    OPEN,
    SPONSORED_ACADEMY,
    VOLUNTARY_AIDED,
    VOLUNTARY_CONTROLLED,
    School,
    Trust,
)
from hub_demo.register.words import PLACE_HEADS, PLACE_TAILS, STREETS

# In GIAS the URNs of English schools start with 1 and those of Welsh ones with 4; none starts with 9.
FIRST_URN = 900_001

# Type → share, by kind of school; about the shares in Cambridgeshire and its neighbours.
TYPE_SHARES = {
    "primary": {
        COMMUNITY: 24,
        VOLUNTARY_CONTROLLED: 19,
        VOLUNTARY_AIDED: 8,
        5: 3,
        CONVERTER_ACADEMY: 36,
        SPONSORED_ACADEMY: 8,
        35: 2,
    },
    "secondary": {CONVERTER_ACADEMY: 72, SPONSORED_ACADEMY: 14, 35: 6, 40: 2, 5: 4, COMMUNITY: 2},
    "special": {7: 55, 44: 45},
    "nursery": {15: 1},
    "post16": {31: 2, 45: 2, 18: 1},
    "all_through": {CONVERTER_ACADEMY: 1},
    "pru": {14: 1},
    "independent": {11: 4, 10: 1},
}
NAME_ENDINGS = {
    "primary": ("Primary School", "Community Primary School", "Primary School", "Primary and Nursery School"),
    "secondary": ("Village College", "Academy", "High School", "School"),
    "special": ("School", "Special School"),
    "nursery": ("Nursery School",),
    "post16": ("Sixth Form College", "College"),
    "all_through": ("All-Through Academy",),
    "pru": ("Centre",),
    "independent": ("House School", "Hall Preparatory School", "Grange School"),
}
PUPILS = {
    "primary": (55, 420),
    "secondary": (520, 1_480),
    "special": (60, 190),
    "nursery": (60, 130),
    "post16": (700, 2_400),
    "all_through": (900, 1_700),
    "pru": (20, 70),
    "independent": (80, 600),
}
# Pupils eligible for free school meals: minimum and maximum per cent; the Fens have more than the villages.
FSM = {"Fenland": (18, 45), "Peterborough": (16, 44), "South Cambridgeshire": (5, 20)}
USUAL_FSM = (8, 34)
SPREAD_METRES = 4_500  # usual distance of a school from its town
# GIAS's code and name of the reason why a school opened.
CONVERSION, NO_REASON = (10, "Academy Converter"), (0, "Not applicable")
FIRST_ACADEMIES = 14  # years before the academic year of the demonstration


class Known(TypedDict, total=False):
    """Fields of a school that are given instead of drawn."""

    type_code: int
    status: int
    pupils: int
    girls: int
    trust: Trust


class Inventor:
    """Invents schools with unique names and URNs."""

    def __init__(self, seed: str, year: SchoolYear) -> None:
        self._year = year
        self._random = random.Random(f"{seed}/schools")
        self._places = self._place_names()
        self._next_urn = FIRST_URN
        self._numbers: dict[tuple[str, str], int] = {}
        self._postcodes = 0

    def school(self, district: District, kind: str, **known: Unpack[Known]) -> School:
        """Return a school of a kind in a district; `known` are fields that are not random."""
        r = self._random
        town = r.choices(district.towns, [t.weight for t in district.towns])[0]
        type_code = known.get("type_code") or self._type(kind)
        low, high = PUPILS[kind]
        pupils = round(r.triangular(low, high, low + (high - low) * 0.4))
        drawn = School(  # the arguments are drawn in this order: another one invents other schools
            urn=self.urn(),
            name=f"{next(self._places)} {self._ending(kind, type_code)}",
            kind=kind,
            type_code=type_code,
            status=OPEN,
            district=district,
            town=town,
            easting=town.easting,
            northing=town.northing,
            number=self._number(district.authority.code, kind),
            postcode=self._postcode(town),
            street=r.choice(STREETS),
            pupils=pupils,
            girls=round(pupils * r.uniform(0.46, 0.53)),
            fsm_percent=self._fsm(district),
            opened_on=self._opened_on(type_code),
            opened_because=CONVERSION if type_code == CONVERTER_ACADEMY else NO_REASON,
            changed_on=date(self._year.first, 8, 20) - timedelta(days=r.randrange(700)),
        )
        easting, northing = self._position(town)
        return replace(drawn, easting=easting, northing=northing, **known)

    def urn(self) -> str:
        """Return the next URN."""
        self._next_urn += 1
        return str(self._next_urn - 1)

    def _place_names(self) -> Iterator[str]:
        names = [head + tail for head in PLACE_HEADS for tail in PLACE_TAILS]
        self._random.shuffle(names)
        return iter(names)

    def _type(self, kind: str) -> int:
        shares = TYPE_SHARES[kind]
        return self._random.choices(list(shares), list(shares.values()))[0]

    def _ending(self, kind: str, type_code: int) -> str:
        r = self._random
        church = type_code in CHURCH_TYPES or (
            kind == "primary" and type_code == CONVERTER_ACADEMY and r.random() < 0.3
        )
        if church:
            return (
                "RC Primary School"
                if type_code == VOLUNTARY_AIDED and r.random() < 0.3
                else "CofE Primary School"
            )
        if kind == "primary" and type_code in {SPONSORED_ACADEMY, CONVERTER_ACADEMY} and r.random() < 0.5:
            return "Primary Academy"
        return r.choice(NAME_ENDINGS[kind])

    def _number(self, authority: str, kind: str) -> int:
        """Return the next establishment number, whose thousands depend on the kind of school."""
        first = {
            "primary": 2000,
            "nursery": 1000,
            "pru": 1100,
            "post16": 5900,
            "independent": 6000,
            "special": 7000,
        }.get(kind, 4000)
        key = authority, str(first)
        self._numbers[key] = self._numbers.get(key, first) + 1
        return self._numbers[key]

    def _postcode(self, town: Town) -> str:
        """Return a well-formed postcode, in a district from 70 on, which these areas do not have."""
        self._postcodes += 1
        letters = "ABDEFGHJLN"
        sector, rest = self._postcodes // 100, self._postcodes % 100
        return f"{town.postcode_area}{70 + sector} {1 + rest % 9}{letters[rest // 10]}{letters[rest % 10]}"

    def _position(self, town: Town) -> tuple[int, int]:
        east, north = (max(-2.0, min(2.0, self._random.gauss(0, 1))) for _ in range(2))
        return (
            10 * round((town.easting + east * SPREAD_METRES) / 10),
            10 * round((town.northing + north * SPREAD_METRES) / 10),
        )

    def _fsm(self, district: District) -> float:
        low, high = FSM.get(district.name, USUAL_FSM)
        return round(self._random.triangular(low, high, low + (high - low) * 0.35), 1)

    def _opened_on(self, type_code: int) -> date | None:
        """Return the opening date of an academy or free school; GIAS has none for most others."""
        r = self._random
        if type_code in {CONVERTER_ACADEMY, SPONSORED_ACADEMY, 35, 40, 44, 45}:
            year = self._year.first - FIRST_ACADEMIES + r.randrange(FIRST_ACADEMIES)
            return date(year, r.choice((1, 4, 9)), 1)
        return None
