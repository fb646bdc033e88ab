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
    """The membership that ends, and its last day; `starts_on` where its first day turns out to be earlier."""

    id: UUID
    ends_on: date
    starts_on: date | None = None


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
    last_day = moved_on - timedelta(days=1)
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


def _is_free(others: Sequence[Membership], urn: str, starts_on: date, ends_on: date | None) -> bool:
    """Whether no other membership of a school lies in a period."""
    last = ends_on or date.max
    return not any(
        one.urn == urn and one.starts_on <= last and _lasts_until(one, starts_on) for one in others
    )


def _lasts_until(membership: Membership, day: date) -> bool:
    """Whether it is not over before a day; then it would overlap with one that begins there."""
    return membership.ends_on is None or membership.ends_on >= day
