"""The hours in which people are written to: working hours, where it can wait outside school holidays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import ENGLAND, instant_in_england
from hub_kernel.school_calendars import Span, is_holiday
from hub_kernel.working_days import is_working_day
from hub_notifications.domain.kinds import Urgency

OPENS: Final = time(7, 30)
CLOSES: Final = time(18)  # the first instant that is too late
NEAR: Final = timedelta(
    hours=24
)  # a start sooner than this after the next ordinary instant cannot wait for it


@dataclass(frozen=True)
class Holidays:
    """When the hub's schools are on holiday, as far as its calendars are known; none are when it is empty.

    A day without pupils inside a half term, such as a training day, is no holiday: staff are at work.
    """

    # First and last day of each half term, by academic year, in order.
    half_terms: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def include(self, day: date) -> bool:
        """Whether a day lies in the school holidays; none are known after a calendar that ends early."""
        known = self.half_terms.get(academic_year_of(day), ())
        return is_holiday([Span(*each) for each in known], day)


NONE_KNOWN: Final = Holidays()


def sendable_from(
    urgency: Urgency, *, now: datetime, starts_at: datetime | None, holidays: Holidays
) -> datetime:
    """Return the first instant from `now` on at which a message may be sent; `now` itself when it may be now.

    Args:
        urgency: of its kind.
        now: the hub's time (aware).
        starts_at: the next start that it is about (aware); None when it is about none.
        holidays: the hub's.
    """
    ordinary = _next(now, lambda day: is_working_day(day) and not holidays.include(day))
    match urgency:
        case Urgency.ANSWER:
            return now
        case Urgency.CANCELLATION_OR_MOVE if starts_at is not None and starts_at - ordinary < NEAR:
            return now
        case Urgency.DEADLINE:
            return _next(now, is_working_day)
        # An invitation is worth nothing at the very start, so that counts as coming first too.
        case Urgency.INVITATION if starts_at is not None and starts_at <= ordinary:
            return _next(now, is_working_day)
        case _:
            return ordinary


def _next(now: datetime, is_open: Callable[[date], bool]) -> datetime:
    """The first instant from `now` on that lies within the hours of an open day."""
    local = now.astimezone(ENGLAND)
    day = local.date()
    if is_open(day) and local.time() < CLOSES:
        return max(now, instant_in_england(day, OPENS))
    day += timedelta(days=1)
    while not is_open(day):
        day += timedelta(days=1)
    return instant_in_england(day, OPENS)
