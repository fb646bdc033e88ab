"""The arithmetic of the figures: medians, spreads, ratios, percentiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """The middle of several measurements, and between what they lay."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """Of at least one measurement."""
        return cls(median(values), min(values), max(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    """How many times theirs ours is: round by round, because both ran in the same minutes."""
    return Figure.of([mine / other for mine, other in zip(ours, theirs, strict=True)])


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent of the values do not exceed (nearest rank)."""
    if not values or not 0 < percent <= 100:
        raise ValueError("a percentile needs values, and lies above 0 and up to 100")
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def when_reached(numbers: Sequence[int], seen: Sequence[tuple[float, int]]) -> list[float]:
    """When a growing count that was looked at now and then was first seen at each of the numbers.

    Args:
        numbers: ascending.
        seen: instant and count, in the order in which they were looked at.

    Raises:
        ValueError: a number was never reached.
    """
    instants: list[float] = []
    looks = iter(seen)
    instant, count = -math.inf, -1
    for number in numbers:
        while count < number:
            try:
                instant, count = next(looks)
            except StopIteration:
                raise ValueError(f"{number} was never reached") from None
        instants.append(instant)
    return instants
