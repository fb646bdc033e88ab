"""Rules about where people work: a membership of a school has a first day and, once it is over, a last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hub_enrolment.domain.refusals import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Somebody works at a school from `starts_on` to `ends_on`, both included; None: until further notice."""

    id: UUID
    urn: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """What is asked for."""

    from_urn: str | None  # None: a school is joined and none left
    to_urn: str
    moved_on: date  # first day at the new school


@dataclass(frozen=True)
class Left:
    """The membership that ends, and its last day."""

    id: UUID
    ends_on: date


def move(held: Sequence[Membership], asked: Move, *, today: date) -> Left | None:
    """Decide on a move; what ends by it, None when no school is left.

    Nobody is at one school twice on the same day.

    Args:
        held: all memberships of the person, read while the person is locked.
        asked: the move.
        today: the date where the hub is.

    Raises:
        Refused: `same_school`, `moved_in_future`, `not_at_school`, `moved_before_start`.
        Conflict: `already_at_school`.
    """
    if asked.from_urn == asked.to_urn:
        raise Refused("same_school", "A move leads to another school.", "/to_urn")
    if asked.moved_on > today:
        raise Refused("moved_in_future", "A move is noted on its day or later.", "/moved_on")
    if any(one.urn == asked.to_urn and _lasts_until(one, asked.moved_on) for one in held):
        raise Conflict("already_at_school", "This person is at the school then already.", "/to_urn")
    return None if asked.from_urn is None else _leave(held, asked.from_urn, asked.moved_on)


def _leave(held: Sequence[Membership], urn: str, moved_on: date) -> Left:
    current = next((one for one in held if one.urn == urn and one.ends_on is None), None)
    if current is None:
        raise Refused("not_at_school", f"This person is not at the school {urn} now.", "/from_urn")
    if moved_on <= current.starts_on:
        detail = (
            f"This person has been at the school {urn} since {current.starts_on:%d %B %Y}; a move is later."
        )
        raise Refused("moved_before_start", detail, "/moved_on")
    return Left(current.id, moved_on - timedelta(days=1))


def _lasts_until(membership: Membership, day: date) -> bool:
    """Whether it is not over before a day; then it would overlap with one that begins there."""
    return membership.ends_on is None or membership.ends_on >= day
