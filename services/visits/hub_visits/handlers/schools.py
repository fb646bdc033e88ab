"""What visits learns from enrolment: schools, and who is a PD lead. Ids and URNs, no names."""

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
from hub_visits.domain.school_years import Told
from hub_visits.handlers.derivation import derive_again
from hub_visits.store import assignments, calendars
from hub_visits.store import schools as store


def on_school_told(
    session: Session, delivery: Delivery[SchoolImported | SchoolChanged], context: ReactionContext
) -> None:
    """Store a school's authority, trust and status, and derive again what follows from them."""
    event, revision = delivery.event, delivery.revision
    calendars.lock_derived(session)
    facts = {
        "la_code": event.la_code,
        "phase": event.phase,
        "status": event.status,
        "trust_uid": event.trust_uid,
        "closes_on": event.close_date,
    }
    store.keep_school(session, event.urn, "facts_revision", revision, facts)
    told = Told(
        told_on=event.source_file_date or day_in_england(delivery.occurred_at),
        trust_since=event.trust_since,
        la_code=event.la_code,
        trust_uid=event.trust_uid,
    )
    store.keep_facts(session, event.urn, revision, told)
    _derive_again(session, event.urn, context)


def on_school_closed(session: Session, delivery: Delivery[SchoolClosed], context: ReactionContext) -> None:
    """Store a school's closure, and its successor where the event names one."""
    event = delivery.event
    calendars.lock_derived(session)
    closure = {"closed_on": event.close_date}
    store.keep_school(session, event.urn, "closed_revision", delivery.revision, closure)
    if event.successor_urn is not None:
        _keep_succession(session, delivery, event.successor_urn, established_on=None)
    _derive_again(session, event.urn, context)


def on_school_succeeded(
    session: Session, delivery: Delivery[SchoolSucceeded], context: ReactionContext
) -> None:
    """Store a school's successor, and derive again what follows for the schools that it replaces."""
    event = delivery.event
    calendars.lock_derived(session)
    _keep_succession(session, delivery, event.successor_urn, established_on=event.established_on)
    _derive_again(session, event.urn, context)


def on_workplace_told(
    session: Session, delivery: Delivery[TeacherRegistered | TeacherMovedSchool | MembershipCorrected]
) -> None:
    """Store the schools of a teacher, who may be or become a PD lead: none supports their own school."""
    for urn, ends_on in _workplaces(delivery.event).items():
        store.keep_workplace(session, delivery.event.teacher_id, urn, delivery.revision, ends_on=ends_on)


def on_leader_told(session: Session, delivery: Delivery[LeaderAppointed | LeaderEnded]) -> None:
    """Store a leader's role, its first and last day, and the school at which the leader teaches."""
    event = delivery.event
    facts = {
        "teacher_id": event.teacher_id,
        "role": event.role,
        "urn": event.urn,
        "trust_uid": event.trust_uid,
        "starts_on": event.starts_on,
        "ends_on": event.ended_on if isinstance(event, LeaderEnded) else event.ends_on,
    }
    store.keep_post(session, event.leader_role_id, delivery.revision, facts)


def on_teacher_merged(session: Session, delivery: Delivery[TeacherMerged]) -> None:
    """Store the record that a person's other record was merged into, so that their roles stay theirs."""
    event = delivery.event
    store.keep_merger(session, event.from_id, event.into_id, delivery.revision)


def _keep_succession(
    session: Session,
    delivery: Delivery[SchoolClosed | SchoolSucceeded],
    successor_urn: str,
    *,
    established_on: date | None,
) -> None:
    succession = {
        "successor_urn": successor_urn,
        "established_on": established_on,
        "succeeded_on": day_in_england(delivery.occurred_at),
    }
    store.keep_school(session, delivery.event.urn, "successor_revision", delivery.revision, succession)


def _derive_again(session: Session, urn: str, context: ReactionContext) -> None:
    rows = assignments.lock_assignments_of(session, store.family_of(session, {urn}))
    derive_again(session, rows, now=context.now, by=context.by)


def _workplaces(
    event: TeacherRegistered | TeacherMovedSchool | MembershipCorrected,
) -> dict[str, date | None]:
    """Return what an event says of schools: URN → the last day there, None while the teacher works there."""
    if isinstance(event, TeacherRegistered):
        return {event.urn: None}
    if isinstance(event, TeacherMovedSchool):
        left = {} if event.from_urn is None else {event.from_urn: event.moved_on - timedelta(days=1)}
        return left | {event.to_urn: None}
    return {event.from_urn: date.min, event.to_urn: event.ends_on, event.present_urn: None}
