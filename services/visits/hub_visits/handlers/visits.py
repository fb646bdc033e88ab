"""Planning, logging and cancelling visits."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.visits import DepartmentPDHeld, VisitCancelled, VisitLogged, VisitPlanned
from hub_contracts.vocabulary import VisitFocus, VisitKind
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused, Unknown
from hub_kernel.support_visits import kind_met_by
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import CancelVisit, LogVisit, PlanVisit
from hub_visits.domain import calendars, hand_overs, visits
from hub_visits.handlers.assignments import open_school
from hub_visits.models import Action, Assignment, Visit
from hub_visits.store import assignments as assignment_store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import hand_overs as hand_over_store
from hub_visits.store import schools as school_store
from hub_visits.store import visits as store


def plan_visit(session: Session, command: PlanVisit, *, now: datetime, by: str) -> Visit:
    """Put a visit in the diary.

    Raises:
        Refused: `unknown_assignment`, `before_assignment`, `after_assignment` or `school_closed`.
    """
    calendar_store.share_derived(session)
    # Locked, so that it is not handed over meanwhile.
    assignment = assignment_store.find_assignment(session, command.assignment_id, lock=True)
    if assignment is None:
        raise Refused("unknown_assignment", "There is no such assignment.", "/assignment_id")
    day = day_in_england(command.planned_at)
    school = open_school(session, assignment.urn, day=day)
    visits.check_within(_span(assignment), day, "/planned_at")
    held = visits.derive(_half_term_on(session, assignment, day), logged_on=None)
    visit = _new_visit(assignment, command, held, urn=school.urn, now=now, by=by)
    session.add(visit)
    session.flush()
    event = VisitPlanned(
        visit_id=visit.id,
        assignment_id=visit.assignment_id,
        urn=visit.urn,
        pd_lead_id=visit.pd_lead_id,
        planned_at=visit.planned_at,
        kind=VisitKind(visit.kind),
        half_term=visit.half_term,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return visit


def log_visit(session: Session, command: LogVisit, *, now: datetime, by: str) -> Visit:
    """Say what a visit that took place was; its half term follows from the school's calendar.

    Raises:
        Unknown: `unknown_visit`.
        Conflict: `already_logged` or `already_cancelled`.
        Refused: `in_future`, `before_assignment`, `after_assignment`, `action_due_before_visit` or one of
            `visits.check_department`.
    """
    calendar_store.share_derived(session)
    visit = find_visit(session, command.visit_id, lock=True)
    visits.check_planned(visit.status)
    visits.check_department(visit.kind, command.staff_present, command.department_size)
    visits.check_actions([action.due_on for action in command.actions], happened_on=command.happened_on)
    assignment = assignment_store.find_assignment(session, visit.assignment_id)
    assert assignment is not None, "held by the foreign key"  # noqa: S101 - for the type checker
    held = visits.hold(
        _half_term_on(session, assignment, command.happened_on),
        happened_on=command.happened_on,
        span=_span(assignment),
        today=day_in_england(now),
    )
    visit.half_term, visit.out_of_term, visit.late = held.half_term, held.out_of_term, held.late
    successions = school_store.successions(session, {assignment.urn})
    visit.urn = successions.standing(assignment.urn, command.happened_on)  # the school of that day
    _write_log(visit, command, now=now, by=by)
    session.flush()
    outbox.record_all(session, _log_events(visit, command), occurred_at=now, by=by)
    return visit


def cancel_visit(session: Session, command: CancelVisit, *, now: datetime, by: str) -> Visit:
    """Take a planned visit out of the diary.

    Raises:
        Unknown: `unknown_visit`.
        Conflict: `already_logged` or `already_cancelled`.
    """
    visit = find_visit(session, command.visit_id, lock=True)
    visits.check_planned(visit.status)
    visit.status, visit.cancel_reason = "cancelled", command.reason
    visit.touch(now=now, by=by)
    session.flush()
    event = VisitCancelled(visit_id=visit.id, urn=visit.urn, reason=command.reason)
    outbox.record(session, event, occurred_at=now, by=by)
    return visit


def find_visit(session: Session, visit_id: UUID, *, lock: bool = False) -> Visit:
    """One visit.

    Raises:
        Unknown: `unknown_visit`.
    """
    visit = store.find_visit(session, visit_id, lock=lock)
    if visit is None:
        raise Unknown("unknown_visit", "There is no such visit.")
    return visit


def without_lead(session: Session, rows: Sequence[Visit], *, now: datetime) -> set[UUID]:
    """The visits among some that are planned without a PD lead; see `hand_overs.is_without_lead`."""
    planned = [row for row in rows if row.status == "planned"]
    chains = hand_over_store.chains_of(session, {row.assignment_id for row in planned})
    return {
        row.id
        for row in planned
        if hand_overs.is_without_lead(
            chains[row.assignment_id],
            status=row.status,
            planned_on=day_in_england(row.planned_at),
            today=day_in_england(now),
        )
    }


def _new_visit(
    assignment: Assignment,
    command: PlanVisit,
    held: visits.Held,
    *,
    urn: str,
    now: datetime,
    by: str,
) -> Visit:
    return Visit(
        id=new_id(),
        assignment_id=assignment.id,
        urn=urn,
        pd_lead_id=assignment.pd_lead_id,
        kind=command.kind,
        meets=kind_met_by(command.kind),
        status="planned",
        planned_at=command.planned_at,
        half_term=held.half_term,
        out_of_term=held.out_of_term,
        actions=[],
        **made(now, by),
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
    """What is announced of a logged visit: never the note, never the text of an action."""
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
