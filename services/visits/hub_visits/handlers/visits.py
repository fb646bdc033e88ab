"""Planning, logging and cancelling visits."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_contracts.visits import DepartmentPDHeld, VisitCancelled, VisitLogged, VisitPlanned
from hub_contracts.vocabulary import VisitFocus, VisitKind
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_kernel.support_visits import kind_met_by
from hub_messaging import outbox
from hub_platform.bank_holidays import bank_holidays
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import CancelVisit, LogVisit, PlanVisit
from hub_visits.domain import calendars, visits
from hub_visits.models import Action, Assignment, Visit
from hub_visits.steps.assignments import open_school
from hub_visits.store import assignments as assignment_store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import schools as school_store
from hub_visits.store import visits as store


def plan_visit(session: Session, command: PlanVisit, *, now: datetime, by: str) -> Visit:
    """Plan a visit of an assignment.

    Raises:
        Refused: `unknown_assignment`, `before_assignment`, `after_assignment` or `school_closed`.
    """
    calendar_store.share_derivation(session)
    # Locked to prevent a hand-over in the meantime.
    assignment = assignment_store.find_assignment(session, command.assignment_id, lock=True)
    if assignment is None:
        raise Refused("unknown_assignment", "No assignment with this id exists.", "/assignment_id")
    day = day_in_england(command.planned_at)
    school = open_school(session, assignment.urn, day=day)
    visits.check_within(_span(assignment), day, "/planned_at")
    placement = visits.place(
        _half_term_on(session, assignment, day), logged_on=None, bank_holidays=bank_holidays()
    )
    visit = Visit(
        id=new_id(),
        assignment_id=assignment.id,
        urn=school.urn,
        pd_lead_id=assignment.pd_lead_id,
        kind=command.kind,
        meets=kind_met_by(command.kind),
        status="planned",
        planned_at=command.planned_at,
        half_term=placement.half_term,
        out_of_term=placement.out_of_term,
        actions=[],
        **made(now, by),
    )
    session.add(visit)
    session.flush()
    outbox.record(session, _visit_planned(visit), occurred_at=now, by=by)
    return visit


def log_visit(session: Session, command: LogVisit, *, now: datetime, by: str) -> Visit:
    """Log a visit that took place; its half term is determined by the school's calendar.

    Raises:
        Unknown: `unknown_visit`.
        Conflict: `already_logged` or `already_cancelled`.
        Refused: `in_future`, `before_assignment`, `after_assignment`, `action_due_before_visit` or one of
            `visits.check_department`.
    """
    calendar_store.share_derivation(session)
    visit = store.get_visit(session, command.visit_id, lock=True)
    visits.check_planned(visit.status)
    visits.check_department(visit.kind, command.staff_present, command.department_size)
    visits.check_actions([action.due_on for action in command.actions], happened_on=command.happened_on)
    assignment = assignment_store.get_assignment(session, visit.assignment_id)
    placement = visits.place_logged(
        _half_term_on(session, assignment, command.happened_on),
        happened_on=command.happened_on,
        span=_span(assignment),
        today=day_in_england(now),
        bank_holidays=bank_holidays(),
    )
    visit.set_placement(placement)
    successions = school_store.successions(session, {assignment.urn})
    visit.urn = successions.standing(assignment.urn, command.happened_on)  # or the successor of that day
    _write_log(visit, command, now=now, by=by)
    session.flush()
    outbox.record_all(session, _log_events(visit, command), occurred_at=now, by=by)
    return visit


def cancel_visit(session: Session, command: CancelVisit, *, now: datetime, by: str) -> Visit:
    """Cancel a planned visit.

    Raises:
        Unknown: `unknown_visit`.
        Conflict: `already_logged` or `already_cancelled`.
    """
    visit = store.get_visit(session, command.visit_id, lock=True)
    visits.check_planned(visit.status)
    visit.status, visit.cancel_reason = "cancelled", command.reason
    visit.touch(now=now, by=by)
    session.flush()
    event = VisitCancelled(visit_id=visit.id, urn=visit.urn, reason=command.reason)
    outbox.record(session, event, occurred_at=now, by=by)
    return visit


def _visit_planned(visit: Visit) -> VisitPlanned:
    return VisitPlanned(
        visit_id=visit.id,
        assignment_id=visit.assignment_id,
        urn=visit.urn,
        pd_lead_id=visit.pd_lead_id,
        planned_at=visit.planned_at,
        kind=VisitKind(visit.kind),
        half_term=visit.half_term,
    )


def _half_term_on(session: Session, assignment: Assignment, day: date) -> calendars.HalfTerm | None:
    urns = {assignment.urn}
    found = calendar_store.calendars_of(session, assignment.academic_year, urns)
    return found.half_term_on(assignment.urn, day)


def _span(assignment: Assignment) -> visits.Span:
    return visits.Span(starts_on=assignment.starts_on, ends_on=assignment.ends_on)


def _write_log(visit: Visit, command: LogVisit, *, now: datetime, by: str) -> None:
    visit.status, visit.logged_at, visit.logged_by = "logged", now, by
    visit.happened_on, visit.half_days = command.happened_on, command.half_days
    visit.focus = list(dict.fromkeys(command.focus))
    visit.people_met, visit.note = command.people_met, command.note
    visit.staff_present, visit.department_size = command.staff_present, command.department_size
    visit.actions = [
        Action(id=new_id(), text=action.text, owner_role=action.owner_role, due_on=action.due_on)
        for action in command.actions
    ]
    visit.touch(now=now, by=by)


def _log_events(visit: Visit, command: LogVisit) -> list[VisitLogged | DepartmentPDHeld]:
    """Return the events about a logged visit; they contain neither the note nor the texts of actions."""
    logged = VisitLogged(
        visit_id=visit.id,
        assignment_id=visit.assignment_id,
        urn=visit.urn,
        pd_lead_id=visit.pd_lead_id,
        happened_on=command.happened_on,
        half_term=visit.half_term,
        kind=VisitKind(visit.kind),
        half_days=command.half_days,
        focus=[VisitFocus(one) for one in visit.focus],
        people_met_roles=visit.people_met,
        actions_n=len(visit.actions),
        late=visit.late,
        out_of_term=visit.out_of_term,
    )
    if command.staff_present is None or command.department_size is None:
        return [logged]
    held = DepartmentPDHeld(
        visit_id=visit.id,
        urn=visit.urn,
        half_term=visit.half_term,
        held_on=command.happened_on,
        staff_present=command.staff_present,
        department_size=command.department_size,
    )
    return [logged, held]
