"""Rules about a session and its register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hub_kernel.england import ENGLAND, day_in_england, instant_in_england, spoken_day, spoken_time
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import Successions

MARKS: Final = ("present", "late", "left_early", "apologies", "absent")
PRESENT: Final = frozenset({"present", "late", "left_early"})  # was in the room
STATUSES: Final = ("scheduled", "rescheduled", "completed", "cancelled")
TO_COME: Final = ("scheduled", "rescheduled")  # may be moved, cancelled, held
CANCELLED_FOR: Final = (
    "lead_unavailable",
    "venue_unavailable",
    "weather",
    "too_few_participants",
    "work_group_cancelled",
    "other",
)
REGISTER_OPEN: Final = timedelta(days=7)  # from the session's start; then it is locked
REGISTER_STATES: Final = ("not_due", "missing", "taken", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one participant attended."""

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
        """Whether the participant may be, or have been, at a session: no withdrawal came before its start.

        A place that was given later on that day counts: a teacher who came unannounced is enrolled after.
        """
        return self.enrolled_on <= day_in_england(starts_at) and (
            self.withdrawn_at is None or starts_at < self.withdrawn_at
        )

    def is_expected(self, starts_at: datetime) -> bool:
        """Whether the place was held when a session started, so that its register has a mark for it."""
        return self.enrolled_at <= starts_at and self.is_active(starts_at)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """When, how and where a session meets."""

    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None
    venue: str | None = None  # the session's own; without one see `venues.location`
    joining_link: str | None = None


def moved(
    known: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    mode: str | None,
    host_urn: str | None,
    location: Mapping[str, Any],
) -> Meeting:
    """Apply a move to what is known of a session; what is not given stays as far as it still fits.

    A host stays while the mode does, a venue while mode and host do, and a joining link while the mode does
    or becomes online. `location`: those of `venue` and `joining_link` that are given.
    """
    new_mode = mode or known.mode
    kept_host = known.host_urn if new_mode == known.mode else None
    meeting = replace(
        known, starts_at=starts_at, ends_at=ends_at, mode=new_mode, host_urn=host_urn or kept_host
    )
    if (meeting.mode, meeting.host_urn) != (known.mode, known.host_urn):
        meeting = replace(meeting, venue=None)
    if meeting.mode not in {known.mode, "online"}:
        meeting = replace(meeting, joining_link=None)
    return replace(meeting, **location)


def reschedule(status: str, known: Meeting, asked: Meeting, *, now: datetime) -> bool:
    """Decide on a move; False when the session meets just so already.

    Raises:
        Conflict: `session_completed`, `session_cancelled`; Refused: `session_in_past`.
    """
    if status == "completed":
        raise Conflict("session_completed", "A session that has been held cannot be moved.")
    if status == "cancelled":
        raise Conflict("session_cancelled", "A cancelled session cannot be moved; schedule another one.")
    if asked.starts_at != known.starts_at and asked.starts_at <= now:
        day, clock = spoken_day(day_in_england(asked.starts_at)), spoken_time(asked.starts_at)
        detail = f"A session cannot be moved into the past: {clock} on {day} is not to come."
        raise Refused("session_in_past", detail, "/starts_at")
    return known != asked


def cancel(status: str, known_reason: str | None, reason: str) -> bool:
    """Decide on a cancellation; False when it is cancelled for that reason already.

    Raises:
        Conflict: `session_completed`, `session_cancelled`.
    """
    if status == "completed":
        raise Conflict("session_completed", "A session that has been held cannot be cancelled.")
    if status == "cancelled" and known_reason != reason:
        raise Conflict("session_cancelled", "The session has been cancelled for another reason.", "/reason")
    return status != "cancelled"


def register_state(status: str, *, starts_at: datetime, now: datetime) -> str:
    """Return one of REGISTER_STATES; a register is missing from the session's start until it is taken."""
    if status == "cancelled":
        return "cancelled"
    if status == "completed":
        return "taken"
    return "missing" if starts_at <= now else "not_due"


def check_time(status: str, *, starts_at: datetime, held_on: date, now: datetime, today: date) -> None:
    """Let a register pass while it is open: from the session's start, for seven days.

    Raises:
        Conflict: `session_cancelled`, `register_locked`; Refused: `register_too_early`, `held_in_future`.
    """
    if status == "cancelled":
        raise Conflict("session_cancelled", "A cancelled session has no register.")
    if now < starts_at:
        raise Refused("register_too_early", "A register is taken once the session has started.")
    if now >= starts_at + REGISTER_OPEN:
        raise Conflict("register_locked", "The register was locked seven days after the session.")
    if held_on > today:
        raise Refused("held_in_future", "A session that was held was held today or before.", "/held_on")


def started_at(starts_at: datetime, *, held_on: date) -> datetime:
    """When a session began that was held on a day: at the hour in the diary, in England's time."""
    if held_on == day_in_england(starts_at):
        return starts_at
    return instant_in_england(held_on, starts_at.astimezone(ENGLAND).time())


def check_marks(marks: Sequence[Mark], places: Mapping[UUID, Place], *, began_at: datetime) -> None:
    """Raise unless a register marks every participant who held a place when the session began, once.

    A participant whose place was given later on that day may be marked; every other mark is refused.

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
            raise Refused("marked_twice", "Each enrolment is marked once.", pointer)
        if mark.notified_at is not None and mark.mark != "apologies":
            detail = "Only apologies are given notice of."
            raise Refused("notice_without_apologies", detail, f"/marks/{index}/notified_at")
        marked.add(mark.enrolment_id)
    missing = [
        place.enrolment_id
        for place in places.values()
        if place.is_expected(began_at) and place.enrolment_id not in marked
    ]
    if missing:
        errors = [("/marks", f"No mark for enrolment {enrolment_id}.") for enrolment_id in missing]
        raise Refused("not_everyone_marked", f"{len(missing)} participants have no mark.", errors=errors)


def not_enrolled(starts_at: datetime, pointer: str) -> Refused:
    """Build the refusal of an enrolment that held no place when a session started."""
    when = f"{spoken_time(starts_at)} on {spoken_day(day_in_england(starts_at))}"
    return Refused("not_enrolled", f"This enrolment held no place on the Work Group at {when}.", pointer)


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
