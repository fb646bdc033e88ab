"""End leadership roles; build the events about them."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_contracts import vocabulary
from hub_contracts.enrolment import LeaderAppointed, LeaderEnded
from hub_enrolment.models import LeaderRole
from hub_messaging import outbox


def close_role(session: Session, leader: LeaderRole, ends_on: date, *, now: datetime, by: str) -> None:
    """Save the last day of a role, after the decision, with its event."""
    leader.ends_on = ends_on
    leader.touch(now=now, by=by)
    session.flush()
    outbox.record(session, ended(leader, ends_on), occurred_at=now, by=by)


def appointed(leader: LeaderRole) -> LeaderAppointed:
    """Build the event about a role that a person holds."""
    return LeaderAppointed(
        leader_role_id=leader.id,
        teacher_id=leader.teacher_id,
        role=vocabulary.LeaderRole(leader.role),
        urn=leader.urn,
        trust_uid=leader.trust_uid,
        core_leadership=leader.core_leadership,
        starts_on=leader.starts_on,
        ends_on=leader.ends_on,
    )


def ended(leader: LeaderRole, ends_on: date) -> LeaderEnded:
    """Build the event about the last day in a role."""
    return LeaderEnded(
        leader_role_id=leader.id,
        teacher_id=leader.teacher_id,
        role=vocabulary.LeaderRole(leader.role),
        urn=leader.urn,
        trust_uid=leader.trust_uid,
        core_leadership=leader.core_leadership,
        starts_on=leader.starts_on,
        ended_on=ends_on,
    )
