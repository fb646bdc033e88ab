"""Notices to a teacher who has registered for a PD day or conference."""

from dataclasses import dataclass
from datetime import date, datetime, time

from hub_kernel.england import ENGLAND
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice


@dataclass(frozen=True, kw_only=True)
class PDDay:
    """A PD day or conference for which the teacher is registered."""

    kind: str  # pd_day or conference
    theme: str
    title: str | None
    on: date
    starts_at: datetime | None
    venue: str | None
    cancelled: str | None = None  # the code of the cancellation's reason

    @property
    def begins_at(self) -> datetime:
        """The start, or midnight in England at the beginning of the day if no time is known."""
        return self.starts_at or datetime.combine(self.on, time(), ENGLAND)


def pd_day_notice(day: PDDay, notified: Facts | None, *, now: datetime) -> Notice | None:
    """Return the confirmation or cancellation that is due, each once and only before the day begins."""
    state = "registered" if day.cancelled is None else "cancelled"
    if day.begins_at <= now or (notified is not None and notified["state"] in {state, "cancelled"}):
        return None
    kind = Kind.PD_DAY_CONFIRMED if day.cancelled is None else Kind.PD_DAY_CANCELLED
    item = {"state": state, "starts_at": day.begins_at.isoformat()}
    return Notice(kind=kind, items={"pd_day": item}, starts_at=day.begins_at)
