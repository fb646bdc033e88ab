"""What visits learns from enrolment: schools, and who is a PD lead. Ids and URNs, no names."""

from datetime import date, datetime, timedelta

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
from hub_visits.domain.school_years import Told
from hub_visits.handlers.derivation import derive_again
from hub_visits.store import assignments, calendars
from hub_visits.store import schools as store


def on_school_told(
    session: Session,
    event: SchoolImported | SchoolChanged,
    *,
    revision: int,
    at: datetime,
    now: datetime,
    by: str,
) -> None:
    """Keep where a school belongs, and derive again what follows from its authority and its trust.

    `at` is when the event happened, `now` the hub's clock.
    """
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
        told_on=event.source_file_date or day_in_england(at),
        trust_since=event.trust_since,
        la_code=event.la_code,
        trust_uid=event.trust_uid,
    )
    store.keep_facts(session, event.urn, revision, told)
    _derive_again(session, event.urn, now=now, by=by)


def on_school_closed(
    session: Session, event: SchoolClosed, *, revision: int, at: datetime, now: datetime, by: str
) -> None:
    """Keep that a school has closed, and which one carries it on where that is said."""
    calendars.lock_derived(session)
    store.keep_school(session, event.urn, "closed_revision", revision, {"closed_on": event.close_date})
    if event.successor_urn is not None:
        _keep_succession(session, event.urn, event.successor_urn, revision, at=at, established_on=None)
    _derive_again(session, event.urn, now=now, by=by)


def on_school_succeeded(
    session: Session, event: SchoolSucceeded, *, revision: int, at: datetime, now: datetime, by: str
) -> None:
    """Keep which school carries on, and derive again what follows for those that it stands for."""
    calendars.lock_derived(session)
    _keep_succession(
        session, event.urn, event.successor_urn, revision, at=at, established_on=event.established_on
    )
    _derive_again(session, event.urn, now=now, by=by)


def on_workplace_told(
    session: Session, event: TeacherRegistered | TeacherMovedSchool | MembershipCorrected, *, revision: int
) -> None:
    """Keep at which schools a teacher works, who may be or become a PD lead."""
    for urn, ends_on in _workplaces(event).items():
        store.keep_workplace(session, event.teacher_id, urn, revision, ends_on=ends_on)


def on_leader_told(session: Session, event: LeaderAppointed | LeaderEnded, *, revision: int) -> None:
    """Keep which role somebody holds, until when, and at which school they teach."""
    facts = {
        "teacher_id": event.teacher_id,
        "role": event.role,
        "urn": event.urn,
        "trust_uid": event.trust_uid,
        "starts_on": event.starts_on,
        "ends_on": event.ended_on if isinstance(event, LeaderEnded) else event.ends_on,
    }
    store.keep_post(session, event.leader_role_id, revision, facts)


def on_teacher_merged(session: Session, event: TeacherMerged, *, revision: int) -> None:
    """Keep which record is left of a person, so that they keep their roles."""
    store.keep_merger(session, event.from_id, event.into_id, revision)


def _keep_succession(
    session: Session,
    urn: str,
    successor_urn: str,
    revision: int,
    *,
    at: datetime,
    established_on: date | None,
) -> None:
    succession = {
        "successor_urn": successor_urn,
        "established_on": established_on,
        "succeeded_on": day_in_england(at),
    }
    store.keep_school(session, urn, "successor_revision", revision, succession)


def _derive_again(session: Session, urn: str, *, now: datetime, by: str) -> None:
    rows = assignments.lock_assignments_of(session, store.family_of(session, {urn}))
    derive_again(session, rows, now=now, by=by)


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
