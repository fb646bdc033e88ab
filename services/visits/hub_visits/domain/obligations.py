"""What has become of a visit that a school is owed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from hub_kernel.support_visits import last_day_to_log

Status = Literal["open", "due_soon", "met", "excused", "awaiting_log", "missed"]

STATUSES: Final = ("open", "due_soon", "met", "excused", "awaiting_log", "missed")
REASONS_EXCUSED: Final = ("ofsted", "closure", "staff_absence", "school_request", "snow")

# With so little of the half term left and nothing planned, somebody should pick up the telephone.
DUE_SOON: Final = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the status depends on."""

    ends_on: date
    met: bool
    excused: bool
    planned: bool  # a visit is planned in that half term and not yet held


def status_of(facts: Facts, *, today: date) -> Status:
    """Say how an obligation stands on a day. A visit that took place counts, excused or not.

    After the half term it may have taken place and not be logged yet: it is missed once it can no longer be
    logged on time.
    """
    if facts.met:
        return "met"
    if facts.excused:
        return "excused"
    if today > facts.ends_on:
        return "missed" if today > last_day_to_log(facts.ends_on) else "awaiting_log"
    if today >= facts.ends_on - DUE_SOON and not facts.planned:
        return "due_soon"
    return "open"
