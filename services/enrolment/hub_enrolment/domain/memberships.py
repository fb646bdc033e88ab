"""Rules about where people work: a membership of a school has a first day and, once it is over, a last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Succession, Successions

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Somebody works at a school from `starts_on` to `ends_on`, both included; None: until further notice."""

    id: UUID
    urn: str
    starts_on: date
    ends_on: date | None
    role: str = "class_teacher"
    noted_on: date | None = None  # of the membership with which the person was registered, the day of that


@dataclass(frozen=True, kw_only=True)
class Move:
    """What is asked for."""

    from_urn: str | None  # None: a school is joined and none left
    to_urn: str
    moved_on: date  # first day at the new school


@dataclass(frozen=True)
class Left:
    """The membership that ends, and its last day; `starts_on` where its first day turns out to be earlier.

    `dropped`: memberships of successors that began on the day of the move or later, so that they never were.
    """

    id: UUID
    ends_on: date
    starts_on: date | None = None
    dropped: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CarriedOn:
    """A membership goes on at the school that carries on the work of the one where it was held."""

    held: Membership
    to_urn: str
    first_day: date  # on which the successor stands for the closed school
    starts_on: date  # of the membership of the successor
    last_day: date | None  # at the closed school; None when the membership began on `first_day` or later
    joins: UUID | None  # the membership of the successor that the person has already


def carry_on(
    held: Sequence[Membership], successions: Mapping[str, Succession], *, day: date
) -> CarriedOn | None:
    """Return the next step by which memberships follow successions; None when each is where it belongs.

    The person works there until the closed school's last day and at its successor from then on. What was
    noted for a later day under the closed school's number was at the successor from its start.

    Args:
        held: all memberships of the person, read while the person is locked.
        successions: by the URN of the closed school.
        day: the date in England; a succession of a later day is left for later.
    """
    for one in sorted(held, key=lambda one: (one.starts_on, one.id)):
        link = successions.get(one.urn)
        if one.ends_on is not None or link is None or link.first_day > day:
            continue
        there = [other for other in held if other.urn == link.successor_urn]
        current = next((other for other in there if other.ends_on is None), None)
        over = [other.ends_on + _ONE_DAY for other in there if other.ends_on is not None]
        starts_on = max([one.starts_on, link.first_day, *over])
        return CarriedOn(
            held=one,
            to_urn=link.successor_urn,
            first_day=link.first_day,
            starts_on=starts_on if current is None else min(starts_on, current.starts_on),
            last_day=link.first_day - _ONE_DAY if one.starts_on < link.first_day else None,
            joins=None if current is None else current.id,
        )
    return None


def move(
    held: Sequence[Membership], asked: Move, *, today: date, successions: Successions | None = None
) -> Left | None:
    """Decide on a move; what ends by it, None when no school is left.

    Nobody is at one school twice on the same day.

    Args:
        held: all memberships of the person, read while the person is locked.
        asked: the move.
        today: the date where the hub is.
        successions: those that concern the schools of the person; none unless given.

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
    if asked.from_urn is None:
        return None
    current = next((one for one in held if one.urn == asked.from_urn and one.ends_on is None), None)
    if current is None:
        raise Refused("not_at_school", f"This person is not at the school {asked.from_urn} now.", "/from_urn")
    return _leave(held, current, asked.moved_on, successions or Successions(()))


def _leave(held: Sequence[Membership], current: Membership, moved_on: date, successions: Successions) -> Left:
    last_day, urn = moved_on - _ONE_DAY, current.urn
    before = _continued(held, current, successions)
    if moved_on <= current.starts_on and before is not None:
        # The person left before the successor began, or on its first day: they were never there.
        rest = [one for one in held if one.id != current.id]
        left = _leave(rest, before, moved_on, successions)
        return replace(left, dropped=(current.id, *left.dropped))
    if moved_on > current.starts_on:
        return Left(current.id, last_day)
    others = [one for one in held if one.id != current.id]
    if current.starts_on != current.noted_on or not _is_free(others, urn, last_day, last_day):
        detail = (
            f"This person has been at the school {urn} since {current.starts_on:%d %B %Y}; a move is later."
            " Correct the first day of the membership if it was earlier."
        )
        raise Refused("moved_before_start", detail, "/moved_on")
    # The first day is that of the registration: the person was at the school before, since a day not known.
    return Left(current.id, last_day, starts_on=last_day)


def present_urn(
    held: Sequence[Membership], urn: str | None, successions: Successions, *, today: date
) -> str | None:
    """Return the number under which a person works now at a school that may be named by another one."""
    current = [one.urn for one in held if one.ends_on is None]
    if urn is None or urn in current:
        return urn
    return next((one for one in current if successions.same(one, urn, today)), urn)


def correct(held: Sequence[Membership], asked: Membership, *, today: date) -> None:
    """Raise unless a membership may be as it is asked to be.

    Args:
        held: all memberships of the person, read while the person is locked.
        asked: the corrected membership, with the id of the one that was wrong.
        today: the date in England.

    Raises:
        Refused: `starts_in_future`, `ends_before_start`, `ends_in_future`.
        Conflict: `already_at_school`, `last_membership`.
    """
    if asked.starts_on > today:
        raise Refused("starts_in_future", "A first day is noted on its day or later.", "/starts_on")
    if asked.ends_on is not None and asked.ends_on < asked.starts_on:
        raise Refused("ends_before_start", "A membership ends on its first day or later.", "/ends_on")
    if asked.ends_on is not None and asked.ends_on > today:
        raise Refused("ends_in_future", "A last day is noted on its day or later.", "/ends_on")
    others = [one for one in held if one.id != asked.id]
    if not _is_free(others, asked.urn, asked.starts_on, asked.ends_on):
        raise Conflict("already_at_school", "This person is at the school then already.", "/urn")
    if asked.ends_on is not None and all(one.ends_on is not None for one in others):
        detail = "This is the only school where the person works now; note the move to the next one instead."
        raise Conflict("last_membership", detail, "/ends_on")


def present(held: Sequence[Membership]) -> Membership:
    """Return where a person works now, of several schools the one joined last; there is always one."""
    return max((one for one in held if one.ends_on is None), key=lambda one: (one.starts_on, one.id))


def follows(held: Sequence[Membership], recorded_urn: str, day: date, *, wrong_urn: str) -> bool:
    """Whether what was recorded on a day for a school had that school from a membership that was wrong.

    Args:
        held: the memberships of the person, after the correction.
        recorded_urn: the school that was recorded.
        day: the day as of which it was recorded.
        wrong_urn: the school of the membership before the correction.
    """
    return recorded_urn == wrong_urn and not any(
        one.urn == wrong_urn and one.starts_on <= day and _lasts_until(one, day) for one in held
    )


def check_places(given_at_wrong_school: Sequence[bool]) -> None:
    """Raise unless each place that is to count for the corrected school was given at the wrong one.

    Args:
        given_at_wrong_school: for each place, whether it is the person's and counts for a school that another
            replaces now.

    Raises:
        Refused: `place_of_other_school`.
    """
    if not all(given_at_wrong_school):
        index = given_at_wrong_school.index(False)
        detail = "Only a place of this person that counts for the school that was wrong is corrected with it."
        raise Refused("place_of_other_school", detail, f"/also_places/{index}")


def _continued(
    held: Sequence[Membership], membership: Membership, successions: Successions
) -> Membership | None:
    """Return the membership of a closed school which this one of its successor continues."""
    return next(
        (
            one
            for one in held
            if one.ends_on is not None
            and one.ends_on + _ONE_DAY == membership.starts_on
            and one.urn != membership.urn
            and successions.same(one.urn, membership.urn, membership.starts_on)
        ),
        None,
    )


def _is_free(others: Sequence[Membership], urn: str, starts_on: date, ends_on: date | None) -> bool:
    """Whether no other membership of a school lies in a period."""
    last = ends_on or date.max
    return not any(
        one.urn == urn and one.starts_on <= last and _lasts_until(one, starts_on) for one in others
    )


def _lasts_until(membership: Membership, day: date) -> bool:
    """Whether it is not over before a day; then it would overlap with one that begins there."""
    return membership.ends_on is None or membership.ends_on >= day
