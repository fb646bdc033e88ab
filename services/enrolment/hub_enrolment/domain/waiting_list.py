"""Rules about waiting for a place: who may join, who is next, how long an offer stands."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from hub_enrolment.domain.enrolments import RECRUITING, Places, Room, check_recruiting
from hub_kernel.england import day_in_england, instant_in_england
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.working_days import working_days_after

STATUSES: Final = ("waiting", "offered", "accepted", "declined", "expired", "left")
OPEN: Final = ("waiting", "offered")  # a teacher stands on a group's list once
WORKING_DAYS: Final = 5  # an offer stands
MESSAGE_MAY_ADD: Final = timedelta(days=14)  # to the end of an offer that is told now: see `count_from`
SUBJECT: Final = "waiting-list/"  # of the events about one entry; the entry's id follows


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for an offer."""

    entry_id: UUID
    school: str  # the URN under which it is counted: of the last school of its succession


@dataclass(frozen=True)
class Offer:
    """An open offer; instants are aware UTC."""

    offered_at: datetime
    told_at: datetime | None  # when the e-mail about it was sent or finally failed; None: not yet
    expires_at: datetime  # an answer at this instant is late, once the teacher has been told


def join(places: Places, *, on_list: bool) -> None:
    """Let a teacher join whose request may be made; somebody who can have a place does not wait.

    `on_list`: the teacher waits, or has an open offer.

    Raises:
        Conflict: `already_enrolled`, `already_waiting`, `place_free`.
    """
    if places.held_by_teacher:
        raise Conflict("already_enrolled", "This teacher holds a place on the work group.", "/teacher_id")
    if on_list:
        raise Conflict("already_waiting", "This teacher is on the waiting list.", "/teacher_id")
    if places.free and not places.waiting and not places.offered:
        raise Conflict("place_free", "There is a free place; nobody needs to wait.")


def next_offers(
    room: Room, queue: Iterable[Waiting], kept_by_school: Mapping[str, int], *, max_per_school: int | None
) -> list[UUID]:
    """Who is offered a free place now: the first who wait, as many as there are places.

    Somebody whose school has all its places could not accept; they stay where they stand, and the next is
    asked.

    Args:
        room: the group as it is, locked.
        queue: those who wait, the first one first.
        kept_by_school: places held or offered, by the URN under which a school is counted.
        max_per_school: the programme's cap for one school.
    """
    left = room.free if room.status in RECRUITING else 0
    kept = Counter(kept_by_school)
    chosen: list[UUID] = []
    for one in queue:
        if len(chosen) == left:
            break
        if max_per_school is None or kept[one.school] < max_per_school:
            chosen.append(one.entry_id)
            kept[one.school] += 1
    return chosen


def check_offers(room: Room, offers_n: int) -> None:
    """Let somebody offer places when there is one and somebody who waits can take it.

    `offers_n`: how many can be made.

    Raises:
        Conflict: `work_group_not_recruiting`, `nobody_waiting`, `no_place_free`, `school_cap_reached`.
    """
    check_recruiting(room.status)
    if not room.waiting:
        raise Conflict("nobody_waiting", "Nobody waits for an offer.")
    if not room.free:
        raise Conflict("no_place_free", "Every place is held or offered.")
    if not offers_n:
        raise Conflict("school_cap_reached", "The schools of all who wait have as many places as they may.")


def expires_at(offered_on: date) -> datetime:
    """Return when an offer ends: with the fifth working day after the one on which it was made.

    Args:
        offered_on: the day in England.

    Returns:
        The first instant (UTC) of the day after, in England; an answer at this instant is late.
    """
    last_day = working_days_after(offered_on, WORKING_DAYS)
    return instant_in_england(last_day + timedelta(days=1), time(0))


def offer_ends(told_at: datetime) -> datetime:
    """When an offer ends of which the teacher is told at an instant (both aware UTC)."""
    return expires_at(day_in_england(told_at))


def count_from(offer: Offer, message_at: datetime, *, named_end: datetime | None, now: datetime) -> Offer:
    """Count the deadline of an open offer from the e-mail about it; it never becomes earlier.

    Another service says when the e-mail was sent and which end it names, so that both are bounded: the
    e-mail is no older than the offer and not of the future, and the end is at most `MESSAGE_MAY_ADD` after
    the end of an offer that is told now. All instants are aware UTC.

    Args:
        offer: as it is.
        message_at: when the e-mail was sent, or finally failed.
        named_end: the end that the e-mail names; one that is not after the sending counts as none.
        now: the hub's time.
    """
    told_at = max(offer.offered_at, min(message_at, now))
    ends = named_end if named_end is not None and named_end > told_at else offer_ends(told_at)
    latest = offer_ends(now) + MESSAGE_MAY_ADD
    return replace(
        offer,
        told_at=max(told_at, offer.told_at or told_at),
        expires_at=max(offer.expires_at, min(ends, latest)),
    )


def entry_concerned(concerns: str | None) -> UUID | None:
    """The entry that a message is about, by the subject of the entry's events; None for anything else."""
    try:
        entry_id = UUID((concerns or "").removeprefix(SUBJECT))
    except ValueError:
        return None
    return entry_id if concerns == f"{SUBJECT}{entry_id}" else None


def accept(status: str, expires: datetime | None, *, told_at: datetime | None, at: datetime) -> None:
    """Let an offer be accepted that stands; one of which the teacher has not been told has no end yet.

    Raises:
        Conflict: `not_offered`; Refused: `offer_expired`.
    """
    if status != "offered" or expires is None:
        raise Conflict("not_offered", f"The entry is {status}; only an open offer is accepted.")
    if told_at is not None and at >= expires:
        raise Refused("offer_expired", f"The offer ended on {expires:%d %B %Y at %H:%M} UTC.")


def give_up(status: str) -> str:
    """The status of somebody who does not want a place any more: `left`, or `declined` with an offer.

    Raises:
        Conflict: `not_waiting`.
    """
    if status not in OPEN:
        raise Conflict("not_waiting", f"The entry is {status}; there is nothing to give up.")
    return "declined" if status == "offered" else "left"
