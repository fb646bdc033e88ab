"""The chart: how engagement grew from month to month, on three levels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_reporting.domain.engagement import LEVELS, Engagement
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import Period, last_of_month

LABEL_GAP: Final = 17  # so far apart the names at the ends of lines are kept
NAMES: Final = {"signed_up": "signed up", "attended": "attended", "completed": "completed"}


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and its margins, in its own units."""

    width: int
    height: int = 250
    left: int = 44
    right: int = 150  # where the lines' names stand
    top: int = 14
    bottom: int = 30
    every: int = 1  # names every so-manieth month

    def x(self, month: int, months: int) -> float:
        """Where a month stands."""
        return round(self.left + (self.width - self.left - self.right) * month / max(1, months - 1), 1)

    def y(self, percent: float, top: int) -> float:
        """Where a share stands, on a scale that ends at `top`."""
        across = self.height - self.top - self.bottom
        return round(self.height - self.bottom - across * percent / top, 1)


WIDE: Final = Frame(600)
NARROW: Final = Frame(340, left=36, right=134, every=3)  # for a telephone


@dataclass(frozen=True)
class Line:
    """One level."""

    level: str
    name: str
    points: str  # as SVG wants them
    end: tuple[float, float]
    label_y: float
    rate: float | None


@dataclass(frozen=True)
class Grid:
    """A horizontal line with its value."""

    y: float
    percent: int


@dataclass(frozen=True)
class Tick:
    """A month."""

    x: float
    name: str


@dataclass(frozen=True)
class Row:
    """One month of the table."""

    until: date
    ratios: Sequence[Ratio]  # in the order of LEVELS


@dataclass(frozen=True)
class Chart:
    """The drawing and the table that says the same."""

    frame: Frame
    grid: list[Grid]
    ticks: list[Tick]
    lines: list[Line]
    rows: list[Row]

    @property
    def latest(self) -> Row | None:
        """Where it stands."""
        return self.rows[-1] if self.rows else None

    @property
    def half_of_it(self) -> date | None:
        """The end of the month by which half of the schools seen had been seen."""
        if self.latest is None or self.latest.ratios[1].n == 0:
            return None
        return next(row.until for row in self.rows if 2 * row.ratios[1].n >= self.latest.ratios[1].n)


def draw(engagement: Engagement, period: Period, frame: Frame = WIDE) -> Chart:
    """Draw the levels over the months of the period; what is still to come stays empty."""
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
            if i % frame.every == 0
        ],
        lines=_apart(
            [_line(lv, [r.ratios[n] for r in rows], len(months), top, frame) for n, lv in enumerate(LEVELS)],
            frame.height - frame.bottom + 4,
        ),
        rows=rows,
    )


def _line(level: str, ratios: Sequence[Ratio], months: int, top: int, frame: Frame) -> Line:
    rates = [ratio.rate or 0 for ratio in ratios] or [0]
    points = [(frame.x(i, months), frame.y(rate, top)) for i, rate in enumerate(rates)]
    said = " ".join(f"{x},{y}" for x, y in points)
    rate = ratios[-1].rate if ratios and ratios[-1].n else None  # nothing counted is no share yet
    return Line(level, NAMES[level], said, points[-1], points[-1][1] + 4, rate)


def _apart(lines: list[Line], lowest: float) -> list[Line]:
    """Move the names at the ends of lines apart, those higher up first."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: (one.end[1], LEVELS.index(one.level))):
        y = max(line.label_y, placed[-1].label_y + LABEL_GAP) if placed else line.label_y
        placed.append(Line(line.level, line.name, line.points, line.end, y, line.rate))
    spill = placed[-1].label_y - lowest
    if spill > 0:
        placed = [Line(p.level, p.name, p.points, p.end, round(p.label_y - spill, 1), p.rate) for p in placed]
    return placed


def _months(period: Period) -> list[date]:
    """The last day of every month of the period's year, also of those to come."""
    months, end = [], last_of_month(period.starts_on)
    last = last_of_month(max(period.ends_on, period.years[-1].ends_on))
    while end <= last:
        months.append(end)
        end = last_of_month(date(end.year + end.month // 12, end.month % 12 + 1, 1))
    return months


def _top(highest: float) -> int:
    """The scale begins at nothing and ends at the next 20 per cent."""
    return max(20, min(100, int(-(-highest // 20) * 20)))
