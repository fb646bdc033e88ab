"""Projections of events about supported schools, visits and e-mails."""

from datetime import datetime
from typing import Final

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_contracts.visits import (
    CalendarSet,
    DepartmentPDHeld,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitLogged,
    VisitObligationExcused,
    VisitPlanned,
    VisitReassigned,
    VisitRecalculated,
)
from hub_reporting.models import (
    Assignment,
    CancelledVisit,
    DepartmentPD,
    EndedAssignment,
    Exemption,
    LoggedVisit,
    Message,
    Obligation,
    PlannedVisit,
    RecalculatedVisit,
)
from hub_reporting.steps.projected import Projections, Rows, no_rows, projection, row


def on_pd_lead_assigned(event: PDLeadAssigned, _time: datetime) -> Rows:
    """Record an assignment and its obligations."""
    yield row(
        Assignment,
        assignment_id=event.assignment_id,
        urn=event.urn,
        pd_lead_id=event.pd_lead_id,
        programme=event.programme,
        starts_on=event.starts_on,
    )
    for obligation in event.obligations:
        yield row(
            Obligation,
            assignment_id=event.assignment_id,
            urn=event.urn,
            half_term=obligation.half_term,
            kind=obligation.kind,
            starts_on=obligation.starts_on,
            ends_on=obligation.ends_on,
        )


def on_pd_lead_unassigned(event: PDLeadUnassigned, _time: datetime) -> Rows:
    """Record the last day of an assignment, past or to come."""
    yield row(
        EndedAssignment, assignment_id=event.assignment_id, ended_on=event.ended_on, reason=event.reason
    )


def on_obligation_excused(event: VisitObligationExcused, time: datetime) -> Rows:
    """Record that a school is excused from an obligation."""
    yield row(
        Exemption,
        urn=event.urn,
        half_term=event.half_term,
        kind=event.kind,
        reason=event.reason,
        excused_at=time,
    )


def on_visit_planned(event: VisitPlanned, time: datetime) -> Rows:
    """Record a planned visit."""
    yield row(
        PlannedVisit,
        visit_id=event.visit_id,
        assignment_id=event.assignment_id,
        urn=event.urn,
        pd_lead_id=event.pd_lead_id,
        planned_at=event.planned_at,
        kind=event.kind,
        half_term=event.half_term,
        announced_at=time,
    )


def on_visit_cancelled(event: VisitCancelled, time: datetime) -> Rows:
    """Record the cancellation of a visit."""
    yield row(CancelledVisit, visit_id=event.visit_id, reason=event.reason, cancelled_at=time)


def on_visit_logged(event: VisitLogged, _time: datetime) -> Rows:
    """Record a visit that took place."""
    yield row(
        LoggedVisit,
        visit_id=event.visit_id,
        assignment_id=event.assignment_id,
        urn=event.urn,
        pd_lead_id=event.pd_lead_id,
        happened_on=event.happened_on,
        half_term=event.half_term,
        kind=event.kind,
        half_days=event.half_days,
        focus=list[str](event.focus),
        people_met_roles=list[str](event.people_met_roles),
        actions_n=event.actions_n,
        late=event.late,
        out_of_term=event.out_of_term,
    )


def on_department_pd_held(event: DepartmentPDHeld, _time: datetime) -> Rows:
    """Record a meeting of a whole department."""
    yield row(
        DepartmentPD,
        visit_id=event.visit_id,
        urn=event.urn,
        half_term=event.half_term,
        held_on=event.held_on,
        staff_present=event.staff_present,
        department_size=event.department_size,
    )


def on_visit_recalculated(event: VisitRecalculated, _time: datetime) -> Rows:
    """Record a visit's recalculated half term and lateness."""
    yield row(
        RecalculatedVisit,
        visit_id=event.visit_id,
        half_term=event.half_term,
        out_of_term=event.out_of_term,
        late=event.late,
    )


def on_message_sent(event: MessageSent, _time: datetime) -> Rows:
    """Record an e-mail that was sent."""
    yield row(Message, message_id=event.message_id, template=event.template, status="sent", reason=None)


def on_message_failed(event: MessageFailed, _time: datetime) -> Rows:
    """Record an e-mail that could not be sent."""
    yield row(
        Message, message_id=event.message_id, template=event.template, status="failed", reason=event.reason
    )


PROJECTIONS: Final[Projections] = dict(
    (
        projection(CalendarSet, no_rows),  # an obligation has the dates of its half term
        projection(PDLeadAssigned, on_pd_lead_assigned),
        projection(PDLeadUnassigned, on_pd_lead_unassigned),
        projection(VisitObligationExcused, on_obligation_excused),
        projection(VisitPlanned, on_visit_planned),
        projection(VisitReassigned, no_rows),  # a planned visit counts for its school, under any PD lead
        projection(VisitCancelled, on_visit_cancelled),
        projection(VisitLogged, on_visit_logged),
        projection(DepartmentPDHeld, on_department_pd_held),
        projection(VisitRecalculated, on_visit_recalculated),
        projection(MessageSent, on_message_sent),
        projection(MessageFailed, on_message_failed),
    )
)
