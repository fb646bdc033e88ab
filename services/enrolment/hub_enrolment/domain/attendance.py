"""Rules about apologies before a register, and about corrections once it is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.sessions import REGISTER_OPEN, TO_COME, Mark, Place, not_enrolled

CORRECTED_FOR: Final = ("register_mistake", "told_later", "evidence_seen", "other")
HOUR: Final = timedelta(hours=1)


# longer: each line is one of the six reasons to say no, in the order in which a person would ask
def receive_apologies(
    status: str,
    place: Place | None,
    known_at: datetime | None,
    *,
    received_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> datetime | None:
    """Decide on apologies; gives when they were received, None when they are known already.

    Args:
        status: the session's.
        place: the participant's place on the session's group, if it is one.
        known_at: when apologies of this participant were received before.
        received_at: when they came; None is now, or whenever they came before.
        starts_at: when the session starts.
        ends_at: when the session ends; apologies that come then are late.
        now: the clock.

    Raises:
        Conflict: `session_cancelled`, `register_taken`, `apologies_known`.
        Refused: `not_enrolled`, `received_in_future`, `apologies_too_late`.
    """
    if status == "cancelled":
        raise Conflict("session_cancelled", "A cancelled session needs no apologies.")
    if place is None or not place.is_active(starts_at):
        raise not_enrolled(starts_at, "/enrolment_id")
    if known_at is not None and received_at in (None, known_at):
        return None
    if status not in TO_COME:
        raise Conflict("register_taken", "The register has been taken; correct it instead.")
    if known_at is not None:
        detail = f"Apologies were received on {known_at:%d %B %Y at %H:%M} UTC."
        raise Conflict("apologies_known", detail, "/received_at")
    at = received_at or now
    if at > now:
        raise Refused("received_in_future", "Apologies are noted once they have come.", "/received_at")
    if at >= ends_at:
        raise Refused("apologies_too_late", "Apologies come before the session ends.", "/received_at")
    return at


def notice_hours(received_at: datetime, *, starts_at: datetime) -> int:
    """Whole hours from the apologies to the start, never below 0.

    168 hours, seven days, are enough for the participant to count as committed (domain report R10).
    """
    return max(0, (starts_at - received_at) // HOUR)


def notice_of(mark: Mark, *, starts_at: datetime) -> int | None:
    """The notice of a mark; None where none is known."""
    return None if mark.notified_at is None else notice_hours(mark.notified_at, starts_at=starts_at)


def with_notice(marks: Sequence[Mark], received: Mapping[UUID, datetime]) -> list[Mark]:
    """A register whose apologies say when they were received, where that was noted before."""
    return [
        replace(mark, notified_at=received.get(mark.enrolment_id))
        if mark.mark == "apologies" and mark.notified_at is None
        else mark
        for mark in marks
    ]


def check_correctable(status: str, *, starts_at: datetime, now: datetime, group_over: bool = False) -> None:
    """Let a register pass that was taken and is locked: by time, or because the group is over.

    Raises:
        Conflict: `register_not_taken`, `register_open`.
    """
    if status != "completed":
        raise Conflict("register_not_taken", "There is no register to correct.")
    if now < starts_at + REGISTER_OPEN and not group_over:
        raise Conflict("register_open", "Until it is locked a register is corrected by sending it again.")


def check_received(mark: Mark, pointer: str, *, now: datetime) -> None:
    """Raise if apologies have not come yet.

    Raises:
        Refused: `received_in_future`.
    """
    if mark.notified_at is not None and mark.notified_at > now:
        raise Refused("received_in_future", "Apologies are noted once they have come.", pointer)


def correct(
    known: Mark | None, asked: Mark, place: Place | None, *, began_at: datetime, now: datetime
) -> bool:
    """Decide on a correction of one mark; False when it is just so already.

    A mark is added for a place that was held when the session began: its withdrawal was undone later.

    Args:
        known: the mark in the register.
        asked: the right mark.
        place: the place on the session's group, None where there is none.
        began_at: when the session began.
        now: the clock.

    Raises:
        Refused: `not_marked`, `notice_without_apologies`, `received_in_future`.
    """
    if known is None and (place is None or not place.is_active(began_at)):
        detail = "The register has no mark of this enrolment, which held no place when the session began."
        raise Refused("not_marked", detail, "/enrolment_id")
    if asked.notified_at is not None and asked.mark != "apologies":
        raise Refused("notice_without_apologies", "Only apologies are given notice of.", "/notified_at")
    check_received(asked, "/notified_at", now=now)
    return asked != known
