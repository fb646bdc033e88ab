"""Rules about a session and its register: rescheduling, cancelling, marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_contracts.vocabulary import AttendanceMark, MeetingMode
from hub_kernel.england import ENGLAND, day_in_england, instant_in_england, spoken_instant
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions

PRESENT: Final = frozenset(  # marks that count as attendance
    {AttendanceMark.PRESENT, AttendanceMark.LATE, AttendanceMark.LEFT_EARLY}
)


class SessionStatus(StrEnum):
    """Stored statuses, from scheduling to the register."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class RegisterState(StrEnum):
    """The state of the register of a session."""

    NOT_DUE = "not_due"  # before the start of the session
    MISSING = "missing"  # from the start until it is taken
    TAKEN = "taken"
    CANCELLED = "cancelled"


TO_COME: Final = (SessionStatus.SCHEDULED, SessionStatus.RESCHEDULED)  # can be rescheduled, cancelled or held
REGISTER_OPEN: Final = timedelta(days=7)  # from the session's start; then the register is locked


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The attendance of one participant."""

    enrolment_id: UUID
    mark: str
    notified_at: datetime | None = None  # when apologies were received


@dataclass(frozen=True, kw_only=True)
class Place:
    """One enrolment on the session's group."""

    enrolment_id: UUID
    urn: str
    enrolled_at: datetime
    withdrawn_at: datetime | None

    @property
    def enrolled_on(self) -> date:
        """The day in England on which the place was given."""
        return day_in_england(self.enrolled_at)

    def is_active(self, starts_at: datetime) -> bool:
        """Return whether the place allows attendance at a session: it was not withdrawn before the start.

        A place given later on that day counts: a teacher who came unannounced is enrolled afterwards.
        """
        return self.enrolled_on <= day_in_england(starts_at) and (
            self.withdrawn_at is None or starts_at < self.withdrawn_at
        )

    def is_expected(self, starts_at: datetime) -> bool:
        """Return whether the place was held at a session's start, so that the register must have its mark."""
        return self.enrolled_at <= starts_at and self.is_active(starts_at)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The time, mode and location of a session."""

    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None
    venue: str | None = None  # the session's own; without one see `venues.location`
    joining_link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rescheduling:
    """The requested facts of a session; None and missing parts of the location stay where they fit."""

    starts_at: datetime
    ends_at: datetime
    mode: str | None = None
    host_urn: str | None = None
    location: Mapping[str, str | None] = field(default_factory=dict)  # the given of venue and joining_link


def moved(known: Meeting, asked: Rescheduling) -> Meeting:
    """Return a session as it is after rescheduling.

    Without a new one, the host stays if the mode does, the venue if mode and host do, and the joining link if
    the mode does or becomes online.
    """
    mode = asked.mode or known.mode
    host_urn = asked.host_urn or (known.host_urn if mode == known.mode else None)
    same_place = (mode, host_urn) == (known.mode, known.host_urn)
    same_link = mode in {known.mode, MeetingMode.ONLINE}
    return Meeting(
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        mode=mode,
        host_urn=host_urn,
        venue=asked.location.get("venue", known.venue if same_place else None),
        joining_link=asked.location.get("joining_link", known.joining_link if same_link else None),
    )


def reschedule(status: str, known: Meeting, asked: Meeting, *, now: datetime) -> bool:
    """Return whether rescheduling changes a session; raise unless it is allowed.

    Raises:
        Conflict: `session_completed`, `session_cancelled`; Refused: `session_in_past`.
    """
    if status == SessionStatus.COMPLETED:
        raise Conflict(
            "session_completed", "The register of this session has been taken, so it cannot be rescheduled."
        )
    if status == SessionStatus.CANCELLED:
        raise Conflict("session_cancelled", "The session is cancelled; schedule another one instead.")
    if asked.starts_at != known.starts_at and asked.starts_at <= now:
        detail = f"The new start, {spoken_instant(asked.starts_at)}, is in the past; choose a later one."
        raise Refused("session_in_past", detail, "/starts_at")
    return known != asked


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Return whether a cancellation is new, False if recorded already; raise unless it is allowed.

    Raises:
        Conflict: `session_completed`, `session_cancelled`.
    """
    if status == SessionStatus.COMPLETED:
        raise Conflict(
            "session_completed", "The register of this session has been taken, so it cannot be cancelled."
        )
    if status == SessionStatus.CANCELLED and known_reason != reason:
        raise Conflict(
            "session_cancelled", "The session is cancelled already, for another reason.", "/reason"
        )
    return status != SessionStatus.CANCELLED


def register_state(status: str, *, starts_at: datetime, now: datetime) -> RegisterState:
    """Return the state of a session's register; it is missing from the start until it is taken."""
    if status == SessionStatus.CANCELLED:
        return RegisterState.CANCELLED
    if status == SessionStatus.COMPLETED:
        return RegisterState.TAKEN
    return RegisterState.MISSING if starts_at <= now else RegisterState.NOT_DUE


def check_time(status: str, *, starts_at: datetime, held_on: date, now: datetime, today: date) -> None:
    """Raise unless the register is open: from the session's start, for seven days.

    Raises:
        Conflict: `session_cancelled`, `register_locked`; Refused: `register_too_early`, `held_in_future`.
    """
    if status == SessionStatus.CANCELLED:
        raise Conflict("session_cancelled", "The session is cancelled, so it has no register.")
    if now < starts_at:
        raise Refused("register_too_early", "The register opens when the session starts.")
    if now >= starts_at + REGISTER_OPEN:
        raise Conflict(
            "register_locked",
            "The register was locked seven days after the session; correct single marks instead.",
        )
    if held_on > today:
        raise Refused("held_in_future", "The day on which the session was held is in the future.", "/held_on")


def started_at(starts_at: datetime, *, held_on: date) -> datetime:
    """Return when a session held on a day began: at its scheduled time of day in England."""
    if held_on == day_in_england(starts_at):
        return starts_at
    return instant_in_england(held_on, starts_at.astimezone(ENGLAND).time())


def check_marks(marks: Sequence[Mark], places: Mapping[UUID, Place], *, began_at: datetime) -> None:
    """Raise unless a register has exactly one mark for each participant with a place when the session began.

    A participant whose place was given later on that day may have a mark; any other mark is refused.

    Raises:
        Refused: `not_enrolled`, `marked_twice`, `notice_without_apologies`, `not_everyone_marked`.
    """
    marked: set[UUID] = set()
    for index, mark in enumerate(marks):
        pointer = f"/marks/{index}/enrolment_id"
        place = places.get(mark.enrolment_id)
        if place is None or not place.is_active(began_at):
            raise not_enrolled(began_at, pointer)
        if mark.enrolment_id in marked:
            raise Refused("marked_twice", "This enrolment has two marks; send one for each.", pointer)
        if mark.notified_at is not None and mark.mark != AttendanceMark.APOLOGIES:
            detail = "Only apologies have a time of notice."
            raise Refused("notice_without_apologies", detail, f"/marks/{index}/notified_at")
        marked.add(mark.enrolment_id)
    missing = [
        place.enrolment_id
        for place in places.values()
        if place.is_expected(began_at) and place.enrolment_id not in marked
    ]
    if missing:
        errors = [("/marks", f"No mark for enrolment {enrolment_id}.") for enrolment_id in missing]
        raise Refused(
            "not_everyone_marked",
            f"{len(missing)} participants have no mark; mark each of them.",
            errors=errors,
        )


def not_enrolled(starts_at: datetime, pointer: str) -> Refused:
    """Build the refusal of an enrolment that had no place when a session started."""
    detail = f"This enrolment had no place on the Work Group on {spoken_instant(starts_at)}."
    return Refused("not_enrolled", detail, pointer)


def count_present(
    marks: Sequence[Mark],
    places: Mapping[UUID, Place],
    successions: Successions | None = None,
    *,
    held_on: date = date.max,
) -> tuple[int, int]:
    """How many participants were there, from how many schools.

    Args:
        marks: the register.
        places: those of the participants.
        successions: those that concern the schools; a school and its successor are one school.
        held_on: the day of the session.
    """
    known = successions or Successions(())
    there = [places[mark.enrolment_id].urn for mark in marks if mark.mark in PRESENT]
    return len(there), len({known.standing(urn, held_on) for urn in there})
