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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The labels of a diagram and the arrows between them."""

    name: str  # unique on its page
    title: str
    columns: Sequence[Sequence[str]]  # labels, from left to right
    arrows: Mapping[str, Iterable[str]]  # label → labels in columns further right
    links: Mapping[str, str]  # label → address
    chosen: str = ""  # the label to highlight


def draw(plan: Plan) -> Diagram:
    """Place the labels of each column below each other and join them with arrows."""
    rows = max(len(column) for column in plan.columns)
    height = rows * (HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN
    boxes = {}
    for n, column in enumerate(plan.columns):
        top = (height - len(column) * (HEIGHT + ROW_GAP) + ROW_GAP) // 2
        for row, label in enumerate(column):
            x, y = MARGIN + n * (WIDTH + COLUMN_GAP), top + row * (HEIGHT + ROW_GAP)
            boxes[label] = Box(label, plan.links.get(label, ""), x, y, label == plan.chosen)
    arrows = [(start, tuple(ends)) for start, ends in plan.arrows.items()]
    return Diagram(
        name=plan.name,
        title=plan.title,
        width=len(plan.columns) * (WIDTH + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN,
        height=height,
        boxes=tuple(boxes.values()),
        arrows=tuple(_arrow(boxes[a], boxes[b]) for a, ends in arrows for b in ends),
        words=tuple((start, ends) for start, ends in arrows if ends),
    )


def _arrow(start: Box, end: Box) -> str:
    x1, x2 = start.x + WIDTH, end.x - 5  # the head is 5 long
    bend = COLUMN_GAP // 2
    return f"M{x1} {start.middle}C{x1 + bend} {start.middle} {x2 - bend} {end.middle} {x2} {end.middle}"
