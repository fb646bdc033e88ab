"""Rules about documents: when a certificate or attendance sheet exists, and what a certificate counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub_enrolment.domain.enrolments import EnrolmentStatus
from hub_enrolment.domain.sessions import PRESENT, SessionStatus
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict

HOUR_MINUTES: Final = 60


@dataclass(frozen=True, kw_only=True)
class Held:
    """One session that was held while a participant had a place, with their mark."""

    began_at: datetime
    minutes: int  # the scheduled length, at least 1
    mark: str | None  # None when the register has no mark for them

    @property
    def on(self) -> date:
        """The date in England."""
        return day_in_england(self.began_at)


@dataclass(frozen=True, kw_only=True)
class Attended:
    """The attendance that a certificate states."""

    sessions_n: int  # attended, late and left early included; 0 to held_n
    held_n: int
    minutes: int  # of the sessions attended, each in full
    first_on: date | None  # of the sessions held; None without any
    last_on: date | None


def is_completed(status: str) -> bool:
    """Return whether an enrolment with this status has a certificate."""
    return status == EnrolmentStatus.COMPLETED


def check_completed(status: str) -> None:
    """Raise unless an enrolment is completed.

    Raises:
        Conflict: `not_completed`.
    """
    if not is_completed(status):
        raise Conflict("not_completed", f"The enrolment is {status}; only a completed one has a certificate.")


def check_sheet(status: str) -> None:
    """Raise if a session is cancelled: it has no attendance sheet.

    Raises:
        Conflict: `session_cancelled`.
    """
    if status == SessionStatus.CANCELLED:
        raise Conflict("session_cancelled", "The session is cancelled, so it has no attendance sheet.")


def attended(held: Sequence[Held]) -> Attended:
    """Count the sessions and minutes that a participant attended."""
    present = [one for one in held if one.mark in PRESENT]
    days = [one.on for one in held]
    return Attended(
        sessions_n=len(present),
        held_n=len(held),
        minutes=sum(one.minutes for one in present),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
    )


def spoken_duration(minutes: int) -> str:
    """Return minutes (0 or more) in words: 7 hours 30 minutes; 1 hour; 45 minutes."""
    hours, rest = divmod(minutes, HOUR_MINUTES)
    parts = [_counted(hours, "hour")] if hours or not rest else []
    return " ".join([*parts, *([_counted(rest, "minute")] if rest else [])])


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
