"""What visits learns from enrolment: schools, and who is a PD lead. Ids and URNs, no names."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    LeaderAppointed,
    LeaderEnded,
    SchoolChanged,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
    TeacherMerged,
)
from hub_visits.store import schools as store


def on_school_told(session: Session, event: SchoolImported | SchoolChanged, *, revision: int) -> None:
    """Keep where a school belongs, for its calendar and its trust."""
    facts = {
        "la_code": event.la_code,
        "phase": event.phase,
        "status": event.status,
        "trust_uid": event.trust_uid,
    }
    store.keep_school(session, event.urn, "facts_revision", revision, facts)


def on_school_closed(session: Session, event: SchoolClosed, *, revision: int) -> None:
    """Keep that a school has closed."""
    store.keep_school(session, event.urn, "closed_revision", revision, {"closed_on": event.close_date})
    if event.successor_urn is not None:
        succession = {"successor_urn": event.successor_urn}
        store.keep_school(session, event.urn, "successor_revision", revision, succession)


def on_school_succeeded(session: Session, event: SchoolSucceeded, *, revision: int) -> None:
    """Keep which school carries on."""
    succession = {"successor_urn": event.successor_urn}
    store.keep_school(session, event.urn, "successor_revision", revision, succession)


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
