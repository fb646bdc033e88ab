"""Draws boxes and arrows from left to right: events that lead to each other, exchanges and queues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 214  # of a box; the longest event's name fits
HEIGHT: Final = 34
BESIDE: Final = 58  # between columns
BELOW: Final = 14  # between rows
MARGIN: Final = 6


@dataclass(frozen=True)
class Box:
    """A named box; `x` and `y` are its top left corner."""

    label: str
    link: str  # empty: it leads nowhere
    x: int
    y: int
    is_chosen: bool = False

    @property
    def middle(self) -> int:
        """The height of its middle."""
        return self.y + HEIGHT // 2


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    name: str  # unique on its page
    title: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]  # SVG paths
    words: tuple[tuple[str, tuple[str, ...]], ...]  # the same as text: from, to

    box_width: int = WIDTH
    box_height: int = HEIGHT


def draw(
    name: str,
    title: str,
    columns: Sequence[Sequence[str]],
    arrows: Mapping[str, Iterable[str]],
    links: Mapping[str, str],
    chosen: str = "",
) -> Picture:
    """Place the labels of each column below each other and join them.

    Args:
        name: unique on its page.
        title: says what is drawn.
        columns: labels, from left to right.
        arrows: a label → the labels that its arrows lead to, all in columns further right.
        links: where labels lead.
        chosen: the label that is set off from the others.
    """
    rows = max(len(column) for column in columns)
    height = rows * (HEIGHT + BELOW) - BELOW + 2 * MARGIN
    boxes = {}
    for n, column in enumerate(columns):
        top = (height - len(column) * (HEIGHT + BELOW) + BELOW) // 2
        for row, label in enumerate(column):
            x, y = MARGIN + n * (WIDTH + BESIDE), top + row * (HEIGHT + BELOW)
            boxes[label] = Box(label, links.get(label, ""), x, y, label == chosen)
    return Picture(
        name=name,
        title=title,
        width=len(columns) * (WIDTH + BESIDE) - BESIDE + 2 * MARGIN,
        height=height,
        boxes=tuple(boxes.values()),
        arrows=tuple(_arrow(boxes[a], boxes[b]) for a, ends in arrows.items() for b in ends),
        words=tuple((start, tuple(ends)) for start, ends in arrows.items() if tuple(ends)),
    )


def _arrow(start: Box, end: Box) -> str:
    x1, x2 = start.x + WIDTH, end.x - 5  # the head is 5 long
    bend = BESIDE // 2
    return f"M{x1} {start.middle}C{x1 + bend} {start.middle} {x2 - bend} {end.middle} {x2} {end.middle}"
