"""Confirm Work Groups."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.work_groups import ConfirmWorkGroup
from hub_enrolment.domain import work_groups
from hub_enrolment.domain.capacities import most_teachers
from hub_enrolment.domain.confirmations import Candidate, Terms, confirm
from hub_enrolment.steps.work_groups import allow, publish_confirmed
from hub_enrolment.store import completions as completion_store
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.work_groups import lock_with_terms
from hub_kernel.england import day_in_england


def confirm_work_group(
    session: Session, command: ConfirmWorkGroup, *, now: datetime, by: str
) -> store.Described:
    """Confirm a group that is within its limits, or outside them for a recorded reason.

    A group that has met before keeps running, or is evaluated. A reason for too many teachers allows as many
    as have or are offered a place now, and no more.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `confirmations.confirm`.
    """
    group, programme = lock_with_terms(session, command.work_group_id)
    today = day_in_england(now)
    counted = store.count(session, group.id, day=today)
    occupancy = enrolment_store.occupancy(session, group, programme)
    candidate = Candidate(
        status=group.status,
        counted=counted,
        schools=list(store.schools_on(session, group.id, day=today)),
        offered=occupancy.offered,
        confirmed=group.confirmed_at is not None,
    )
    terms = Terms(limits=store.limits_of(programme), required_roles=programme.required_roles)
    overridden = confirm(candidate, terms, override_reason=command.override_reason)
    diary = completion_store.diary(session, group.id)
    group.status = "confirmed"
    if diary.held:
        group.status = work_groups.status_after_session(group.status, to_come=diary.to_come)
    group.confirmed_at, group.confirmed_by = now, by
    group.override_reason = command.override_reason if overridden else None
    promised = counted.teachers_n + occupancy.offered
    if overridden and promised > most_teachers(programme.max_teachers, group.allowed_teachers):
        allow(group, promised, command.override_reason, now=now, by=by)
    group.touch(now=now, by=by)
    session.flush()
    publish_confirmed(session, group, counted, overridden=overridden, now=now, by=by)
    return store.describe(session, [group], day=today)[0]
