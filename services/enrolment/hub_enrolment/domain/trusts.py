"""Which trust a school belongs to, from which day on."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

STATUSES: Final = ("open", "closed")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A school belongs to a trust; `ends_on` is the last day, None while it lasts."""

    trust_uid: str
    starts_on: date
    ends_on: date | None = None


def change_trust(history: list[Membership], trust_uid: str | None, *, on: date) -> list[Membership]:
    """The history of a school that from a day on belongs to a trust, or to none.

    A membership lasts at least a day: what would end before it has begun was never true, and is replaced.
    No two overlap, whatever days the register names.

    Args:
        history: oldest first; only the last may lack an end.
        trust_uid: the trust from now on.
        on: the first day of that, as far as the history allows it.
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
    """Return the first day of the present membership, or of belonging to no trust any more.

    None for a school that never belonged to a trust.

    Args:
        history: oldest first; only the last may lack an end.
    """
    if not history:
        return None
    last = history[-1]
    return last.starts_on if last.ends_on is None else last.ends_on + DAY


def join_on(history: list[Membership], trust_uid: str, joined_on: date) -> list[Membership] | None:
    """The history with the day on which a school joined its present trust; None when it cannot be so.

    It cannot when the school is of another trust now, or was of one on that day. Where the trust before ends
    on the day before the present one begins, that end only followed from the day of a file: it moves.
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
    """The day after the last membership, or `on` when there was none."""
    return before[-1].ends_on + DAY if before and before[-1].ends_on else on
