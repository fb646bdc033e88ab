"""Diagrams of boxes and arrows from left to right: sequences of events, exchanges and queues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 214  # of a box, wide enough for the longest name of an event
HEIGHT: Final = 34
COLUMN_GAP: Final = 58
ROW_GAP: Final = 14
MARGIN: Final = 6


@dataclass(frozen=True)
class Box:
    """A named box; `x` and `y` are its top left corner."""

    label: str
    link: str  # empty for a box without a link
    x: int
    y: int
    is_chosen: bool = False

    @property
    def middle(self) -> int:
        """Vertical position of the centre."""
        return self.y + HEIGHT // 2


@dataclass(frozen=True)
class Diagram:
    """Boxes and arrows with their positions, and the same as text."""

    name: str  # unique on its page
    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]  # SVG paths
    words: tuple[tuple[str, tuple[str, ...]], ...]  # label of a box, labels of its successors

    box_width: int = WIDTH
    box_height: int = HEIGHT


def draw(
    name: str,
    title: str,
    columns: Sequence[Sequence[str]],
    arrows: Mapping[str, Iterable[str]],
    links: Mapping[str, str],
    chosen: str = "",
) -> Diagram:
    """Place the labels of each column below each other and join them.

    Args:
        name: unique on its page.
        title: shown as the heading.
        columns: labels, from left to right.
        arrows: a label → the labels that its arrows lead to, all in columns further right.
        links: label → address.
        chosen: the label to highlight.
    """
    rows = max(len(column) for column in columns)
    height = rows * (HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN
    boxes = {}
    for n, column in enumerate(columns):
        top = (height - len(column) * (HEIGHT + ROW_GAP) + ROW_GAP) // 2
        for row, label in enumerate(column):
            x, y = MARGIN + n * (WIDTH + COLUMN_GAP), top + row * (HEIGHT + ROW_GAP)
            boxes[label] = Box(label, links.get(label, ""), x, y, label == chosen)
    return Diagram(
        name=name,
        title=title,
        width=len(columns) * (WIDTH + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN,
        height=height,
        boxes=tuple(boxes.values()),
        arrows=tuple(_arrow(boxes[a], boxes[b]) for a, ends in arrows.items() for b in ends),
        words=tuple((start, tuple(ends)) for start, ends in arrows.items() if tuple(ends)),
    )


def _arrow(start: Box, end: Box) -> str:
    x1, x2 = start.x + WIDTH, end.x - 5  # the head is 5 long
    bend = COLUMN_GAP // 2
    return f"M{x1} {start.middle}C{x1 + bend} {start.middle} {x2 - bend} {end.middle} {x2} {end.middle}"
