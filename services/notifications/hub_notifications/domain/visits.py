"""What a PD lead must be told about a visit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.told import Facts, News

# After which of these the news of a hand-over tells of a visit next; by whether a hand-over made it theirs.
_TOLD_BY_HAND_OVER: Final = {True: {"untold", "handed_over"}, False: {"handed_over"}}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit to a school."""

    urn: str
    planned_at: datetime
    kind: str
    cancelled: str | None = None  # the reason's code
    logged: bool = False
    is_theirs: bool = True  # of the PD lead whose thread it is; otherwise it was handed over, or has no lead
    by_hand_over: bool = False  # it was planned for another PD lead


def visit_news(visit: Visit, told: Facts | None, *, now: datetime) -> News | None:
    """Tell of a planned visit and of its cancellation, each once and before it begins.

    Of a visit that changes hands the news of the hand-over tells; here, what comes after that.
    """
    if not visit.is_theirs or (told or {}).get("state", "untold") in _TOLD_BY_HAND_OVER[visit.by_hand_over]:
        return None
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
