"""Retention of events, by a rule that a wrong clock cannot turn against them.

Two conditions must both be met before a row is deleted. Its time is before a limit, which is stored and moves
forward by a day at a time. Its position is before a mark that was made when this database had run for so many
days less: marks follow a monotonic clock, so they are right even where times are wrong.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

OUTBOX_DAYS: Final = 400  # 13 months: the second copy of the log
INBOX_DAYS: Final = 430  # longer than publishers store events that they could publish again
SENT_AGAIN_DAYS: Final = 390  # published again after a restore: every inbox still has them
DAY: Final = timedelta(days=1)
AHEAD: Final = DAY  # a latest row further ahead of the clock stops deletion: one of them is wrong


class Forgotten(Exception):
    """An event so old that its inbox row may have been deleted."""


@dataclass(frozen=True)
class RetentionState:
    """The limit of a table's retention, and the state that moves it."""

    before: datetime | None = None  # rows from before this may be deleted; None: nothing has been deleted yet
    waited: timedelta = timedelta(0)  # running time since the newest mark
    marks: tuple[int, ...] = ()  # the table's last place at the end of each day of running, oldest first
    stopped: bool = False  # clock and newest row contradict each other

    def ripe(self, days: int) -> int:
        """The last place that was written when the table had run for so many days less; 0 for none."""
        return self.marks[0] if len(self.marks) > days else 0


@dataclass(frozen=True)
class Seen:
    """Times of a table and of the clock when the limit is checked."""

    clock: datetime  # the earlier of the service's and the database's (aware)
    newest: datetime | None  # time of the row in the last place
    oldest: datetime | None  # earliest time of the rows up to the ripe mark


def contradicts(clock: datetime, newest: datetime | None) -> bool:
    """Whether the newest row lies more than a day ahead of the clock."""
    return newest is not None and newest - AHEAD > clock


def after_running(line: RetentionState, elapsed: timedelta) -> RetentionState:
    """Count running time, which only a monotonic clock may measure."""
    return replace(line, waited=line.waited + max(elapsed, timedelta(0)))


def is_due(line: RetentionState) -> bool:
    """Whether the table has run for a day since its newest mark."""
    return line.waited >= DAY


def marked(line: RetentionState, head: int, days: int) -> RetentionState:
    """Make the mark of one more day of running; what exceeds the days that are kept falls off."""
    return replace(line, waited=timedelta(0), marks=(*line.marks, head)[-(days + 1) :])


def moved(line: RetentionState, seen: Seen, days: int) -> RetentionState:
    """Move the line forward by at most a day, never past the cut-off; it never goes back.

    The cut-off is the earlier of clock and newest row, less the days that are kept. A line that has not been
    set begins at the oldest row that has been kept for long enough.
    """
    if contradicts(seen.clock, seen.newest):
        return replace(line, stopped=True)
    line = replace(line, stopped=False)
    if seen.newest is None:
        return line
    cut_off = min(seen.clock, seen.newest) - timedelta(days=days)
    if line.before is None:
        begins = seen.oldest is not None and seen.oldest <= cut_off
        return replace(line, before=seen.oldest) if begins else line
    return replace(line, before=max(line.before, min(line.before + DAY, cut_off)))
