"""Rules of visits to supported schools that visits and reporting share."""

from datetime import date, timedelta
from typing import Final

from hub_kernel.working_days import BankHolidays, working_days_after

# Logged by then, a visit is on time; domain notes of November 2026, "Late logging".
WORKING_DAYS_TO_LOG: Final = 10


def kind_met_by(visit_kind: str) -> str:
    """Return the kind of obligation that a visit meets: work with the whole department is counted apart."""
    return "department_pd" if visit_kind == "department_pd" else "visit"


def last_day_to_log(half_term_ends_on: date, bank_holidays: BankHolidays) -> date:
    """Return the last day on which a visit of a half term is logged on time."""
    return working_days_after(half_term_ends_on, WORKING_DAYS_TO_LOG, bank_holidays)


def first_end_to_log(day: date, bank_holidays: BankHolidays) -> date:
    """Return the earliest last day of a half term of which a visit is still logged on time on a day."""
    end = day
    while last_day_to_log(end - timedelta(days=1), bank_holidays) >= day:
        end -= timedelta(days=1)
    return end
