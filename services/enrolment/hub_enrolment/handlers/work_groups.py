"""Work groups: finding and locking them, confirming them, following who comes and goes."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WorkGroupConfirmed, WorkGroupFellBelowMinimum
from hub_enrolment.commands.work_groups import ConfirmWorkGroup
from hub_enrolment.domain import work_groups
from hub_enrolment.domain.capacities import most_teachers
from hub_enrolment.domain.refusals import Unknown
from hub_enrolment.models import Programme, WorkGroup
from hub_enrolment.store import completions as completion_store
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import work_groups as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox


class Locked(NamedTuple):
    """A work group that nobody else can change until the transaction ends."""

    group: WorkGroup
    programme: Programme


def find_work_group(session: Session, work_group_id: UUID, *, now: datetime) -> store.Described:
    """One work group, its schools counted as of today.

    Raises:
        Unknown: `unknown_work_group`.
    """
    found = store.find_work_group(session, work_group_id, day=day_in_england(now))
    if found is None:
        raise unknown_work_group()
    return found


def lock_work_group(session: Session, work_group_id: UUID) -> Locked:
    """One work group, to decide about it.

    Raises:
        Unknown: `unknown_work_group`.
    """
    locked = store.lock_work_group(session, work_group_id)
    if locked is None:
        raise unknown_work_group()
    return Locked(*locked)


def lock_with_terms(session: Session, work_group_id: UUID) -> Locked:
    """One work group, to decide about it by its programme's terms, or to publish them.

    The programme is read again once the group is locked: whoever corrects it locks its groups, too, and what
    they changed while this transaction waited for the lock is not in the row that came with the group.

    Raises:
        Unknown: `unknown_work_group`.
    """
    locked = lock_work_group(session, work_group_id)
    session.refresh(locked.programme)
    return locked


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


def allow(group: WorkGroup, teachers_n: int, reason: str | None, *, now: datetime, by: str) -> None:
    """Keep that a hub lead allows so many teachers beyond the programme's maximum, and why."""
    group.allowed_teachers, group.allowed_reason = teachers_n, reason
    group.allowed_at, group.allowed_by = now, by


def follow_change(session: Session, locked: Locked, *, now: datetime, by: str) -> None:
    """Let a confirmed group fall below its minimum or reach it again, after places or schools changed."""
    group, programme = locked
    if group.status not in {"confirmed", "at_risk"}:
        return
    counted = store.count(session, group.id, day=day_in_england(now))
    missing = work_groups.shortfall(counted, store.limits_of(programme))
    status = work_groups.status_after_change(group.status, missing)
    if status == group.status:
        return
    group.status = status
    group.touch(now=now, by=by)
    if missing is None:
        tell_confirmed(session, group, counted, overridden=False, now=now, by=by)
        return
    event = WorkGroupFellBelowMinimum(
        work_group_id=group.id,
        teachers_n=counted.teachers_n,
        schools_n=counted.schools_n,
        teachers_short=missing.teachers_short,
        schools_short=missing.schools_short,
    )
    outbox.record(session, event, occurred_at=now, by=by)


def unknown_work_group() -> Unknown:
    """There is no such group."""
    return Unknown("unknown_work_group", "There is no such work group.")


def tell_confirmed(
    session: Session,
    group: WorkGroup,
    counted: work_groups.Composition,
    *,
    overridden: bool,
    now: datetime,
    by: str,
) -> None:
    """Publish that a group takes place, in range or knowingly out of it."""
    event = WorkGroupConfirmed(
        work_group_id=group.id,
        teachers_n=counted.teachers_n,
        schools_n=counted.schools_n,
        overridden=overridden,
    )
    outbox.record(session, event, occurred_at=now, by=by)
