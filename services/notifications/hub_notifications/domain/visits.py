"""What a PD lead must be told about a visit."""

from dataclasses import dataclass
from datetime import datetime

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.told import Facts, News


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit to a school."""

    urn: str
    planned_at: datetime
    kind: str
    cancelled: str | None = None  # the reason's code
    logged: bool = False


def visit_news(visit: Visit, told: Facts | None, *, now: datetime) -> News | None:
    """Tell of a planned visit and of its cancellation, each once and before it begins."""
    state = "planned" if visit.cancelled is None else "cancelled"
    if (
        visit.logged
        or visit.planned_at <= now
        or (told is not None and told["state"] in {state, "cancelled"})
    ):
        return None
    kind = Kind.VISIT_PLANNED if visit.cancelled is None else Kind.VISIT_CANCELLED
    item = {"state": state, "starts_at": visit.planned_at.isoformat()}
    return News(kind=kind, items={"visit": item}, starts_at=visit.planned_at)
