"""Steps on a Work Group that the caller has locked: permission beyond the maximum, status after a change."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WorkGroupConfirmed, WorkGroupFellBelowMinimum
from hub_enrolment.domain import work_groups
from hub_enrolment.models import WorkGroup
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.work_groups import Locked
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def allow(group: WorkGroup, teachers_n: int, reason: str | None, *, now: datetime, by: str) -> None:
    """Record how many teachers a hub lead allows beyond the programme's maximum, and the reason."""
    group.allowed_teachers, group.allowed_reason = teachers_n, reason
    group.allowed_at, group.allowed_by = now, by


def follow_change(session: Session, locked: Locked, *, now: datetime, by: str) -> None:
    """Set a confirmed group at risk when it falls below its minimum, or confirmed when it reaches it."""
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
        publish_confirmed(session, group, counted, overridden=False, now=now, by=by)
        return
    event = WorkGroupFellBelowMinimum(
        work_group_id=group.id,
        teachers_n=counted.teachers_n,
        schools_n=counted.schools_n,
        teachers_short=missing.teachers_short,
        schools_short=missing.schools_short,
    )
    outbox.record(session, event, occurred_at=now, by=by)


def publish_confirmed(
    session: Session,
    group: WorkGroup,
    counted: work_groups.Composition,
    *,
    overridden: bool,
    now: datetime,
    by: str,
) -> None:
    """Publish the confirmation of a group, within its limits or with an override."""
    event = WorkGroupConfirmed(
        work_group_id=group.id,
        teachers_n=counted.teachers_n,
        schools_n=counted.schools_n,
        overridden=overridden,
    )
    outbox.record(session, event, occurred_at=now, by=by)
