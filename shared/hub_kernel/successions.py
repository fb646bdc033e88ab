"""The same school in time: when a school is open, and which school stands for one that has closed.

Academy conversions and mergers close one URN and open another (Get Information About Schools, links file).
The hub counts the schools of a chain of successors as one, as of a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

OPEN_STATUSES: Final = frozenset({"open", "proposed_to_close"})
_ONE_DAY: Final = timedelta(days=1)


def is_open(*, status: str, open_date: date | None, close_date: date | None, day: date) -> bool:
    """Return whether a school teaches on a day; its closing date is its last day.

    A school that is proposed to close is open until the register says that it has closed. Of a closed school
    without a closing date no day is known on which it was open.

    Args:
        status: open, proposed_to_close, closed or proposed_to_open, as the register says now.
        open_date: the first day, where the register has it.
        close_date: the last day, past or planned, where the register has it.
        day: the day in question.
    """
    if open_date is not None and day < open_date:
        return False
    if status == "closed":
        return close_date is not None and day <= close_date
    return status in OPEN_STATUSES


@dataclass(frozen=True, kw_only=True, slots=True)
class Succession:
    """A school carries on the work of a closed one."""

    urn: str
    successor_urn: str
    first_day: date  # on which the successor stands for the closed school


def first_day_of_successor(
    *, close_date: date | None, established_on: date | None, announced_on: date
) -> date:
    """Return the first day on which a successor stands for a closed school.

    The day after the closed school's last day. Where the register has no closing date, the day on which it
    established the link; without that, the day on which the succession was announced.
    """
    if close_date is not None:
        return close_date + _ONE_DAY
    return established_on or announced_on


class Successions:
    """Every succession that is known, to be asked as of a day.

    `standing` makes schools equivalent: two are the same on a day when the same school stands for both.
    """

    def __init__(self, links: Iterable[Succession]) -> None:
        """Index successions; each closed school has one successor, the last one given counts."""
        self._links = {link.urn: link for link in links}
        self._predecessors: dict[str, list[str]] = {}
        for link in self._links.values():
            self._predecessors.setdefault(link.successor_urn, []).append(link.urn)

    def standing(self, urn: str, day: date) -> str:
        """Return the school that stands for a school on a day: the last one of its successors, or itself.

        Where the register's links form a circle, the highest URN of the circle stands for all of them.
        """
        first = self._links.get(urn)
        if first is None or first.first_day > day:
            return urn  # nearly all schools; a report asks for each school of the register
        path = [urn]
        while (link := self._links.get(path[-1])) is not None and link.first_day <= day:
            if link.successor_urn in path:
                return max(path[path.index(link.successor_urn) :])
            path.append(link.successor_urn)
        return path[-1]

    def same(self, one: str, other: str, day: date) -> bool:
        """Return whether two URNs are the same school on a day."""
        return self.standing(one, day) == self.standing(other, day)

    def stood_for(self, urn: str, day: date) -> frozenset[str]:
        """Return all URNs of which `urn` is the same school on a day, itself included."""
        root = self.standing(urn, day)
        if root not in self._predecessors:
            return frozenset({root})
        found, waiting = {root}, [root]
        while waiting:
            for before in self._predecessors.get(waiting.pop(), ()):
                if before not in found and self._links[before].first_day <= day:
                    found.add(before)
                    waiting.append(before)
        return frozenset(found)
