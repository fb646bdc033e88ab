"""What PD leads must be told."""

from sqlalchemy.orm import Session

from hub_contracts.visits import VisitCancelled, VisitPlanned
from hub_notifications.domain import messages
from hub_notifications.domain.messages import Cause, NewMessage
from hub_notifications.store import messages as store


def on_visit_planned(session: Session, event: VisitPlanned, cause: Cause) -> None:
    """Tell the PD lead that a visit is in the diary."""
    message = NewMessage(
        template="visit_planned",
        recipient_id=event.pd_lead_id,
        dedupe_key=messages.visit_key(event.visit_id),
        concerns=f"visits/{event.visit_id}",
        about={"urn": event.urn, "planned_at": event.planned_at.isoformat(), "kind": event.kind},
    )
    store.write_down(session, [message], now=cause.now)


def on_visit_cancelled(session: Session, event: VisitCancelled, cause: Cause) -> None:
    """Do not announce a visit any more that will not be made."""
    store.suppress(session, f"visits/{event.visit_id}", "cancelled", now=cause.now)
