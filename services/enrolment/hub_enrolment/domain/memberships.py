"""Rules about school memberships: a teacher works at a school from a first to a last day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.england import spoken_date
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Succession, Successions

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A teacher works at a school from `starts_on` to `ends_on`, both included; None: at present."""

    id: UUID
    urn: str
    starts_on: date
    ends_on: date | None
    role: str = "class_teacher"
    noted_on: date | None = None  # the day of registration, for the membership recorded with it


@dataclass(frozen=True, kw_only=True)
class Move:
    """A requested move to another school."""

    from_urn: str | None  # None: the teacher joins a school and leaves none
    to_urn: str
    moved_on: date  # the first day at the new school


@dataclass(frozen=True)
class Left:
    """The membership that ends with a move, and its last day.

    `starts_on`: its corrected first day, where that was before the registration. `dropped`: memberships at
    successor schools that began on the day of the move or later, and are deleted.
    """

    id: UUID
    ends_on: date
    starts_on: date | None = None
    dropped: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CarriedOn:
    """A membership that continues at the successor of a closed school."""

    held: Membership
    to_urn: str
    first_day: date  # of the succession
    starts_on: date  # of the membership at the successor
    last_day: date | None  # at the closed school; None when the membership began on `first_day` or later
    joins: UUID | None  # the membership at the successor that the person has already


def carry_on(
    held: Sequence[Membership], successions: Mapping[str, Succession], *, day: date
) -> CarriedOn | None:
    """Return the next membership to continue at a successor school; None when none is left.

    The person works at the closed school until its last day and at its successor from then on. A membership
    recorded under the closed school's URN for a later day is at the successor from its start.

    Args:
        held: all memberships of the person, who is locked.
        successions: by the URN of the closed school.
        day: the date in England; successions of later days are ignored.
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
    """Return the membership that a move ends, None when no school is left; raise unless the move is valid.

    No person has two memberships of one school on the same day.

    Args:
        held: all memberships of the person, who is locked.
        asked: the move.
        today: the date in England.
        successions: those of the person's schools; none unless given.

    Raises:
        Refused: `same_school`, `moved_in_future`, `not_at_school`, `moved_before_start`.
        Conflict: `already_at_school`.
    """
    if asked.from_urn == asked.to_urn:
        raise Refused(
            "same_school", "The teacher moves from and to the same school; name another one.", "/to_urn"
        )
    if asked.moved_on > today:
        raise Refused(
            "moved_in_future", "The move is dated in the future; record it on its day.", "/moved_on"
        )
    if any(one.urn == asked.to_urn and _lasts_until(one, asked.moved_on) for one in held):
        raise Conflict("already_at_school", "This teacher works at that school then already.", "/to_urn")
    if asked.from_urn is None:
        return None
    current = next((one for one in held if one.urn == asked.from_urn and one.ends_on is None), None)
    if current is None:
        detail = f"This teacher does not work at the school {asked.from_urn} at present."
        raise Refused("not_at_school", detail, "/from_urn")
    return _leave(held, current, asked.moved_on, successions or Successions(()))


def _leave(held: Sequence[Membership], current: Membership, moved_on: date, successions: Successions) -> Left:
    last_day, urn = moved_on - _ONE_DAY, current.urn
    before = _continued(held, current, successions)
    if moved_on <= current.starts_on and before is not None:
        # The person left before the first day of the successor, or on it, so was never there.
        rest = [one for one in held if one.id != current.id]
        left = _leave(rest, before, moved_on, successions)
        return replace(left, dropped=(current.id, *left.dropped))
    if moved_on > current.starts_on:
        return Left(current.id, last_day)
    others = [one for one in held if one.id != current.id]
    if current.starts_on != current.noted_on or not _is_free(others, urn, last_day, last_day):
        detail = (
            f"This teacher has worked at the school {urn} since {spoken_date(current.starts_on)}; a move"
            " must be later. If the membership began earlier, correct its first day first."
        )
        raise Refused("moved_before_start", detail, "/moved_on")
    # The first day is that of the registration: the person came to the school on an unknown day before.
    return Left(current.id, last_day, starts_on=last_day)


def present_urn(
    held: Sequence[Membership], urn: str | None, successions: Successions, *, today: date
) -> str | None:
    """Return the URN of a person's present membership at a school that a predecessor's URN may name."""
    current = [one.urn for one in held if one.ends_on is None]
    if urn is None or urn in current:
        return urn
    return next((one for one in current if successions.same(one, urn, today)), urn)


def correct(held: Sequence[Membership], asked: Membership, *, today: date) -> None:
    """Raise unless the corrected membership is valid.

    Args:
        held: all memberships of the person, who is locked.
        asked: the corrected membership, with the id of the wrong one.
        today: the date in England.

    Raises:
        Refused: `starts_in_future`, `ends_before_start`, `ends_in_future`.
        Conflict: `already_at_school`, `last_membership`.
    """
    if asked.starts_on > today:
        raise Refused(
            "starts_in_future", "The first day is in the future; record it on its day.", "/starts_on"
        )
    if asked.ends_on is not None and asked.ends_on < asked.starts_on:
        raise Refused("ends_before_start", "The last day is before the first day.", "/ends_on")
    if asked.ends_on is not None and asked.ends_on > today:
        raise Refused("ends_in_future", "The last day is in the future; record it on its day.", "/ends_on")
    others = [one for one in held if one.id != asked.id]
    if not _is_free(others, asked.urn, asked.starts_on, asked.ends_on):
        raise Conflict("already_at_school", "This teacher works at that school then already.", "/urn")
    if asked.ends_on is not None and all(one.ends_on is not None for one in others):
        detail = "This is the teacher's only present school; record a move to the next school instead."
        raise Conflict("last_membership", detail, "/ends_on")


def present(held: Sequence[Membership]) -> Membership:
    """Return the present membership, of several the latest; every person has one."""
    return max((one for one in held if one.ends_on is None), key=lambda one: (one.starts_on, one.id))


def follows(held: Sequence[Membership], recorded_urn: str, day: date, *, wrong_urn: str) -> bool:
    """Return whether a record took its school from the wrong membership, so that it must be corrected, too.

    Args:
        held: the memberships of the person, after the correction.
        recorded_urn: the school of the record.
        day: the day of the record.
        wrong_urn: the school of the membership before the correction.
    """
    return recorded_urn == wrong_urn and not any(
        one.urn == wrong_urn and one.starts_on <= day and _lasts_until(one, day) for one in held
    )


def check_places(given_at_wrong_school: Sequence[bool]) -> None:
    """Raise unless every place to correct with a membership is the person's and counts for the wrong school.

    `given_at_wrong_school`: whether it is so, for each place in the order of the request.

    Raises:
        Refused: `place_of_other_school`.
    """
    if not all(given_at_wrong_school):
        index = given_at_wrong_school.index(False)
        detail = "This place is not this teacher's, or does not count for the wrong school; leave it out."
        raise Refused("place_of_other_school", detail, f"/also_places/{index}")


def _continued(
    held: Sequence[Membership], membership: Membership, successions: Successions
) -> Membership | None:
    """Return the membership of a closed school that a membership of its successor continues."""
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
    """Return whether no other membership of a school overlaps a period."""
    last = ends_on or date.max
    return not any(
        one.urn == urn and one.starts_on <= last and _lasts_until(one, starts_on) for one in others
    )


def _lasts_until(membership: Membership, day: date) -> bool:
    """Return whether a membership lasts until a day or longer."""
    return membership.ends_on is None or membership.ends_on >= day
