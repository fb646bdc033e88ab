"""Follow the correction of a membership in roles, waiting lists and PD days that had the wrong school."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import LeaderAppointed, LeaderEnded
from hub_enrolment.domain import memberships, pd_days
from hub_enrolment.models import LeaderRole, MembershipCorrection
from hub_enrolment.steps.leaders import appointed, ended
from hub_enrolment.steps.pd_days import held_event
from hub_enrolment.store import corrections as store
from hub_enrolment.store import pd_days as pd_day_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.standing_schools import school_state
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def follow_correction(session: Session, trail: MembershipCorrection, *, now: datetime, by: str) -> None:
    """Give the right school to records that had the wrong one from a membership just corrected.

    Places on Work Groups do not follow by themselves: the command names them. The caller has locked the
    teacher, the PD days and the groups of the waiting lists. Their ids go into the correction's record.
    """
    held = teacher_store.memberships(session, trail.teacher_id)

    def follows(urn: str, day: date) -> bool:
        return memberships.follows(held, urn, day, wrong_urn=trail.old_urn)

    roles = [
        role
        for role in store.leader_roles(session, trail.teacher_id)
        if follows(role.urn, day_in_england(role.created_at))
    ]
    waiting = [
        entry
        for entry in store.open_entries(session, trail.teacher_id)
        if follows(entry.urn, day_in_england(entry.created_at))
    ]
    _correct_roles(session, roles, trail.new_urn, now=now, by=by)
    for entry in waiting:  # without an event: other services store no school of a waiting-list entry
        entry.urn = trail.new_urn
        entry.touch(now=now, by=by)
    trail.pd_day_ids = _correct_pd_days(session, trail, follows, now=now, by=by)
    trail.leader_role_ids = [one.id for one in roles]
    trail.waiting_entry_ids = [one.id for one in waiting]
    session.flush()


def _correct_roles(
    session: Session, roles: Sequence[LeaderRole], urn: str, *, now: datetime, by: str
) -> None:
    """Publish each role again, or the end of a role that has ended."""
    trust_uid = school_state(session, urn, pointer="/urn").trust_uid
    events: list[LeaderAppointed | LeaderEnded] = []
    for role in roles:
        role.urn, role.trust_uid = urn, trust_uid
        role.touch(now=now, by=by)
        events.append(appointed(role) if role.ends_on is None else ended(role, role.ends_on))
    session.flush()
    outbox.record_all(session, events, occurred_at=now, by=by)


def _correct_pd_days(
    session: Session,
    trail: MembershipCorrection,
    follows: Callable[[str, date], bool],
    *,
    now: datetime,
    by: str,
) -> list[UUID]:
    """Decide again for which school the teacher attends; publish the register again."""
    taught = pd_day_store.employments(session, [trail.teacher_id])[trail.teacher_id]
    changed = []
    for day, registration, attendance in store.pd_days(session, trail.teacher_id):
        asked = None if registration is None else registration.urn
        if registration is not None and asked is not None and follows(asked, day.day):
            registration.urn = asked = trail.new_urn
            changed.append(day.id)
        if attendance is not None and follows(attendance.urn, day.day):
            attendance.urn = pd_days.school_on(taught, day.day, asked=asked)
            day.touch(now=now, by=by)
            session.flush()
            event = held_event(day, pd_day_store.attendances(session, day.id))
            outbox.record(session, event, occurred_at=now, by=by)
            changed.append(day.id)
    return list(dict.fromkeys(changed))
