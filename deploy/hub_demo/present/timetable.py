"""In which weeks the Work Groups of a year meet: in every week with pupils in school there is a session."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_demo.dates.england import monday_of
from hub_demo.dates.school_years import THURSDAY, TUESDAY, SchoolYear

# Which of a week's days (Tuesday to Thursday) its first session takes, its second and so on: the last one
# first, so that there is something ahead for most of the week.
ORDER: Final = (-1, 0, 1)


@dataclass(frozen=True)
class Wish:
    """What a group wants of the timetable: so many sessions, spread evenly from one day to another."""

    sessions: int
    first: date
    last: date
    first_exactly: bool  # whether its first session is in the first week, not somewhere near
    share: float  # from 0 to 1: where within each stretch it meets, so that groups do not meet all at once


def timetable(year: SchoolYear, wishes: Sequence[Wish]) -> list[list[date]]:
    """The days on which each group meets."""
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
    """The days of each week, by its Monday, on which groups meet."""
    weeks: dict[date, list[date]] = defaultdict(list)
    for day in year.school_days():
        if TUESDAY <= day.weekday() <= THURSDAY:
            weeks[monday_of(day)].append(day)
    return weeks


def _span(wish: Wish, mondays: Sequence[date]) -> tuple[int, int]:
    """The first and the last week that a group may meet in."""
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
    """Move sessions of weeks that have several into the nearest weeks that have none."""
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
