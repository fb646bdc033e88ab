"""Rules about apologies before a register, and about corrections once it is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_contracts.vocabulary import AttendanceMark
from hub_enrolment.domain.sessions import REGISTER_OPEN, TO_COME, Mark, Place, SessionStatus, not_enrolled
from hub_kernel.england import spoken_instant
from hub_kernel.refusals import Conflict, Refused

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The facts of a session that a decision about apologies needs."""

    status: str
    starts_at: datetime
    ends_at: datetime  # apologies received at this instant are late


# Longer: one check for each of the six reasons for a refusal.
def receive_apologies(
    meeting: Meeting,
    place: Place | None,
    known_at: datetime | None,
    *,
    received_at: datetime | None,
    now: datetime,
) -> datetime | None:
    """Return when apologies count as received; None when they are recorded already.

    Args:
        meeting: the session.
        place: the participant's place on the session's group; None without one.
        known_at: when this participant's recorded apologies were received; None without any.
        received_at: when the apologies were received; None: now, or at `known_at`.
        now: the hub's time.

    Raises:
        Conflict: `session_cancelled`, `register_taken`, `apologies_known`.
        Refused: `not_enrolled`, `received_in_future`, `apologies_too_late`.
    """
    if meeting.status == SessionStatus.CANCELLED:
        raise Conflict("session_cancelled", "The session is cancelled, so it needs no apologies.")
    if place is None or not place.is_active(meeting.starts_at):
        raise not_enrolled(meeting.starts_at, "/enrolment_id")
    if known_at is not None and received_at in (None, known_at):
        return None
    if meeting.status not in TO_COME:
        raise Conflict(
            "register_taken", "The register has been taken; correct the participant's mark instead."
        )
    if known_at is not None:
        detail = f"This participant's apologies were received on {spoken_instant(known_at)}."
        raise Conflict("apologies_known", detail, "/received_at")
    at = received_at or now
    if at > now:
        raise Refused("received_in_future", "The apologies are dated in the future.", "/received_at")
    if at >= meeting.ends_at:
        detail = "These apologies came after the end of the session; mark the participant absent instead."
        raise Refused("apologies_too_late", detail, "/received_at")
    return at


def notice_hours(received_at: datetime, *, starts_at: datetime) -> int:
    """Return the whole hours from the receipt of apologies to the start of the session, at least 0.

    168 hours, seven days, are enough for the participant to count as committed (domain report R10).
    """
    return max(0, (starts_at - received_at) // HOUR)


def notice_of(mark: Mark, *, starts_at: datetime) -> int | None:
    """Return the hours of notice of a mark; None for a mark without a time of apologies."""
    return None if mark.notified_at is None else notice_hours(mark.notified_at, starts_at=starts_at)


def with_notice(marks: Sequence[Mark], received: Mapping[UUID, datetime]) -> list[Mark]:
    """Return a register whose apologies have the times that were recorded before the session."""
    return [
        replace(mark, notified_at=received.get(mark.enrolment_id))
        if mark.mark == AttendanceMark.APOLOGIES and mark.notified_at is None
        else mark
        for mark in marks
    ]


def check_correctable(status: str, *, starts_at: datetime, now: datetime, group_over: bool = False) -> None:
    """Raise unless a register was taken and is locked: seven days after the session, or with the group's end.

    Raises:
        Conflict: `register_not_taken`, `register_open`.
    """
    if status != SessionStatus.COMPLETED:
        raise Conflict(
            "register_not_taken", "The register has not been taken, so there is no mark to correct."
        )
    if now < starts_at + REGISTER_OPEN and not group_over:
        raise Conflict("register_open", "The register is not locked yet; to correct it, submit it again.")


def check_received(mark: Mark, pointer: str, *, now: datetime) -> None:
    """Raise if a mark's apologies are dated after now.

    Raises:
        Refused: `received_in_future`.
    """
    if mark.notified_at is not None and mark.notified_at > now:
        raise Refused("received_in_future", "The apologies are dated in the future.", pointer)


def correct(
    known: Mark | None, asked: Mark, place: Place | None, *, began_at: datetime, now: datetime
) -> bool:
    """Return whether a correction changes a mark; raise unless it is allowed.

    A place without a mark gets one if it was held when the session began, as after an undone withdrawal.

    Args:
        known: the mark in the register; None without one.
        asked: the corrected mark.
        place: the place on the session's group; None without one.
        began_at: when the session began.
        now: the hub's time.

    Raises:
        Refused: `not_marked`, `notice_without_apologies`, `received_in_future`.
    """
    if known is None and (place is None or not place.is_active(began_at)):
        detail = "This enrolment has no mark in the register and held no place when the session began."
        raise Refused("not_marked", detail, "/enrolment_id")
    if asked.notified_at is not None and asked.mark != AttendanceMark.APOLOGIES:
        raise Refused("notice_without_apologies", "Only apologies have a time of notice.", "/notified_at")
    check_received(asked, "/notified_at", now=now)
    return asked != known
