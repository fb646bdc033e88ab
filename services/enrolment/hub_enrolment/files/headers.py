"""Finds the header of a table below titles, dates and empty rows."""

from collections.abc import Collection, Sequence
from typing import Final

from hub_enrolment.files.cells import clean

SEARCHED: Final = 20  # rows
ENOUGH: Final = 3  # known columns that make a row the header


def score(cells: Sequence[str], known: Collection[str]) -> int:
    """Return the number of known columns (in lower case) that a row names."""
    return len({clean(cell).lower() for cell in cells} & set(known))


def header_place(rows: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """Return the index of the header among the first rows of a table.

    It is the first row with the most known columns, if there are enough of them; otherwise the first row that
    is not empty, so that the missing columns can be named.
    """
    scores = [score(row, known) for row in rows[:SEARCHED]]
    best = max(scores, default=0)
    if best >= ENOUGH:
        return scores.index(best)
    return next((place for place, row in enumerate(rows) if any(clean(cell) for cell in row)), 0)


def trimmed(header: Sequence[str]) -> tuple[str, ...]:
    """Return a header without the empty cells at its end."""
    names = [clean(name) for name in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def fitted(cells: Sequence[str], width: int) -> Sequence[str]:
    """Return a row without the empty cells beyond the header."""
    if len(cells) > width and not any(clean(cell) for cell in cells[width:]):
        return cells[:width]
    return cells
