"""Reactions to PD-lead assignments: each PD lead is notified of the schools handed over to or from them."""

from sqlalchemy.orm import Session

from hub_contracts.visits import PDLeadAssigned, PDLeadUnassigned
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.models import Assignment
from hub_notifications.steps.scheduling import schedule
from hub_notifications.store import facts
from hub_platform.upserts import update_newer, upsert_newer


def on_pd_lead_assigned(session: Session, delivery: Delivery[PDLeadAssigned], timing: Timing) -> None:
    """Store a school's PD lead, and notify both PD leads if the school was handed over."""
    event = delivery.event
    row = Assignment(
        assignment_id=event.assignment_id,
        urn=event.urn,
        pd_lead_id=event.pd_lead_id,
        starts_on=event.starts_on,
        follows=event.follows,
        changed_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if not upsert_newer(session, row):
        return
    facts.assign_visits(session, event.assignment_id, event.urn, event.pd_lead_id, event.starts_on)
    if event.follows is not None:
        pd_leads = {event.pd_lead_id, *facts.pd_leads_of(session, event.follows)}
        schedule(session, [pd_lead_thread(pd_lead_id) for pd_lead_id in sorted(pd_leads)], timing)


def on_pd_lead_unassigned(session: Session, delivery: Delivery[PDLeadUnassigned], timing: Timing) -> None:
    """Notify a PD lead of the last day of an assignment and of the visits that are no longer theirs."""
    event = delivery.event
    row = Assignment(
        assignment_id=event.assignment_id,
        ended_on=event.ended_on,
        changed_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if update_newer(session, row):
        visits = facts.visits_under(session, event.assignment_id)
        threads = [visit_thread(visit_id, event.pd_lead_id) for visit_id in visits]
        schedule(session, [*threads, pd_lead_thread(event.pd_lead_id)], timing)
