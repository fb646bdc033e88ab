"""Ratios, relations between figures, and the median."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """A part `n` of a whole `of`."""

    n: int
    of: int

    @property
    def rate(self) -> float | None:
        """Per cent with one decimal, rounded down (69.96 is 69.9); None where the whole is 0."""
        return None if self.of == 0 else (1000 * self.n // self.of) / 10


@dataclass(frozen=True)
class Check:
    """A relation between figures that must hold; otherwise the figures are wrong."""

    code: str
    holds: bool
    detail: str


def part_of_whole(ratio: Ratio, what: str) -> Check:
    """Check that a part does not exceed its whole."""
    return Check("part_of_whole", 0 <= ratio.n <= ratio.of, f"{what}: {ratio.n} of {ratio.of}.")


def nested(code: str, *steps: tuple[str, int]) -> Check:
    """Check that each number is at most the next one."""
    numbers = [number for _, number in steps]
    text = " ≤ ".join(f"{name} {number}" for name, number in steps)
    return Check(code, numbers == sorted(numbers), f"{text}.")


def median(numbers: Iterable[int]) -> float | None:
    """Return the middle number, or the mean of the two middle ones; None for no number."""
    listed: Sequence[int] = sorted(numbers)
    if not listed:
        return None
    middle = len(listed) // 2
    return float(listed[middle]) if len(listed) % 2 else (listed[middle - 1] + listed[middle]) / 2
