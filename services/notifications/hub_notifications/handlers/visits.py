"""Visits: the PD lead is told of a plan, of its cancellation, and when it is handed over."""

from sqlalchemy.orm import Session

from hub_contracts.visits import VisitCancelled, VisitLogged, VisitPlanned, VisitReassigned
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import Visit
from hub_notifications.store import facts


def on_visit_planned(session: Session, event: VisitPlanned, cause: Cause) -> None:
    """Tell the PD lead that a visit is planned."""
    values = {
        "visit_id": event.visit_id,
        "urn": event.urn,
        "pd_lead_id": event.pd_lead_id,
        "planned_for": event.pd_lead_id,
        "assignment_id": event.assignment_id,
        "planned_at": event.planned_at,
        "kind": event.kind,
        "logged": False,
        "revision": cause.revision,
    }
    if facts.keep(session, Visit, "visit_id", values):
        schedule(session, [visit_thread(event.visit_id, event.pd_lead_id)], cause)


def on_visit_reassigned(session: Session, event: VisitReassigned, cause: Cause) -> None:
    """Take a visit out of one PD lead's calendar and put it into another one's; both are told of it."""
    values = {
        "visit_id": event.visit_id,
        "pd_lead_id": event.to_pd_lead_id,
        "assignment_id": event.assignment_id,
        "revision": cause.revision,
    }
    if facts.change(session, Visit, "visit_id", values):
        people = (event.from_pd_lead_id, event.to_pd_lead_id)
        threads = [visit_thread(event.visit_id, person) for person in people]
        schedule(session, [*threads, *(pd_lead_thread(person) for person in people)], cause)


def on_visit_ended(session: Session, event: VisitCancelled | VisitLogged, cause: Cause) -> None:
    """Tell the PD lead of a cancellation; a visit that was logged needs no message."""
    values = {"visit_id": event.visit_id, "revision": cause.revision}
    values |= {"cancelled_reason": event.reason} if isinstance(event, VisitCancelled) else {"logged": True}
    if facts.change(session, Visit, "visit_id", values):
        visit = session.get_one(Visit, event.visit_id, populate_existing=True)
        threads = [visit_thread(visit.visit_id, visit.pd_lead_id), pd_lead_thread(visit.pd_lead_id)]
        schedule(session, threads, cause)
