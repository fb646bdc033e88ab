"""Rules about waiting for a place: who may join, who is next, how long an offer stands."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

from hub_enrolment.domain.calendar import SATURDAY, instant_in_england
from hub_enrolment.domain.enrolments import RECRUITING, Places, Room
from hub_enrolment.domain.refusals import Conflict, Refused

STATUSES: Final = ("waiting", "offered", "accepted", "declined", "expired", "left")
OPEN: Final = ("waiting", "offered")  # a teacher stands on a group's list once
WORKING_DAYS: Final = 5  # an offer stands


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


def offers(places: Room) -> int:
    """How many places can be offered now, to the first of those who wait."""
    return min(places.free, places.waiting) if places.status in RECRUITING else 0


def check_offers(places: Room) -> None:
    """Let somebody offer places when there is one and somebody waits for it.

    Raises:
        Conflict: `work_group_not_recruiting`, `nobody_waiting`, `no_place_free`.
    """
    if places.status not in RECRUITING:
        detail = f"The work group is {places.status}; it takes nobody in."
        raise Conflict("work_group_not_recruiting", detail)
    if not places.waiting:
        raise Conflict("nobody_waiting", "Nobody waits for an offer.")
    if not places.free:
        raise Conflict("no_place_free", "Every place is held or offered.")


def expires_at(offered_on: date, non_working: Collection[date]) -> datetime:
    """When an offer ends: with the fifth working day after the one on which it was made.

    Args:
        offered_on: the day in England.
        non_working: days from Monday to Friday on which nobody works, such as bank holidays.

    Returns:
        The first instant (UTC) of the day after, in England; an answer at this instant is late.
    """
    day, left = offered_on, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in non_working:
            left -= 1
    return instant_in_england(day + timedelta(days=1), time(0))


def accept(status: str, expires: datetime | None, *, at: datetime) -> None:
    """Let an offer be accepted that stands.

    Raises:
        Conflict: `not_offered`; Refused: `offer_expired`.
    """
    if status != "offered" or expires is None:
        raise Conflict("not_offered", f"The entry is {status}; only an open offer is accepted.")
    if at >= expires:
        raise Refused("offer_expired", f"The offer ended on {expires:%d %B %Y at %H:%M} UTC.")


def give_up(status: str) -> str:
    """The status of somebody who does not want a place any more: `left`, or `declined` with an offer.

    Raises:
        Conflict: `not_waiting`.
    """
    if status not in OPEN:
        raise Conflict("not_waiting", f"The entry is {status}; there is nothing to give up.")
    return "declined" if status == "offered" else "left"
