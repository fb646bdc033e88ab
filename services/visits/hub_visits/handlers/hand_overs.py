"""Handing assignments over to another PD lead, and ending them early."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.visits import PDLeadUnassigned
from hub_contracts.vocabulary import SupportProgramme
from hub_kernel.england import day_in_england, start_of_day
from hub_messaging import outbox
from hub_visits.commands import EndAssignment, HandOver
from hub_visits.domain import hand_overs
from hub_visits.models import Assignment, Visit
from hub_visits.steps.assignments import NewAssignment, add_assignment, check_pd_lead, open_school
from hub_visits.steps.derivation import update_obligations
from hub_visits.steps.reassigning import reassign
from hub_visits.store import assignments as store
from hub_visits.store import calendars as calendar_store
from hub_visits.store import hand_overs as hand_over_store
from hub_visits.store import schools as school_store
from hub_visits.store.assignment_views import AssignmentView, view_of

_ONE_DAY: Final = timedelta(days=1)


def hand_over(session: Session, command: HandOver, *, now: datetime, by: str) -> AssignmentView:
    """End an assignment, and start the following one with the visits planned from that day on.

    Raises:
        Unknown: `unknown_assignment`.
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment`, `after_assignment`, `same_pd_lead`, `school_closed`, `unknown_pd_lead`,
            `pd_lead_ended` or `own_school`.
    """
    calendar_store.share_derivation(session)
    before = store.get_assignment(session, command.assignment_id)
    school_store.lock_family(session, before.urn)  # serialises decisions about one school
    _lock(session, before, command.on)
    hand_overs.check_hand_over(
        hand_over_store.tenure_of(before),
        to_pd_lead_id=command.pd_lead_id,
        on=command.on,
        last_logged_on=hand_over_store.last_logged_on(session, before.id),
    )
    day = max(command.on, day_in_england(now))
    school = open_school(session, before.urn, day=day)
    warnings = check_pd_lead(session, command.pd_lead_id, school, starts_on=command.on, day=day)
    before.ends_on, before.end_reason = command.on - _ONE_DAY, command.reason
    before.touch(now=now, by=by)
    session.flush()
    after = _add_following(session, before, command, now=now, by=by)
    calendars = calendar_store.calendars_of(session, before.academic_year, {before.urn, after.urn})
    update_obligations(session, before, calendars.half_terms(before.urn), now=now, by=by)
    _publish_end(session, before, command.reason, now=now, by=by)
    owed = update_obligations(session, after, calendars.half_terms(after.urn), now=now, by=by)
    reassigned = reassign(session, before, after, now=now, by=by)
    return replace(view_of(session, after, owed), warnings=warnings, reassigned_n=reassigned)


def end_assignment(session: Session, command: EndAssignment, *, now: datetime, by: str) -> AssignmentView:
    """End an assignment early without a successor; its obligations and planned visits stay.

    Raises:
        Unknown: `unknown_assignment`.
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment` or `after_assignment`.
    """
    row = store.get_assignment(session, command.assignment_id)
    school_store.lock_family(session, row.urn)
    remaining = _lock(session, row, command.on + _ONE_DAY)
    hand_overs.check_end(
        hand_over_store.tenure_of(row),
        on=command.on,
        last_logged_on=hand_over_store.last_logged_on(session, row.id),
    )
    row.ends_on, row.end_reason = command.on, command.reason
    row.touch(now=now, by=by)
    session.flush()
    _publish_end(session, row, command.reason, now=now, by=by)
    owed = store.obligations_of(session, row.id)
    return replace(view_of(session, row, owed), without_lead_n=len(remaining))


def _add_following(
    session: Session, before: Assignment, command: HandOver, *, now: datetime, by: str
) -> Assignment:
    """Add the following assignment, of the school or the successor that has replaced it by its first day."""
    urn = school_store.successions(session, {before.urn}).standing(before.urn, command.on)
    new = NewAssignment(
        urn=urn,
        pd_lead_id=command.pd_lead_id,
        programme=before.programme,
        starts_on=command.on,
        kinds=list(before.kinds),
        follows=before,
    )
    after = add_assignment(session, new, now=now, by=by)
    session.flush()
    return after


def _lock(session: Session, row: Assignment, since: date) -> Sequence[Visit]:
    """Lock an assignment and its visits planned from a day on; no visit can be added or logged meanwhile."""
    store.find_assignment(session, row.id, lock=True)
    return hand_over_store.lock_planned(session, row.id, start_of_day(since))


def _publish_end(session: Session, row: Assignment, reason: str, *, now: datetime, by: str) -> None:
    event = PDLeadUnassigned(
        assignment_id=row.id,
        urn=row.urn,
        pd_lead_id=row.pd_lead_id,
        programme=SupportProgramme(row.programme),
        ended_on=row.ends_on,
        reason=reason,
    )
    outbox.record(session, event, occurred_at=now, by=by)
