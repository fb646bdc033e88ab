"""Notices to a PD lead about one visit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, Notice

# The notified states from which the hand-over notice reports the visit next, by `by_hand_over`.
_REPORTED_BY_HAND_OVER: Final = {True: {"not_notified", "handed_over"}, False: {"handed_over"}}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit to a school, from the point of view of one PD lead."""

    urn: str
    planned_at: datetime
    kind: str
    cancelled: str | None = None  # the code of the cancellation's reason
    logged: bool = False
    is_own: bool = True  # False: it was handed over to another PD lead, or has no PD lead
    by_hand_over: bool = False  # it was planned for an earlier PD lead


def visit_notice(visit: Visit, notified: Facts | None, *, now: datetime) -> Notice | None:
    """Return the notice of a planned visit or its cancellation, each once and only before it begins.

    `hand_overs.hand_over_notice` reports a visit that is handed over; this reports later changes to it.
    """
    if (
        not visit.is_own
        or (notified or {}).get("state", "not_notified") in _REPORTED_BY_HAND_OVER[visit.by_hand_over]
    ):
        return None
    state = "planned" if visit.cancelled is None else "cancelled"
    if (
        visit.logged
        or visit.planned_at <= now
        or (notified is not None and notified["state"] in {state, "cancelled"})
    ):
        return None
    kind = Kind.VISIT_PLANNED if visit.cancelled is None else Kind.VISIT_CANCELLED
    item = {"state": state, "starts_at": visit.planned_at.isoformat()}
    return Notice(kind=kind, items={"visit": item}, starts_at=visit.planned_at)
