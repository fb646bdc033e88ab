"""Status of an obligation: the support owed to a school in one half term."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from hub_contracts.vocabulary import ExemptionReason
from hub_kernel.support_visits import last_day_to_log
from hub_kernel.working_days import BankHolidays

Status = Literal["open", "due_soon", "met", "excused", "awaiting_log", "missed"]

STATUSES: Final = ("open", "due_soon", "met", "excused", "awaiting_log", "missed")
REASONS_EXCUSED: Final = tuple(ExemptionReason)

DUE_SOON: Final = timedelta(days=14)  # before the half term's end, while no visit is planned


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts that determine an obligation's status."""

    ends_on: date
    met: bool
    excused: bool
    planned: bool  # a visit in that half term is planned and not logged yet


def status_of(facts: Facts, *, today: date, bank_holidays: BankHolidays) -> Status:
    """Return the status of an obligation on a day. A logged visit meets it, even if the school is excused.

    After the half term a visit may have taken place without being logged yet: the obligation is missed once
    the visit can no longer be logged on time.
    """
    if facts.met:
        return "met"
    if facts.excused:
        return "excused"
    if today > facts.ends_on:
        return "missed" if today > last_day_to_log(facts.ends_on, bank_holidays) else "awaiting_log"
    if today >= facts.ends_on - DUE_SOON and not facts.planned:
        return "due_soon"
    return "open"
