"""Finds the header of a table: people put titles, dates and empty rows above it."""

from collections.abc import Collection, Sequence
from typing import Final

from hub_enrolment.files.cells import clean

SEARCHED: Final = 20  # rows
ENOUGH: Final = 3  # known columns by which a row is taken for the header


def score(cells: Sequence[str], known: Collection[str]) -> int:
    """How many of the known columns a row names. `known` is in lower case."""
    return len({clean(cell).lower() for cell in cells} & set(known))


def header_place(rows: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """The index of the header among the first rows of a table.

    It is the first row with the most known columns, if there are enough of them; otherwise the first row that
    is not empty, so that what is missing from it can be named.
    """
    scores = [score(row, known) for row in rows[:SEARCHED]]
    best = max(scores, default=0)
    if best >= ENOUGH:
        return scores.index(best)
    return next((place for place, row in enumerate(rows) if any(clean(cell) for cell in row)), 0)


def trimmed(header: Sequence[str]) -> tuple[str, ...]:
    """A header without the empty cells at its end."""
    names = [clean(name) for name in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def fitted(cells: Sequence[str], width: int) -> Sequence[str]:
    """A row without the empty cells beyond the header."""
    if len(cells) > width and not any(clean(cell) for cell in cells[width:]):
        return cells[:width]
    return cells
