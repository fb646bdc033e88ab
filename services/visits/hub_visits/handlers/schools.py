"""Reactions to schools, leaders and workplaces of teachers: ids and URNs only, no names."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    LeaderAppointed,
    LeaderEnded,
    MembershipCorrected,
    SchoolChanged,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
    TeacherMerged,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_kernel.england import day_in_england
from hub_messaging.delivery import Delivery
from hub_platform.reaction_context import ReactionContext
from hub_platform.upserts import upsert_newer
from hub_visits.models import LeaderPost, Merger, School, SchoolFacts, Workplace
from hub_visits.steps.derivation import recalculate
from hub_visits.store import assignments, calendars
from hub_visits.store import schools as store


def on_school_changed(
    session: Session, delivery: Delivery[SchoolImported | SchoolChanged], context: ReactionContext
) -> None:
    """Store a school's authority, trust and status, and recalculate its obligations and visits."""
    event, revision = delivery.event, delivery.revision
    calendars.lock_derivation(session)
    school = School(
        urn=event.urn,
        la_code=event.la_code,
        phase=event.phase,
        status=event.status,
        trust_uid=event.trust_uid,
        closes_on=event.close_date,
        facts_revision=revision,
    )
    upsert_newer(session, school, counter="facts_revision")
    facts = SchoolFacts(
        urn=event.urn,
        revision=revision,
        told_on=event.source_file_date or day_in_england(delivery.occurred_at),
        trust_since=event.trust_since,
        la_code=event.la_code,
        trust_uid=event.trust_uid,
    )
    upsert_newer(session, facts)
    _recalculate(session, event.urn, context)


def on_school_closed(session: Session, delivery: Delivery[SchoolClosed], context: ReactionContext) -> None:
    """Store a school's closure, and its successor if the event names one."""
    event = delivery.event
    calendars.lock_derivation(session)
    school = School(urn=event.urn, closed_on=event.close_date, closed_revision=delivery.revision)
    upsert_newer(session, school, counter="closed_revision")
    if event.successor_urn is not None:
        _store_successor(session, delivery, event.successor_urn, established_on=None)
    _recalculate(session, event.urn, context)


def on_school_succeeded(
    session: Session, delivery: Delivery[SchoolSucceeded], context: ReactionContext
) -> None:
    """Store a school's successor, and recalculate obligations and visits of the schools that it replaces."""
    event = delivery.event
    calendars.lock_derivation(session)
    _store_successor(session, delivery, event.successor_urn, established_on=event.established_on)
    _recalculate(session, event.urn, context)


def on_workplace_changed(
    session: Session, delivery: Delivery[TeacherRegistered | TeacherMovedSchool | MembershipCorrected]
) -> None:
    """Store the schools of a teacher, because a PD lead must not support their own school."""
    for urn, ends_on in _workplaces(delivery.event).items():
        row = Workplace(
            teacher_id=delivery.event.teacher_id, urn=urn, ends_on=ends_on, revision=delivery.revision
        )
        upsert_newer(session, row)


def on_leader_changed(session: Session, delivery: Delivery[LeaderAppointed | LeaderEnded]) -> None:
    """Store a leader's role, its first and last day, and the school at which the leader teaches."""
    event = delivery.event
    row = LeaderPost(
        leader_role_id=event.leader_role_id,
        teacher_id=event.teacher_id,
        role=event.role,
        urn=event.urn,
        trust_uid=event.trust_uid,
        starts_on=event.starts_on,
        ends_on=event.ended_on if isinstance(event, LeaderEnded) else event.ends_on,
        revision=delivery.revision,
    )
    store.upsert_post(session, row)


def on_teacher_merged(session: Session, delivery: Delivery[TeacherMerged]) -> None:
    """Store the merged record's remaining record, so that the roles of both count for one person."""
    event = delivery.event
    row = Merger(from_id=event.from_id, into_id=event.into_id, revision=delivery.revision)
    upsert_newer(session, row)


def _store_successor(
    session: Session,
    delivery: Delivery[SchoolClosed | SchoolSucceeded],
    successor_urn: str,
    *,
    established_on: date | None,
) -> None:
    school = School(
        urn=delivery.event.urn,
        successor_urn=successor_urn,
        established_on=established_on,
        succeeded_on=day_in_england(delivery.occurred_at),
        successor_revision=delivery.revision,
    )
    upsert_newer(session, school, counter="successor_revision")


def _recalculate(session: Session, urn: str, context: ReactionContext) -> None:
    rows = assignments.lock_assignments_of(session, store.family_of(session, {urn}))
    recalculate(session, rows, now=context.now, by=context.by)


def _workplaces(
    event: TeacherRegistered | TeacherMovedSchool | MembershipCorrected,
) -> dict[str, date | None]:
    """Return the teacher's last day at each school that an event names; None: they work there now."""
    if isinstance(event, TeacherRegistered):
        return {event.urn: None}
    if isinstance(event, TeacherMovedSchool):
        left = {} if event.from_urn is None else {event.from_urn: event.moved_on - timedelta(days=1)}
        return left | {event.to_urn: None}
    return {event.from_urn: date.min, event.to_urn: event.ends_on, event.present_urn: None}
