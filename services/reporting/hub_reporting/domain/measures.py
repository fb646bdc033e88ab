"""How a figure is said: so many of so many, and a percentage that never claims too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """`n` of `of`."""

    n: int
    of: int

    @property
    def rate(self) -> float | None:
        """Per cent with one decimal, rounded down: 69.96 is 69.9, never 70. None of nothing is no rate."""
        return None if self.of == 0 else (1000 * self.n // self.of) / 10


@dataclass(frozen=True)
class Check:
    """A relation between figures that must hold; where it does not, the data are not to be trusted."""

    code: str
    holds: bool
    detail: str


def part_of_whole(ratio: Ratio, what: str) -> Check:
    """A share never exceeds the whole."""
    return Check("part_of_whole", 0 <= ratio.n <= ratio.of, f"{what}: {ratio.n} of {ratio.of}.")


def nested(code: str, *steps: tuple[str, int]) -> Check:
    """Each number is at most the one after it."""
    numbers = [number for _, number in steps]
    said = " ≤ ".join(f"{name} {number}" for name, number in steps)
    return Check(code, numbers == sorted(numbers), f"{said}.")


def median(numbers: Iterable[int]) -> float | None:
    """The one in the middle, or half-way between the two in the middle."""
    listed: Sequence[int] = sorted(numbers)
    if not listed:
        return None
    middle = len(listed) // 2
    return float(listed[middle]) if len(listed) % 2 else (listed[middle - 1] + listed[middle]) / 2
