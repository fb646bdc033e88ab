"""Reactions to visits: the PD lead is notified of a plan, a cancellation and a hand-over."""

from sqlalchemy.orm import Session

from hub_contracts.visits import VisitCancelled, VisitLogged, VisitPlanned, VisitReassigned
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.models import Visit
from hub_notifications.steps.scheduling import schedule
from hub_platform.upserts import update_newer, upsert_newer


def on_visit_planned(session: Session, delivery: Delivery[VisitPlanned], timing: Timing) -> None:
    """Notify the PD lead of a planned visit."""
    event = delivery.event
    row = Visit(
        visit_id=event.visit_id,
        urn=event.urn,
        pd_lead_id=event.pd_lead_id,
        planned_for=event.pd_lead_id,
        assignment_id=event.assignment_id,
        planned_at=event.planned_at,
        kind=event.kind,
        logged=False,
        revision=delivery.revision,
    )
    if upsert_newer(session, row):
        schedule(session, [visit_thread(event.visit_id, event.pd_lead_id)], timing)


def on_visit_reassigned(session: Session, delivery: Delivery[VisitReassigned], timing: Timing) -> None:
    """Notify both PD leads of a visit that is handed over."""
    event = delivery.event
    row = Visit(
        visit_id=event.visit_id,
        pd_lead_id=event.to_pd_lead_id,
        assignment_id=event.assignment_id,
        revision=delivery.revision,
    )
    if update_newer(session, row):
        pd_leads = (event.from_pd_lead_id, event.to_pd_lead_id)
        threads = [visit_thread(event.visit_id, pd_lead_id) for pd_lead_id in pd_leads]
        schedule(session, [*threads, *(pd_lead_thread(pd_lead_id) for pd_lead_id in pd_leads)], timing)


def on_visit_ended(
    session: Session, delivery: Delivery[VisitCancelled | VisitLogged], timing: Timing
) -> None:
    """Notify the PD lead of a cancelled visit; a logged visit needs no message."""
    event, revision = delivery.event, delivery.revision
    if isinstance(event, VisitCancelled):
        row = Visit(visit_id=event.visit_id, cancelled_reason=event.reason, revision=revision)
    else:
        row = Visit(visit_id=event.visit_id, logged=True, revision=revision)
    if update_newer(session, row):
        visit = session.get_one(Visit, event.visit_id, populate_existing=True)
        threads = [visit_thread(visit.visit_id, visit.pd_lead_id), pd_lead_thread(visit.pd_lead_id)]
        schedule(session, threads, timing)
