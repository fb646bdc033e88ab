"""Sending hours: working hours and, for messages that can wait, only outside the school holidays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import ENGLAND, instant_in_england
from hub_kernel.school_calendars import Span, is_holiday
from hub_kernel.working_days import BankHolidays, is_working_day
from hub_notifications.domain.kinds import Urgency

OPENS: Final = time(7, 30)
CLOSES: Final = time(18)  # exclusive
# A message about a start within this time of the next ordinary hour is sent at once.
NEAR: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Holidays:
    """England's bank holidays, and the hub's school holidays as far as its calendars are known.

    A day without pupils inside a half term, such as a training day, is not a holiday: staff are at work.
    """

    bank_holidays: BankHolidays
    # First and last day of each half term, by academic year, in order; empty: no school holiday is known.
    half_terms: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is a weekday and not a bank holiday."""
        return is_working_day(day, self.bank_holidays)

    def include(self, day: date) -> bool:
        """Return whether a day is in the school holidays; False after the last half term that is known."""
        known = self.half_terms.get(academic_year_of(day), ())
        return is_holiday([Span(*each) for each in known], day)


def sendable_from(
    urgency: Urgency, *, now: datetime, starts_at: datetime | None, holidays: Holidays
) -> datetime:
    """Return the earliest instant from `now` on at which a message may be sent.

    Args:
        urgency: of the message's kind.
        now: hub time (aware).
        starts_at: the first start that the message is about (aware), if any.
        holidays: the bank holidays and the hub's school holidays.
    """
    ordinary = _next(now, lambda day: holidays.is_working_day(day) and not holidays.include(day))
    match urgency:
        case Urgency.ANSWER:
            return now
        case Urgency.CANCELLATION_OR_MOVE if starts_at is not None and starts_at - ordinary < NEAR:
            return now
        case Urgency.DEADLINE:
            return _next(now, holidays.is_working_day)
        # An invitation that arrives at the start is useless, so an equal instant counts as too late.
        case Urgency.INVITATION if starts_at is not None and starts_at <= ordinary:
            return _next(now, holidays.is_working_day)
        case _:
            return ordinary


def _next(now: datetime, is_open: Callable[[date], bool]) -> datetime:
    """Return the earliest instant from `now` on within the sending hours of an open day."""
    local = now.astimezone(ENGLAND)
    day = local.date()
    if is_open(day) and local.time() < CLOSES:
        return max(now, instant_in_england(day, OPENS))
    day += timedelta(days=1)
    while not is_open(day):
        day += timedelta(days=1)
    return instant_in_england(day, OPENS)
