"""The current state of PD leads' schools and visits, as the rules of `domain.hand_overs` compare it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_notifications import models
from hub_notifications.domain import visits
from hub_notifications.domain.hand_overs import Assignment, LedSchools
from hub_notifications.domain.notified import Facts, LedVisit
from hub_notifications.domain.threads import Subject, Thread


def visits_of(session: Session, threads: Collection[Thread]) -> dict[Thread, Subject]:
    """Return the visit of each thread, from the point of view of the thread's PD lead."""
    if not threads:
        return {}
    rows = _visits(session, {each.subject_id for each in threads})
    ends = _ended(session, rows.values())
    return {
        thread: visits.Visit(
            urn=row.urn,
            planned_at=row.planned_at,
            kind=row.kind,
            cancelled=row.cancelled_reason,
            logged=row.logged,
            is_own=_is_of(row, thread.teacher_id, ends),
            by_hand_over=row.planned_for != thread.teacher_id,
        )
        for thread in threads
        if (row := rows.get(thread.subject_id)) is not None
    }


def led_schools_of(session: Session, threads: Collection[Thread]) -> dict[Thread, Subject]:
    """Return the schools and visits of each thread's PD lead."""
    if not threads:
        return {}
    people = {each.teacher_id for each in threads}
    chains = _chains(session, people)
    notified = _notified(session, people)
    known = {visit_id for items in notified.values() for visit_id in items}
    rows = _visits(session, known, people)
    ends = _ended(session, rows.values())
    return {
        thread: LedSchools(
            pd_lead_id=thread.teacher_id,
            assignments=chains,
            visits=tuple(
                _led(row, thread.teacher_id, ends)
                for row in sorted(rows.values(), key=lambda each: (each.planned_at, each.visit_id))
                if row.pd_lead_id == thread.teacher_id or row.visit_id in notified[thread.teacher_id]
            ),
            notified_visits=notified[thread.teacher_id],
        )
        for thread in threads
    }


def _led(row: models.Visit, person: UUID, ends: Mapping[UUID, models.Assignment]) -> LedVisit:
    return LedVisit(
        visit_id=row.visit_id,
        urn=row.urn,
        planned_at=row.planned_at,
        kind=row.kind,
        is_own=_is_of(row, person, ends),
        by_hand_over=row.planned_for != person,
        is_closed=row.logged or row.cancelled_reason is not None,
    )


def _is_of(row: models.Visit, person: UUID, ends: Mapping[UUID, models.Assignment]) -> bool:
    """Return whether a visit belongs to a PD lead and falls on a day on which they lead the school."""
    under = None if row.assignment_id is None else ends.get(row.assignment_id)
    ended_on = None if under is None else under.ended_on
    return row.pd_lead_id == person and (ended_on is None or day_in_england(row.planned_at) <= ended_on)


def _visits(
    session: Session, visit_ids: Collection[UUID], people: Collection[UUID] = ()
) -> dict[UUID, models.Visit]:
    rows = session.scalars(
        select(models.Visit).where(
            or_(models.Visit.visit_id.in_(visit_ids), models.Visit.pd_lead_id.in_(people))
        )
    )
    return {row.visit_id: row for row in rows}


def _ended(session: Session, rows: Iterable[models.Visit]) -> dict[UUID, models.Assignment]:
    """Return the assignments of some visits that have a last day, past or future."""
    ids = {row.assignment_id for row in rows if row.assignment_id is not None}
    ended = session.scalars(
        select(models.Assignment).where(
            models.Assignment.assignment_id.in_(ids), models.Assignment.ended_on.is_not(None)
        )
    )
    return {row.assignment_id: row for row in ended}


def _chains(session: Session, people: Collection[UUID]) -> dict[UUID, Assignment]:
    """Return the assignments of some PD leads with the whole chains that contain them."""
    found: dict[UUID, models.Assignment] = {}
    wanted: ColumnElement[bool] = models.Assignment.pd_lead_id.in_(people)
    while True:
        rows = session.scalars(select(models.Assignment).where(wanted)).all()
        new = {row.assignment_id: row for row in rows if row.assignment_id not in found}
        if not new:
            return {key: _assignment(row) for key, row in found.items()}
        found |= new
        before = {row.follows for row in new.values() if row.follows is not None}
        wanted = or_(models.Assignment.assignment_id.in_(before), models.Assignment.follows.in_(new))


def _assignment(row: models.Assignment) -> Assignment:
    return Assignment(
        assignment_id=row.assignment_id,
        urn=row.urn,
        pd_lead_id=row.pd_lead_id,
        starts_on=row.starts_on,
        follows=row.follows,
        ended_on=row.ended_on,
        changed_at=row.changed_at,
    )


def _notified(session: Session, people: Collection[UUID]) -> dict[UUID, dict[UUID, Facts]]:
    """Return the state of each visit of which each PD lead was notified."""
    found: dict[UUID, dict[UUID, Facts]] = defaultdict(dict)
    rows = session.scalars(
        select(models.ToldItem).where(models.ToldItem.teacher_id.in_(people), models.ToldItem.item == "visit")
    )
    for row in rows:
        found[row.teacher_id][Thread(row.concerns, row.teacher_id).subject_id] = row.facts
    return found
