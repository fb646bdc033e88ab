"""The map of schools that the hub reaches, drawn from their national grid positions."""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from hub_reporting.domain.engagement import Engagement
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.schools import School

TOWNS: Final = Path(__file__).parent.parent / "seeds" / "towns.csv"
WIDTH: Final = 420  # units of the drawing
MARGIN: Final = 16
TALLEST: Final = 460
CHARACTER: Final = 7.2  # mean width of a character of a town's name
LARGER: Final = 1.3  # factor of the size of names on a phone
LINE: Final = 12  # height of a name
NEAR: Final = 6_000  # metres between a town and a school that make its name useful
SUPPORTED, ENGAGED, NOT_YET = "supported", "engaged", "not_yet"


@dataclass(frozen=True)
class Town:
    """A town whose name may be drawn."""

    name: str
    easting: int
    northing: int
    rank: int


@dataclass(frozen=True)
class Mark:
    """A school on the map."""

    x: float
    y: float
    kind: str
    name: str


@dataclass(frozen=True)
class Label:
    """A town's name at its place in the drawing."""

    x: float
    y: float
    name: str
    rank: int


@dataclass(frozen=True)
class District:
    """Numbers of schools in one district, or in several together."""

    name: str
    supported: int
    engaged: int
    not_yet: int

    @property
    def reached(self) -> Ratio:
        """Schools that attended, of all schools."""
        return Ratio(self.engaged, self.engaged + self.not_yet)

    @classmethod
    def together(cls, name: str, districts: Sequence["District"]) -> "District":
        """Return the sum of some districts."""
        return cls(
            name,
            sum(d.supported for d in districts),
            sum(d.engaged for d in districts),
            sum(d.not_yet for d in districts),
        )


@dataclass(frozen=True)
class Map:
    """The drawing, and a table with the same numbers."""

    width: int
    height: int
    marks: list[Mark]  # schools that have not attended first, so that the others cover them
    labels: list[Label]
    ten_km: float
    counts: Mapping[str, int]
    unplaced: int  # schools without a position
    districts: list[District]  # of the headline's schools, the lowest share first
    others: list[District]  # of the other schools on the map

    @property
    def headline(self) -> District:
        """Sum of the headline's schools: the n of N of the headline."""
        return District.together("", self.districts)

    @property
    def elsewhere(self) -> District:
        """Sum of the other schools."""
        return District.together("", self.others)

    @property
    def all(self) -> District:
        """Sum of all schools on the map."""
        return District.together("", [*self.districts, *self.others])

    @property
    def lowest(self) -> District | None:
        """The district with the lowest share, of those with ten schools or more; None where all are equal."""
        large = [d for d in [*self.districts, *self.others] if d.reached.of >= 10]
        by_share = sorted(large, key=lambda d: (d.reached.rate or 0, d.name))
        if not by_share or by_share[0].reached.rate == by_share[-1].reached.rate:
            return None
        return by_share[0]


@dataclass(frozen=True)
class Frame:
    """The conversion from the national grid to the drawing."""

    west: float
    north: float
    scale: float  # units of the drawing for each metre
    height: int

    @classmethod
    def around(cls, places: Iterable[tuple[int, int]]) -> "Frame":
        """Return the smallest frame around some positions."""
        listed = list(places) or [(545_000, 258_500)]
        easts, norths = [e for e, _ in listed], [n for _, n in listed]
        across = max(max(easts) - min(easts), 10_000)
        up = max(max(norths) - min(norths), 10_000)
        scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / up)
        west = (min(easts) + max(easts)) / 2 - WIDTH / 2 / scale
        return cls(west, max(norths) + MARGIN / scale, scale, round(up * scale + 2 * MARGIN))

    def at(self, easting: int, northing: int) -> tuple[float, float]:
        """Return a position in the drawing."""
        return round((easting - self.west) * self.scale, 1), round((self.north - northing) * self.scale, 1)

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies inside, at some distance from the edges."""
        return MARGIN / 2 <= x <= WIDTH - MARGIN / 2 and LINE <= y <= self.height - MARGIN / 2


def draw(
    reach: Engagement, supported: frozenset[str], schools: Mapping[str, School], headline: frozenset[str]
) -> Map:
    """Draw schools as supported, engaged otherwise, or not yet engaged.

    Args:
        reach: the schools of the map with their levels.
        supported: schools with a PD lead.
        schools: the register.
        headline: the schools of the headline's denominator, which the table sums separately.
    """
    kinds = {urn: _kind(urn, reach, supported) for urn in reach.schools}
    placed = [s for urn in kinds if (s := schools[urn]).easting is not None and s.northing is not None]
    frame = Frame.around((s.easting or 0, s.northing or 0) for s in placed)
    order = {NOT_YET: 0, ENGAGED: 1, SUPPORTED: 2}
    marks = [Mark(*frame.at(s.easting or 0, s.northing or 0), kinds[s.urn], s.name) for s in placed]
    return Map(
        width=WIDTH,
        height=frame.height,
        marks=sorted(marks, key=lambda m: (order[m.kind], m.x, m.y)),
        labels=label(frame, marks),
        ten_km=round(10_000 * frame.scale, 1),
        counts={kind: sum(k == kind for k in kinds.values()) for kind in order},
        unplaced=len(kinds) - len(placed),
        districts=_districts(reach, supported, schools, reach.schools.keys() & headline),
        others=_districts(reach, supported, schools, reach.schools.keys() - headline),
    )


def label(frame: Frame, marks: Sequence[Mark]) -> list[Label]:
    """Return names of towns with a school near them, the most important first, without overlaps."""
    occupied: list[tuple[float, float, float, float]] = []
    labels = []
    for town in towns():
        x, y = frame.at(town.easting, town.northing)
        half = len(town.name) * CHARACTER / 2
        edge = half * LARGER + 2
        inside = min(max(x, edge), WIDTH - edge)  # a name at the edge moves inwards
        box = (inside - half, y - LINE, inside + half, y + 4)
        near = any(math.dist((x, y), (m.x, m.y)) < NEAR * frame.scale for m in marks)
        if near and frame.contains(x, y) and not any(_overlap(box, other) for other in occupied):
            occupied.append(box)
            labels.append(Label(round(inside, 1), y, town.name, town.rank))
    return labels


@cache
def towns() -> tuple[Town, ...]:
    """Return the towns by rank, the most important first."""
    with TOWNS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = (Town(r["name"], int(r["easting"]), int(r["northing"]), int(r["rank"])) for r in rows)
    return tuple(sorted(found, key=lambda town: town.rank))


def _kind(urn: str, reach: Engagement, supported: frozenset[str]) -> str:
    if urn in supported:
        return SUPPORTED
    return NOT_YET if reach.schools[urn].attended is None else ENGAGED


def _districts(
    reach: Engagement, supported: frozenset[str], schools: Mapping[str, School], urns: Iterable[str]
) -> list[District]:
    grouped: dict[str, list[str]] = {}
    for urn in urns:
        school = schools[urn]
        grouped.setdefault(school.district_name or school.la_name, []).append(urn)
    found = []
    for name, inside in grouped.items():
        attended = sum(reach.schools[urn].attended is not None for urn in inside)
        led = sum(urn in supported for urn in inside)
        found.append(District(name, led, attended, len(inside) - attended))
    return sorted(found, key=lambda d: (d.reached.rate or 0, d.name))


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
