"""Rules about the waiting list: joining it, the order of offers, their deadlines and answers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_enrolment.domain.enrolments import RECRUITING, Occupancy, Places, check_recruiting
from hub_kernel.england import day_in_england, instant_in_england, spoken_instant
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.working_days import BankHolidays, working_days_after


class WaitingListStatus(StrEnum):
    """The status of an entry on a waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"


OPEN: Final = (
    WaitingListStatus.WAITING,
    WaitingListStatus.OFFERED,
)  # a teacher has at most one such entry on a group's list
WORKING_DAYS: Final = 5  # to answer an offer
MESSAGE_MAY_ADD: Final = timedelta(days=14)  # to the end of an offer, see `count_from`
SUBJECT: Final = "waiting-list/"  # of the events about an entry, followed by its id


@dataclass(frozen=True)
class Waiting:
    """An entry that waits for an offer."""

    entry_id: UUID
    school: str  # the URN for the cap: the last successor of the entry's school


@dataclass(frozen=True)
class Offer:
    """An open offer; instants are aware UTC."""

    offered_at: datetime
    told_at: datetime | None  # when the e-mail about it was sent or finally failed; None: not yet
    expires_at: datetime  # an answer at this instant is late, once the e-mail is sent


def join(places: Places, *, on_list: bool) -> None:
    """Raise unless a teacher may join the waiting list: without a place or an entry, and with no free place.

    `on_list`: the teacher has an open entry.

    Raises:
        Conflict: `already_enrolled`, `already_waiting`, `place_free`.
    """
    if places.held_by_teacher:
        raise Conflict(
            "already_enrolled", "This teacher has a place on the Work Group already.", "/teacher_id"
        )
    if on_list:
        raise Conflict("already_waiting", "This teacher is on the waiting list already.", "/teacher_id")
    if places.free and not places.waiting and not places.offered:
        raise Conflict("place_free", "The Work Group has a free place; enrol the teacher instead.")


def next_offers(
    occupancy: Occupancy,
    queue: Iterable[Waiting],
    kept_by_school: Mapping[str, int],
    *,
    max_per_school: int | None,
) -> list[UUID]:
    """Return the ids of the entries that are offered a free place now, in the order of the list.

    An entry whose school has reached its cap is skipped and keeps its position.

    Args:
        occupancy: the group, locked.
        queue: the waiting entries, in order.
        kept_by_school: places held or offered, by the URN for the cap.
        max_per_school: the programme's cap for one school.
    """
    free = occupancy.free if occupancy.status in RECRUITING else 0
    kept = Counter(kept_by_school)
    chosen: list[UUID] = []
    for one in queue:
        if len(chosen) == free:
            break
        if max_per_school is None or kept[one.school] < max_per_school:
            chosen.append(one.entry_id)
            kept[one.school] += 1
    return chosen


def check_offers(occupancy: Occupancy, offers_n: int) -> None:
    """Raise unless at least one place can be offered.

    `offers_n`: the number of offers that can be made.

    Raises:
        Conflict: `work_group_not_recruiting`, `nobody_waiting`, `no_place_free`, `school_cap_reached`.
    """
    check_recruiting(occupancy.status)
    if not occupancy.waiting:
        raise Conflict("nobody_waiting", "No teacher on the waiting list is waiting for an offer.")
    if not occupancy.free:
        raise Conflict("no_place_free", "Every place is taken or offered; an offer needs a free place.")
    if not offers_n:
        raise Conflict(
            "school_cap_reached", "The schools of all waiting teachers have as many places as allowed."
        )


def expires_at(offered_on: date, bank_holidays: BankHolidays) -> datetime:
    """Return when an offer expires: at the end of the fifth working day after the day on which it was made.

    Args:
        offered_on: the day in England.
        bank_holidays: of England.

    Returns:
        Midnight in England after that day, as aware UTC; an answer at this instant is late.
    """
    last_day = working_days_after(offered_on, WORKING_DAYS, bank_holidays)
    return instant_in_england(last_day + timedelta(days=1), time(0))


def offer_ends(told_at: datetime, bank_holidays: BankHolidays) -> datetime:
    """Return when an offer expires whose e-mail is sent at an instant (both aware UTC)."""
    return expires_at(day_in_england(told_at), bank_holidays)


def count_from(
    offer: Offer,
    message_at: datetime,
    *,
    named_end: datetime | None,
    now: datetime,
    bank_holidays: BankHolidays,
) -> Offer:
    """Return an open offer with its deadline counted from the e-mail about it; it never becomes earlier.

    The times come from another service, so they are bounded: the e-mail is sent between the offer and now,
    and the end is at most `MESSAGE_MAY_ADD` after that of an offer sent now. All instants are aware UTC.

    Args:
        offer: the offer so far.
        message_at: when the e-mail was sent, or finally failed.
        named_end: the end that the e-mail names; ignored unless it is after the sending.
        now: the hub's time.
        bank_holidays: of England.
    """
    told_at = max(offer.offered_at, min(message_at, now))
    ends = named_end if named_end is not None and named_end > told_at else offer_ends(told_at, bank_holidays)
    latest = offer_ends(now, bank_holidays) + MESSAGE_MAY_ADD
    return replace(
        offer,
        told_at=max(told_at, offer.told_at or told_at),
        expires_at=max(offer.expires_at, min(ends, latest)),
    )


def entry_concerned(concerns: str | None) -> UUID | None:
    """Return the id of the entry that a message is about, from its subject; None for other subjects."""
    try:
        entry_id = UUID((concerns or "").removeprefix(SUBJECT))
    except ValueError:
        return None
    return entry_id if concerns == f"{SUBJECT}{entry_id}" else None


def accept(status: str, expires: datetime | None, *, told_at: datetime | None, at: datetime) -> None:
    """Raise unless an offer can be accepted; it does not expire before the e-mail about it is sent.

    Raises:
        Conflict: `not_offered`; Refused: `offer_expired`.
    """
    if status != WaitingListStatus.OFFERED or expires is None:
        raise Conflict("not_offered", f"The entry is {status}; only an open offer can be accepted.")
    if told_at is not None and at >= expires:
        raise Refused(
            "offer_expired",
            f"The offer expired on {spoken_instant(expires)}; the teacher can join the waiting list again.",
        )


def give_up(status: str) -> WaitingListStatus:
    """Return the status of an entry that the teacher gives up: `left`, or `declined` with an offer.

    Raises:
        Conflict: `not_waiting`.
    """
    if status not in OPEN:
        raise Conflict(
            "not_waiting", f"The entry is {status}; only a waiting or offered one can be given up."
        )
    return WaitingListStatus.DECLINED if status == WaitingListStatus.OFFERED else WaitingListStatus.LEFT
