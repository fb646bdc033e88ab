"""Work groups: finding and locking them, confirming them, following who comes and goes."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_enrolment.commands.work_groups import ConfirmWorkGroup
from hub_enrolment.domain import work_groups
from hub_enrolment.domain.capacities import most_teachers
from hub_enrolment.steps.work_groups import allow, tell_confirmed
from hub_enrolment.store import completions as completion_store
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.work_groups import lock_with_terms
from hub_kernel.england import day_in_england


def confirm_work_group(
    session: Session, command: ConfirmWorkGroup, *, now: datetime, by: str
) -> store.Described:
    """Say that a group takes place, where it is large and wide enough or for a reason that is kept.

    A group that has met before it is confirmed runs on, or is evaluated. Where the reason is for too many
    teachers, so many as hold or are offered a place now are allowed, and not more.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `work_groups.confirm`.
    """
    group, programme = lock_with_terms(session, command.work_group_id)
    today = day_in_england(now)
    counted = store.count(session, group.id, day=today)
    room = enrolment_store.room(session, group, programme)
    overridden = work_groups.confirm(
        group.status,
        counted,
        store.limits_of(programme),
        override_reason=command.override_reason,
        schools=store.schools_on(session, group.id, day=today),
        required_roles=programme.required_roles,
        offered=room.offered,
        confirmed=group.confirmed_at is not None,
    )
    diary = completion_store.diary(session, group.id)
    group.status = "confirmed"
    if diary.held:
        group.status = work_groups.status_after_session(group.status, to_come=diary.to_come)
    group.confirmed_at, group.confirmed_by = now, by
    group.override_reason = command.override_reason if overridden else None
    promised = counted.teachers_n + room.offered
    if overridden and promised > most_teachers(programme.max_teachers, group.allowed_teachers):
        allow(group, promised, command.override_reason, now=now, by=by)
    group.touch(now=now, by=by)
    session.flush()
    tell_confirmed(session, group, counted, overridden=overridden, now=now, by=by)
    return store.describe(session, [group], day=today)[0]
