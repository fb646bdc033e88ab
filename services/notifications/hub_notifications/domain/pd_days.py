"""What a teacher who has registered for a PD day or conference must be told."""

from dataclasses import dataclass
from datetime import date, datetime, time

from hub_kernel.england import ENGLAND
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.told import Facts, News


@dataclass(frozen=True, kw_only=True)
class PDDay:
    """A PD day or conference that this teacher has registered for."""

    kind: str  # pd_day or conference
    theme: str
    title: str | None
    on: date
    starts_at: datetime | None
    venue: str | None
    cancelled: str | None = None  # the reason's code

    @property
    def begins_at(self) -> datetime:
        """Its start, or the beginning of the day where no time is known."""
        return self.starts_at or datetime.combine(self.on, time(), ENGLAND)


def pd_day_news(day: PDDay, told: Facts | None, *, now: datetime) -> News | None:
    """Confirm a registration, and tell of a cancellation, each once and before the day begins."""
    state = "registered" if day.cancelled is None else "cancelled"
    if day.begins_at <= now or (told is not None and told["state"] in {state, "cancelled"}):
        return None
    kind = Kind.PD_DAY_CONFIRMED if day.cancelled is None else Kind.PD_DAY_CANCELLED
    item = {"state": state, "starts_at": day.begins_at.isoformat()}
    return News(kind=kind, items={"pd_day": item}, starts_at=day.begins_at)
