"""The weeks in which Work Groups meet, so that every week with pupils in school has a session."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_demo.dates.england import monday_of
from hub_demo.dates.school_years import THURSDAY, TUESDAY, SchoolYear

# The weekday (Tuesday to Thursday) of a week's first session, second session and so on: the last day first,
# so that most days of a week have a session ahead.
ORDER: Final = (-1, 0, 1)


@dataclass(frozen=True)
class Wish:
    """A group's request to the timetable: a number of sessions, spread evenly between two days."""

    sessions: int
    first: date
    last: date
    first_exactly: bool  # whether its first session is in the first week, not somewhere near
    share: float  # from 0 to 1: position within each interval, so that groups meet in different weeks


def timetable(year: SchoolYear, wishes: Sequence[Wish]) -> list[list[date]]:
    """Return the days on which each group meets."""
    weeks = _weeks(year)
    mondays = sorted(weeks)
    chosen = [_spread(wish, mondays) for wish in wishes]
    _cover(chosen, [_span(wish, mondays) for wish in wishes], len(mondays))
    days: list[list[date]] = [[] for _ in wishes]
    for number, monday in enumerate(mondays):
        meeting = [index for index, numbers in enumerate(chosen) if number in numbers]
        for place, index in enumerate(meeting):
            able = weeks[monday]
            days[index].append(able[ORDER[place % len(ORDER)] % len(able)])
    return [sorted(each) for each in days]


def _weeks(year: SchoolYear) -> dict[date, list[date]]:
    """Return the possible days of each week: Monday → days."""
    weeks: dict[date, list[date]] = defaultdict(list)
    for day in year.school_days():
        if TUESDAY <= day.weekday() <= THURSDAY:
            weeks[monday_of(day)].append(day)
    return weeks


def _span(wish: Wish, mondays: Sequence[date]) -> tuple[int, int]:
    """Return the indexes of the first and the last week in which a group may meet."""
    return bisect_left(mondays, monday_of(wish.first)), bisect_right(mondays, wish.last) - 1


def _spread(wish: Wish, mondays: Sequence[date]) -> list[int]:
    first, last = _span(wish, mondays)
    if wish.first_exactly:
        return [first, *_evenly(first + 3, last, wish.sessions - 1, wish.share)]
    return _evenly(first, last, wish.sessions, wish.share)


def _evenly(first: int, last: int, number: int, share: float) -> list[int]:
    stretch = (last + 1 - first) / number
    return [first + int(stretch * (n + share)) for n in range(number)]


def _cover(chosen: list[list[int]], spans: Sequence[tuple[int, int]], weeks: int) -> None:
    """Move sessions from weeks with several into the nearest weeks without one."""
    for empty in range(weeks):
        if any(empty in numbers for numbers in chosen):
            continue
        able = [
            (abs(numbers[n] - empty), index, n)
            for index, numbers in enumerate(chosen)
            for n in range(len(numbers))
            if _can_move(chosen, spans, index, n, empty)
        ]
        if able:
            _, index, n = min(able)
            chosen[index][n] = empty


def _can_move(
    chosen: Sequence[Sequence[int]], spans: Sequence[tuple[int, int]], index: int, n: int, to: int
) -> bool:
    numbers, (first, last) = chosen[index], spans[index]
    others = sum(numbers[n] in other for other in chosen)
    before = numbers[n - 1] if n else first - 1
    after = numbers[n + 1] if n + 1 < len(numbers) else last + 1
    return others > 1 and before < to < after
