"""Cancel or close a Work Group."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ParticipantCompleted, WorkGroupCancelled, WorkGroupClosed
from hub_contracts.vocabulary import ParticipantRole, WorkGroupCancellationReason
from hub_enrolment.commands.work_groups import CancelWorkGroup, CloseWorkGroup
from hub_enrolment.domain import endings
from hub_enrolment.domain.completions import completes
from hub_enrolment.domain.endings import Progress
from hub_enrolment.models import Enrolment
from hub_enrolment.steps.applications import end_applications
from hub_enrolment.steps.enrolments import take_back
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.steps.sessions import cancel_sessions
from hub_enrolment.steps.waiting_list import end_list
from hub_enrolment.store import completions as completion_store
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import programmes as programme_store
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.work_groups import Locked, lock_with_terms, lock_work_group
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def cancel_work_group(
    session: Session, command: CancelWorkGroup, *, now: datetime, by: str
) -> store.Described:
    """Cancel a group with its places and upcoming sessions; a repeated command changes nothing.

    The cancellation of a draft is not published, as its opening was not.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `endings.cancel`.
    """
    locked = lock_work_group(session, command.work_group_id)
    group = locked.group
    if not endings.cancel(group.status, group.cancelled_reason, command.reason):
        return store.describe(session, [group], day=day_in_england(now))[0]
    was_open = group.status != "draft"
    counted = store.count(session, group.id, day=day_in_england(now))
    group.status, group.cancelled_reason = "cancelled", command.reason
    group.cancelled_at, group.cancelled_by = now, by
    group.touch(now=now, by=by)
    session.flush()
    if was_open:
        event = WorkGroupCancelled(
            work_group_id=group.id, reason=WorkGroupCancellationReason(command.reason), **vars(counted)
        )
        outbox.record(session, event, occurred_at=now, by=by)
    cancel_sessions(session, group, "work_group_cancelled", now=now, by=by)
    places = enrolment_store.active(session, group.id)
    for place in places:
        take_back(session, place, "group_cancelled", now=now, by=by)
    led = {place.urn for place in places if place.role == ParticipantRole.LEAD_PARTICIPANT}
    publish_schools(session, locked, sorted(led), now=now, by=by)
    _end_requests(session, group.id, "group_cancelled", now=now, by=by)
    return store.describe(session, [group], day=day_in_england(now))[0]


def close_work_group(session: Session, command: CloseWorkGroup, *, now: datetime, by: str) -> store.Described:
    """Close an evaluated group, and decide which participants have completed it.

    The others get the status `not_completed`. They held their place to the end, so this is no withdrawal,
    and the group's composition stays as it was.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `endings.close`.
    """
    locked = lock_with_terms(session, command.work_group_id)
    group = locked.group
    diary = completion_store.diary(session, group.id)
    progress = Progress(
        status=group.status,
        last_held_on=diary.last_held_on,
        confirmed=group.confirmed_at is not None,
        to_come=diary.to_come,
    )
    endings.close(
        progress,
        evaluation_submitted_on=command.evaluation_submitted_on,
        today=day_in_england(now),
    )
    counted = store.count(session, group.id, day=day_in_england(now))
    completed = _decide_completions(session, locked, diary.held, now=now, by=by)
    group.status, group.evaluation_submitted_on = "closed", command.evaluation_submitted_on
    group.closed_at, group.closed_by = now, by
    group.touch(now=now, by=by)
    session.flush()
    closed = WorkGroupClosed(
        work_group_id=group.id,
        **vars(counted),
        completed_n=len(completed),
        evaluation_submitted_on=command.evaluation_submitted_on,
    )
    events = [closed, *(_completed(place, on=day_in_england(now)) for place in completed)]
    outbox.record_all(session, events, occurred_at=now, by=by)
    _end_requests(session, group.id, "group_closed", now=now, by=by)
    return store.describe(session, [group], day=day_in_england(now))[0]


def _decide_completions(
    session: Session, locked: Locked, held: int, *, now: datetime, by: str
) -> list[Enrolment]:
    """Set the status of every active place; return the completed ones."""
    rule = programme_store.rule_of(locked.programme)
    places = enrolment_store.active(session, locked.group.id)
    done = completion_store.participation(session, places)
    for place in places:
        place.status = "completed" if completes(held, done[place.id], rule) else "not_completed"
        place.completion_decided_at = now
        place.touch(now=now, by=by)
    session.flush()
    return [place for place in places if place.status == "completed"]


def _end_requests(session: Session, work_group_id: UUID, cause: str, *, now: datetime, by: str) -> None:
    """End the waiting list and the open applications of a group that has ended."""
    end_list(session, work_group_id, cause, now=now, by=by)
    end_applications(session, work_group_id, now=now, by=by)


def _completed(place: Enrolment, *, on: date) -> ParticipantCompleted:
    return ParticipantCompleted(
        enrolment_id=place.id,
        work_group_id=place.work_group_id,
        teacher_id=place.teacher_id,
        urn=place.urn,
        completed_on=on,
    )
