"""Rules about PD days and conferences: registration, the register, and the school of each attendance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_kernel.england import instant_in_england, spoken_instant
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions


class PDDayStatus(StrEnum):
    """The status of a PD day or conference."""

    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"


REGISTER_OPEN: Final = timedelta(days=7)  # from the start of the day; then the register is locked


@dataclass(frozen=True, kw_only=True)
class Registrations:
    """The facts of a PD day that a decision about a registration needs, read while it is locked."""

    status: str
    closes_at: datetime  # a request at this instant is already late
    capacity: int | None  # None: unlimited
    taken: int
    held_by_teacher: bool


@dataclass(frozen=True, kw_only=True)
class Employment:
    """A teacher's time at a school; `ends_on` is the last day, None at present."""

    urn: str
    starts_on: date
    ends_on: date | None


def closes_at(on: date, asked: datetime | None) -> datetime:
    """Return when registration closes: as requested, or at the start of the day.

    Raises:
        Refused: `closes_after_day`.
    """
    begins = instant_in_england(on, time())
    if asked is not None and asked > begins + timedelta(days=1):
        raise Refused(
            "closes_after_day", "Registration must close by the end of the day.", "/registration_closes_at"
        )
    return asked or begins


def register(known: Registrations, *, at: datetime) -> bool:
    """Return whether a registration is new, False if it exists already; raise unless it is allowed.

    Raises:
        Conflict: `pd_day_cancelled`, `pd_day_full`; Refused: `registration_closed`.
    """
    if known.held_by_teacher:
        return False
    if known.status == PDDayStatus.CANCELLED:
        raise Conflict("pd_day_cancelled", "This day is cancelled, so registration is closed.")
    if at >= known.closes_at:
        raise Refused("registration_closed", f"Registration closed on {spoken_instant(known.closes_at)}.")
    if known.capacity is not None and known.taken >= known.capacity:
        raise Conflict("pd_day_full", f"All {known.capacity} places are taken.")
    return True


def check_time(status: str, *, on: date, now: datetime) -> None:
    """Raise unless the register is open: from the start of the day, for seven days.

    Raises:
        Conflict: `pd_day_cancelled`, `register_locked`; Refused: `register_too_early`.
    """
    begins = instant_in_england(on, time())
    if status == PDDayStatus.CANCELLED:
        raise Conflict("pd_day_cancelled", "The day is cancelled, so it has no register.")
    if now < begins:
        raise Refused("register_too_early", "The register opens on the day itself.")
    if now >= begins + REGISTER_OPEN:
        raise Conflict("register_locked", "The register was locked seven days after the day.")


def check_present(teacher_ids: Sequence[UUID], known: Collection[UUID]) -> None:
    """Raise unless a register names known teachers, each once; they need not have registered.

    Raises:
        Refused: `marked_twice`, `unknown_teacher`.
    """
    seen: set[UUID] = set()
    for index, teacher_id in enumerate(teacher_ids):
        pointer = f"/teacher_ids/{index}"
        if teacher_id in seen:
            raise Refused("marked_twice", "This teacher is named twice; name each once.", pointer)
        if teacher_id not in known:
            raise Refused("unknown_teacher", "The hub has no teacher with this id.", pointer)
        seen.add(teacher_id)


def school_on(
    employments: Sequence[Employment],
    on: date,
    asked: str | None = None,
    successions: Successions | None = None,
) -> str:
    """Return the school where a teacher taught on a day: of several the requested one, or the latest.

    For a day before the first recorded school, or between two, it is the next school, otherwise the last one.

    Args:
        employments: the teacher's schools; at least one.
        on: the day.
        asked: the school that a registration names.
        successions: those of that school, which may have a successor by now.
    """
    in_order = sorted(employments, key=lambda one: (one.starts_on, one.urn))
    current = [one for one in in_order if one.starts_on <= on and (one.ends_on is None or on <= one.ends_on)]
    if asked is not None:
        known = successions or Successions(())
        wanted = [one.urn for one in current if known.same(one.urn, asked, on)]
        if wanted:
            return asked if asked in wanted else wanted[-1]
    after = [one for one in in_order if one.starts_on > on]
    return (current[-1] if current else after[0] if after else in_order[-1]).urn


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Return whether a cancellation is new, False if recorded already; raise unless the day can be cancelled.

    Raises:
        Conflict: `pd_day_held`, `pd_day_cancelled`.
    """
    if status == PDDayStatus.HELD:
        raise Conflict("pd_day_held", "The register of this day has been taken, so it cannot be cancelled.")
    if status == PDDayStatus.CANCELLED and known_reason != reason:
        raise Conflict("pd_day_cancelled", "The day is cancelled already, for another reason.", "/reason")
    return status != PDDayStatus.CANCELLED
