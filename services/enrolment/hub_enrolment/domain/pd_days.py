"""Rules about PD days and conferences: who may register, when the register is open, who taught where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.england import instant_in_england
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions

KINDS: Final = ("pd_day", "conference")
STATUSES: Final = ("open", "held", "cancelled")
CANCELLED_FOR: Final = (
    "speaker_unavailable",
    "venue_unavailable",
    "weather",
    "too_few_participants",
    "other",
)
REGISTER_OPEN: Final = timedelta(days=7)  # from the beginning of the day; then it is locked


@dataclass(frozen=True, kw_only=True)
class Registrations:
    """What a decision about a registration needs, read while the day is locked."""

    status: str
    closes_at: datetime  # a request at this instant is already late
    capacity: int | None  # None: as many as come
    taken: int
    held_by_teacher: bool


@dataclass(frozen=True, kw_only=True)
class Employment:
    """Where somebody taught, from a day on; `ends_on` is the last day."""

    urn: str
    starts_on: date
    ends_on: date | None


def closes_at(on: date, asked: datetime | None) -> datetime:
    """When registration closes: as asked, or when the day begins.

    Raises:
        Refused: `closes_after_day`.
    """
    begins = instant_in_england(on, time())
    if asked is not None and asked > begins + timedelta(days=1):
        raise Refused("closes_after_day", "Registration closes by the day.", "/registration_closes_at")
    return asked or begins


def register(known: Registrations, *, at: datetime) -> bool:
    """Decide whether a teacher may register; False when they have.

    Raises:
        Conflict: `pd_day_cancelled`, `pd_day_full`; Refused: `registration_closed`.
    """
    if known.held_by_teacher:
        return False
    if known.status == "cancelled":
        raise Conflict("pd_day_cancelled", "This day will not take place.")
    if at >= known.closes_at:
        raise Refused("registration_closed", f"Registration closed on {known.closes_at:%d %B %Y}.")
    if known.capacity is not None and known.taken >= known.capacity:
        raise Conflict("pd_day_full", f"All {known.capacity} places are taken.")
    return True


def check_time(status: str, *, on: date, now: datetime) -> None:
    """Let a register pass while it is open: from the beginning of the day, for seven days.

    Raises:
        Conflict: `pd_day_cancelled`, `register_locked`; Refused: `register_too_early`.
    """
    begins = instant_in_england(on, time())
    if status == "cancelled":
        raise Conflict("pd_day_cancelled", "A day that was cancelled has no register.")
    if now < begins:
        raise Refused("register_too_early", "A register is taken on the day.")
    if now >= begins + REGISTER_OPEN:
        raise Conflict("register_locked", "The register was locked seven days after the day.")


def check_present(teacher_ids: Sequence[UUID], known: Collection[UUID]) -> None:
    """Let a register pass that names each teacher once; they need not have registered.

    Raises:
        Refused: `marked_twice`, `unknown_teacher`.
    """
    seen: set[UUID] = set()
    for index, teacher_id in enumerate(teacher_ids):
        pointer = f"/teacher_ids/{index}"
        if teacher_id in seen:
            raise Refused("marked_twice", "Each teacher is named once.", pointer)
        if teacher_id not in known:
            raise Refused("unknown_teacher", "There is no such teacher.", pointer)
        seen.add(teacher_id)


def school_on(
    employments: Sequence[Employment],
    on: date,
    asked: str | None = None,
    successions: Successions | None = None,
) -> str:
    """The school where a teacher taught on a day; of several the one that was asked for, or else joined last.

    Who came before the hub had noted a school, or between two, counts for the next one, or else the last.
    At least one school is known of every teacher.

    Args:
        employments: where the teacher has taught.
        on: the day.
        asked: the school that a registration names.
        successions: those that concern it: since then another school may stand for it.
    """
    in_order = sorted(employments, key=lambda one: (one.starts_on, one.urn))
    there = [one for one in in_order if one.starts_on <= on and (one.ends_on is None or on <= one.ends_on)]
    if asked is not None:
        known = successions or Successions(())
        wanted = [one.urn for one in there if known.same(one.urn, asked, on)]
        if wanted:
            return asked if asked in wanted else wanted[-1]
    after = [one for one in in_order if one.starts_on > on]
    return (there[-1] if there else after[0] if after else in_order[-1]).urn


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Decide on a cancellation; False when it is cancelled for that reason already.

    Raises:
        Conflict: `pd_day_held`, `pd_day_cancelled`.
    """
    if status == "held":
        raise Conflict("pd_day_held", "A day that was held cannot be cancelled.")
    if status == "cancelled" and known_reason != reason:
        raise Conflict("pd_day_cancelled", "The day was cancelled for another reason.", "/reason")
    return status != "cancelled"
