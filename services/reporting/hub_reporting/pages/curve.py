"""The chart of engagement: three levels, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_reporting.domain.engagement import LEVELS, Engagement, Level
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import Period, last_of_month

LABEL_GAP: Final = 17  # smallest distance between the names at the ends of lines
NAMES: Final = {Level.SIGNED_UP: "signed up", Level.ATTENDED: "attended", Level.COMPLETED: "completed"}


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and its margins, in its own units."""

    width: int
    height: int = 250
    left: int = 44
    right: int = 150  # room for the names of lines
    top: int = 14
    bottom: int = 30
    label_every: int = 1  # months between two labels

    def x(self, month: int, months: int) -> float:
        """Return the horizontal position of a month."""
        return round(self.left + (self.width - self.left - self.right) * month / max(1, months - 1), 1)

    def y(self, percent: float, top: int) -> float:
        """Return the vertical position of a percentage, on a scale that ends at `top`."""
        across = self.height - self.top - self.bottom
        return round(self.height - self.bottom - across * percent / top, 1)


WIDE: Final = Frame(600)
NARROW: Final = Frame(340, left=36, right=134, label_every=3)  # for phones


@dataclass(frozen=True)
class Line:
    """The line of one level of engagement."""

    level: str
    name: str
    points: str  # coordinates of an SVG polyline
    end: tuple[float, float]
    label_y: float
    rate: float | None


@dataclass(frozen=True)
class Grid:
    """A horizontal line with its percentage."""

    y: float
    percent: int


@dataclass(frozen=True)
class Tick:
    """A label of the horizontal axis, such as Sep."""

    x: float
    name: str


@dataclass(frozen=True)
class Row:
    """One month of the table."""

    until: date
    ratios: Sequence[Ratio]  # in the order of LEVELS


@dataclass(frozen=True)
class Chart:
    """The drawing, and a table with the same numbers."""

    frame: Frame
    grid: list[Grid]
    ticks: list[Tick]
    lines: list[Line]
    rows: list[Row]

    @property
    def latest(self) -> Row | None:
        """The last month counted, or None before the period."""
        return self.rows[-1] if self.rows else None

    @property
    def half_reached_on(self) -> date | None:
        """End of the month by which half of the schools that attended so far had attended."""
        if self.latest is None or self.latest.ratios[1].n == 0:
            return None
        return next(row.until for row in self.rows if 2 * row.ratios[1].n >= self.latest.ratios[1].n)


def draw(engagement: Engagement, period: Period, frame: Frame = WIDE) -> Chart:
    """Draw the levels over the months of the period; months to come stay empty."""
    ends = period.month_ends()
    counted = {level: engagement.by(ends, level) for level in LEVELS}
    total = len(engagement.schools)
    rows = [Row(end, [Ratio(counted[lv][i], total) for lv in LEVELS]) for i, end in enumerate(ends)]
    months = _months(period)
    top = _top(max((row.ratios[0].rate or 0 for row in rows), default=0))
    return Chart(
        frame=frame,
        grid=[Grid(frame.y(percent, top), percent) for percent in range(0, top + 1, 20)],
        ticks=[
            Tick(frame.x(i, len(months)), f"{month:%b}")
            for i, month in enumerate(months)
            if i % frame.label_every == 0
        ],
        lines=_apart(
            [_line(lv, [r.ratios[n] for r in rows], len(months), top, frame) for n, lv in enumerate(LEVELS)],
            frame.height - frame.bottom + 4,
        ),
        rows=rows,
    )


def _line(level: Level, ratios: Sequence[Ratio], months: int, top: int, frame: Frame) -> Line:
    rates = [ratio.rate or 0 for ratio in ratios] or [0]
    points = [(frame.x(i, months), frame.y(rate, top)) for i, rate in enumerate(rates)]
    coordinates = " ".join(f"{x},{y}" for x, y in points)
    rate = ratios[-1].rate if ratios and ratios[-1].n else None  # no percentage while nothing is counted
    return Line(level, NAMES[level], coordinates, points[-1], points[-1][1] + 4, rate)


def _apart(lines: list[Line], lowest: float) -> list[Line]:
    """Move the names at the ends of lines apart, from the top downwards."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: (one.end[1], LEVELS.index(one.level))):
        y = max(line.label_y, placed[-1].label_y + LABEL_GAP) if placed else line.label_y
        placed.append(Line(line.level, line.name, line.points, line.end, y, line.rate))
    spill = placed[-1].label_y - lowest
    if spill > 0:
        placed = [Line(p.level, p.name, p.points, p.end, round(p.label_y - spill, 1), p.rate) for p in placed]
    return placed


def _months(period: Period) -> list[date]:
    """Return the last day of every month of the period's academic year, months to come included."""
    months, end = [], last_of_month(period.starts_on)
    last = last_of_month(max(period.ends_on, period.years[-1].ends_on))
    while end <= last:
        months.append(end)
        end = last_of_month(date(end.year + end.month // 12, end.month % 12 + 1, 1))
    return months


def _top(highest: float) -> int:
    """Return the end of the scale: the next multiple of 20 per cent, at least 20 and at most 100."""
    return max(20, min(100, int(-(-highest // 20) * 20)))
