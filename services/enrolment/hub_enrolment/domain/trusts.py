"""A school's membership of trusts over time, as the register has it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAY: Final = timedelta(days=1)


class TrustStatus(StrEnum):
    """The status of a trust in the register."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A school's membership of a trust; `ends_on` is the last day, None at present."""

    trust_uid: str
    starts_on: date
    ends_on: date | None = None


def change_trust(history: list[Membership], trust_uid: str | None, *, on: date) -> list[Membership]:
    """Return the history of a school that belongs to a trust, or to none, from a day on.

    A membership lasts at least a day: one that would end before it began was never in effect, so it is
    replaced. No two overlap, whatever dates the register has.

    Args:
        history: oldest first; only the last may lack an end.
        trust_uid: the trust from now on.
        on: the first day, as far as the history allows.
    """
    before = list(history)
    starts_on = on
    if before and before[-1].ends_on is None:
        held = before.pop()
        if held.trust_uid == trust_uid:
            return history
        if held.starts_on < on:
            before.append(replace(held, ends_on=on - DAY))
        else:
            starts_on = held.starts_on
    if trust_uid is None:
        return before
    return [*before, Membership(trust_uid=trust_uid, starts_on=max(starts_on, _first_free_day(before, on)))]


def present_since(history: list[Membership]) -> date | None:
    """Return the first day of the present membership, or of the time without one since the last.

    None for a school that never belonged to a trust.

    Args:
        history: oldest first; only the last may lack an end.
    """
    if not history:
        return None
    last = history[-1]
    return last.starts_on if last.ends_on is None else last.ends_on + DAY


def join_on(history: list[Membership], trust_uid: str, joined_on: date) -> list[Membership] | None:
    """Return the history with the corrected first day at the present trust; None when the day is impossible.

    It is impossible when the school belongs to another trust, or belonged to one on that day. The end of the
    previous membership moves along where it was the day before: it came from the date of a file only.
    """
    if not history or history[-1].ends_on is not None or history[-1].trust_uid != trust_uid:
        return None
    *before, held = history
    if before and before[-1].ends_on == held.starts_on - DAY and before[-1].starts_on < joined_on:
        before[-1] = replace(before[-1], ends_on=min(held.starts_on, joined_on) - DAY)
    if _first_free_day(before, joined_on) > joined_on:
        return None
    return [*before, replace(held, starts_on=joined_on)]


def _first_free_day(before: list[Membership], on: date) -> date:
    """Return the day after the last membership, or `on` without any."""
    return before[-1].ends_on + DAY if before and before[-1].ends_on else on
