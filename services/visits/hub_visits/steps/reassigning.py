"""Moving planned visits from one assignment to the following one."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.visits import VisitReassigned
from hub_contracts.vocabulary import VisitKind
from hub_kernel.england import start_of_day
from hub_messaging import outbox
from hub_visits.models import Assignment
from hub_visits.store import hand_overs as store


def reassign(session: Session, before: Assignment, after: Assignment, *, now: datetime, by: str) -> int:
    """Move the visits planned from the first day of `after` on to it, publish each, and return the number."""
    visits = store.lock_planned(session, before.id, start_of_day(after.starts_on))
    for visit in visits:
        visit.assignment_id, visit.pd_lead_id = after.id, after.pd_lead_id
        visit.touch(now=now, by=by)
    session.flush()
    events = [
        VisitReassigned(
            visit_id=visit.id,
            urn=visit.urn,
            from_pd_lead_id=before.pd_lead_id,
            to_pd_lead_id=after.pd_lead_id,
            assignment_id=after.id,
            planned_at=visit.planned_at,
            kind=VisitKind(visit.kind),
        )
        for visit in visits
    ]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return len(events)
