"""A school's local authority, district and phase over time, as the register has them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
FACTS: Final = ("la_code", "la_name", "district_code", "district_name", "phase")


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A school's authority, district and phase in a period; `ends_on` is the last day, None at present."""

    la_code: str  # three digits, GIAS
    la_name: str
    district_code: str | None
    district_name: str | None
    phase: str
    starts_on: date
    ends_on: date | None = None


def change_placement(history: list[Placement], present: Placement) -> list[Placement]:
    """Return the history of a school that the register describes as `present` from its first day on.

    Placements follow each other without a gap, each for at least a day: one that would end before it began
    was never in effect, and is replaced.

    Args:
        history: oldest first; only the last lacks an end.
        present: the present placement, from the date of the file that has it.
    """
    if not history:
        return [present]
    *before, last = history
    if _same(last, present):
        return history
    if last.starts_on < present.starts_on:
        return [*history[:-1], replace(last, ends_on=present.starts_on - DAY), present]
    if before and _same(before[-1], present):
        return [*before[:-1], replace(before[-1], ends_on=None)]
    return [*before, replace(present, starts_on=last.starts_on)]


def _same(one: Placement, other: Placement) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in FACTS)
