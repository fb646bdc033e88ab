"""How tests are spread over several workers (pytest-xdist), each of which starts servers of its own.

A unit goes to one worker as a whole: a file, or files that share what is dear to start. The units that start
most come first, so that the workers end together.
"""

from collections.abc import Mapping
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

# Whole hubs look for free ports from 8000 on, so there is one at a time.
HUBS: Final = "whole hubs"
CASES: Final = "the hub of the cases"
FIGURES: Final = "the hub of the figures"
UNITS: Final[Mapping[str, str]] = {
    "tests/system/": HUBS,
    "tests/stories/": HUBS,
    "tests/cases/": CASES,
    "tests/figures/": FIGURES,
    "tests/enrolment/api/": "enrolment's service",
    "tests/reporting/api/": "reporting's service",
    "tests/security/test_forgeries.py": "the attacked hub",
    "tests/security/test_messages.py": "the attacked hub",
}


class Spreading(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """The scheduler of the controller."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """The unit of a test, by its node id."""
    path = nodeid.partition("::")[0]
    shared = (unit for folder, unit in UNITS.items() if path.startswith(folder))
    return next(shared, path)


def dearest_first(items: list[pytest.Item]) -> None:
    """Sort the units of a run by what they start; the order within a unit stays."""
    ranks: dict[str, int] = {}
    for item in items:
        unit = unit_of(item.nodeid)
        ranks[unit] = min(_rank(item), ranks.get(unit, _rank(item)))
    units = {unit: number for number, unit in enumerate(sorted(ranks, key=lambda unit: ranks[unit]))}
    items.sort(key=lambda item: units[unit_of(item.nodeid)])


def _rank(item: pytest.Item) -> int:
    if unit_of(item.nodeid) in {HUBS, CASES, FIGURES}:
        return 0
    fixtures = getattr(item, "fixturenames", ())
    if "postgres" in fixtures and "broker" not in fixtures:
        return 2
    return 3 if item.get_closest_marker("servers") is None else 1
