"""Successions of schools as the links file of GIAS has them, and the principal successor of each school.

The national file of 22 April 2025 has 33,801 rows, 80 schools with several successors and a few circles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Succession:
    """A school and one of its successors."""

    urn: str
    successor_urn: str
    link_type: str
    established_on: date | None


def principal_successors(successions: Iterable[Succession]) -> dict[str, Succession]:
    """Return the principal succession of each school: the newest link, of equally new ones to the lowest URN.

    A circle (A succeeds B, B succeeds A) is broken at its oldest link, so that every chain ends.
    """
    chosen: dict[str, Succession] = {}
    for link in successions:
        held = chosen.get(link.urn)
        if held is None or _rank(link) > _rank(held):
            chosen[link.urn] = link
    done: set[str] = set()
    for urn in sorted(chosen):
        circle = _circle(chosen, urn, done)
        if circle:
            del chosen[min(circle, key=_rank).urn]
    return chosen


def _rank(link: Succession) -> tuple[date, int]:
    return link.established_on or date.min, -int(link.successor_urn)


def _circle(chosen: Mapping[str, Succession], start: str, done: set[str]) -> list[Succession]:
    """Return the links of the circle at the end of the chain from `start`, if any; skip schools in `done`."""
    path: list[str] = []
    urn = start
    while urn in chosen and urn not in done and urn not in path:
        path.append(urn)
        urn = chosen[urn].successor_urn
    done.update(path)
    return [chosen[step] for step in path[path.index(urn) :]] if urn in path else []
