"""Recalculating obligations and visits' half terms from calendars and schools.

Callers hold the lock of `store.calendars.lock_derivation`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_contracts.visits import Obligation, PDLeadAssigned, VisitRecalculated
from hub_contracts.vocabulary import ObligationKind, SupportProgramme
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.bank_holidays import bank_holidays
from hub_visits.domain import assignments, visits
from hub_visits.domain.calendars import HalfTerm
from hub_visits.domain.school_years import Calendars
from hub_visits.models import Assignment, Visit
from hub_visits.store import assignments as store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import visits as visit_store


def recalculate(session: Session, rows: Iterable[Assignment], *, now: datetime, by: str) -> None:
    """Recalculate the obligations and visits of assignments, and publish what has changed.

    Assignments of schools that no calendar covers any more stay unchanged.
    """
    by_year: dict[str, list[Assignment]] = defaultdict(list)
    for row in rows:
        by_year[row.academic_year].append(row)
    for academic_year, listed in by_year.items():
        calendars = calendar_store.calendars_of(session, academic_year, {row.urn for row in listed})
        for row in listed:
            half_terms = calendars.half_terms(row.urn)
            if half_terms:
                update_obligations(session, row, half_terms, now=now, by=by)
                _update_visits(session, row, calendars, now=now, by=by)


def update_obligations(
    session: Session, assignment: Assignment, half_terms: Sequence[HalfTerm], *, now: datetime, by: str
) -> list[assignments.Owed]:
    """Store and publish the obligations of an assignment if they have changed; return them."""
    following = store.successor_of(session, assignment.id)
    owed = assignments.obligations(
        half_terms,
        assignment.kinds,
        starts_on=assignment.starts_on,
        followed_on=None if following is None else following.starts_on,
    )
    if assignment.revision and owed == store.obligations_of(session, assignment.id):
        return owed
    assignment.touch(now=now, by=by)
    session.flush()
    store.replace_obligations(session, assignment, owed)
    outbox.record(session, _pd_lead_assigned(assignment, owed), occurred_at=now, by=by)
    return owed


def _update_visits(
    session: Session, assignment: Assignment, calendars: Calendars, *, now: datetime, by: str
) -> None:
    for visit in visit_store.lock_uncancelled(session, assignment.id):
        logged_on = None if visit.logged_at is None else day_in_england(visit.logged_at)
        placement = visits.place(
            calendars.half_term_on(assignment.urn, _day_of(visit)),
            logged_on=logged_on,
            bank_holidays=bank_holidays(),
        )
        stored = visits.TermPlacement(
            half_term=visit.half_term, out_of_term=visit.out_of_term, late=visit.late
        )
        if placement == stored:
            continue
        visit.set_placement(placement)
        visit.touch(now=now, by=by)
        event = VisitRecalculated(
            visit_id=visit.id,
            urn=visit.urn,
            half_term=placement.half_term,
            out_of_term=placement.out_of_term,
            late=placement.late,
        )
        outbox.record(session, event, occurred_at=now, by=by)
    session.flush()


def _day_of(visit: Visit) -> date:
    return visit.happened_on or day_in_england(visit.planned_at)


def _pd_lead_assigned(assignment: Assignment, owed: list[assignments.Owed]) -> PDLeadAssigned:
    return PDLeadAssigned(
        assignment_id=assignment.id,
        urn=assignment.urn,
        pd_lead_id=assignment.pd_lead_id,
        programme=SupportProgramme(assignment.programme),
        starts_on=assignment.starts_on,
        follows=assignment.follows,
        obligations=[
            Obligation(
                half_term=each.half_term,
                kind=ObligationKind(each.kind),
                starts_on=each.starts_on,
                ends_on=each.ends_on,
            )
            for each in owed
        ],
    )
