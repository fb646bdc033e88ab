"""Rules about papers: who is given a certificate, and what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub_enrolment.domain.refusals import Conflict
from hub_enrolment.domain.sessions import PRESENT
from hub_kernel.england import day_in_england

HOUR_MINUTES: Final = 60


@dataclass(frozen=True, kw_only=True)
class Held:
    """One session that was held while somebody had their place, and how they were marked."""

    began_at: datetime
    minutes: int  # as it was put down, 1 or more
    mark: str | None  # None when the register has no mark of theirs

    @property
    def on(self) -> date:
        """The day in England on which it was held."""
        return day_in_england(self.began_at)


@dataclass(frozen=True, kw_only=True)
class Attended:
    """What a certificate counts."""

    sessions_n: int  # attended, late and left early included; 0 to held_n
    held_n: int
    minutes: int  # of the sessions attended, each in full
    first_on: date | None  # of the sessions held; None when none was
    last_on: date | None


def is_completed(status: str) -> bool:
    """Whether an enrolment with this status is given a certificate."""
    return status == "completed"


def check_completed(status: str) -> None:
    """Let an enrolment pass that is completed.

    Raises:
        Conflict: `not_completed`.
    """
    if not is_completed(status):
        raise Conflict(
            "not_completed", f"The enrolment is {status}; a certificate says that it is completed."
        )


def check_sheet(status: str) -> None:
    """Let a session pass that people come to, or came to.

    Raises:
        Conflict: `session_cancelled`.
    """
    if status == "cancelled":
        raise Conflict("session_cancelled", "Nobody signs in to a cancelled session.")


def attended(held: Sequence[Held]) -> Attended:
    """Count the sessions of one place."""
    there = [one for one in held if one.mark in PRESENT]
    days = [one.on for one in held]
    return Attended(
        sessions_n=len(there),
        held_n=len(held),
        minutes=sum(one.minutes for one in there),
        first_on=min(days, default=None),
        last_on=max(days, default=None),
    )


def spoken_duration(minutes: int) -> str:
    """7 hours 30 minutes; 1 hour; 45 minutes. `minutes` is 0 or more."""
    hours, rest = divmod(minutes, HOUR_MINUTES)
    said = [_counted(hours, "hour")] if hours or not rest else []
    return " ".join([*said, *([_counted(rest, "minute")] if rest else [])])


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
