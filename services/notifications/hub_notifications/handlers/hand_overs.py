"""Hand-overs: each PD lead is told which schools and visits they take over or give up."""

from sqlalchemy.orm import Session

from hub_contracts.visits import PDLeadAssigned, PDLeadUnassigned
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import Assignment
from hub_notifications.store import facts


def on_pd_lead_assigned(session: Session, event: PDLeadAssigned, cause: Cause) -> None:
    """Keep who leads a school, and tell a PD lead who takes it over."""
    values = {
        "assignment_id": event.assignment_id,
        "urn": event.urn,
        "pd_lead_id": event.pd_lead_id,
        "starts_on": event.starts_on,
        "follows": event.follows,
        "changed_at": cause.happened_at,
        "revision": cause.revision,
    }
    if not facts.keep(session, Assignment, "assignment_id", values):
        return
    facts.place_visits(session, event.assignment_id, event.urn, event.pd_lead_id, event.starts_on)
    if event.follows is not None:
        people = {event.pd_lead_id, *facts.pd_leads_of(session, event.follows)}
        schedule(session, [pd_lead_thread(person) for person in sorted(people)], cause)


def on_pd_lead_unassigned(session: Session, event: PDLeadUnassigned, cause: Cause) -> None:
    """Tell a PD lead that a school is not theirs after a day, nor the visits planned for later."""
    values = {
        "assignment_id": event.assignment_id,
        "ended_on": event.ended_on,
        "changed_at": cause.happened_at,
        "revision": cause.revision,
    }
    if facts.change(session, Assignment, "assignment_id", values):
        visits = facts.visits_under(session, event.assignment_id)
        threads = [visit_thread(visit_id, event.pd_lead_id) for visit_id in visits]
        schedule(session, [*threads, pd_lead_thread(event.pd_lead_id)], cause)
