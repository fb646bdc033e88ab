"""The current state of the subject of each thread. Each table is read once for all threads."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_notifications import models
from hub_notifications.domain import pd_days
from hub_notifications.domain.participations import (
    Application,
    ApplicationState,
    Participation,
    Place,
    PlaceState,
    Waiting,
    WaitingState,
)
from hub_notifications.domain.participations import Session as Meeting
from hub_notifications.domain.threads import Subject, Thread
from hub_notifications.store import hand_overs

Row = TypeVar("Row", models.Place, models.WaitingEntry)
Key = tuple[UUID, UUID]  # Work Group and teacher


def load(session: Session, threads: Collection[Thread]) -> dict[Thread, Subject]:
    """Return the subject of each thread; threads whose events have not arrived yet are left out."""
    found: dict[Thread, Subject] = {}
    found |= _groups(session, [each for each in threads if each.is_about("work-groups")])
    found |= _pd_days(session, [each for each in threads if each.is_about("pd-days")])
    found |= hand_overs.visits_of(session, [each for each in threads if each.is_about("visits")])
    found |= hand_overs.led_schools_of(session, [each for each in threads if each.is_about("pd-leads")])
    return found


def _groups(session: Session, threads: Collection[Thread]) -> dict[Thread, Subject]:
    if not threads:
        return {}
    group_ids = {thread.subject_id for thread in threads}
    teacher_ids = {thread.teacher_id for thread in threads}
    groups = {
        row.work_group_id: row
        for row in session.scalars(
            select(models.WorkGroup).where(models.WorkGroup.work_group_id.in_(group_ids))
        )
    }
    sessions = _sessions(session, group_ids)
    places = _latest(session, models.Place, models.Place.given_at, group_ids, teacher_ids)
    waiting = _latest(session, models.WaitingEntry, models.WaitingEntry.changed_at, group_ids, teacher_ids)
    applications = _applications(session, groups)
    return {
        thread: _participation(
            groups[thread.subject_id],
            sessions.get(thread.subject_id, {}),
            places.get((thread.subject_id, thread.teacher_id)),
            waiting.get((thread.subject_id, thread.teacher_id)),
            tuple(applications.get((thread.subject_id, thread.teacher_id), ())),
        )
        for thread in threads
        if thread.subject_id in groups
    }


def _participation(
    group: models.WorkGroup,
    sessions: dict[UUID, Meeting],
    place: models.Place | None,
    waiting: models.WaitingEntry | None,
    applications: tuple[Application, ...],
) -> Participation:
    return Participation(
        work_group_id=group.work_group_id,
        title=group.title,
        cancelled=group.cancelled_reason,
        cancelled_at=group.cancelled_at,
        place=None
        if place is None
        else Place(
            enrolment_id=place.enrolment_id,
            state=PlaceState(place.state),
            since=place.given_at,
            transferred_from=place.transferred_from,
        ),
        waiting=None
        if waiting is None
        else Waiting(
            waiting_id=waiting.waiting_id,
            state=WaitingState(waiting.state),
            expires_at=waiting.expires_at,
        ),
        applications=applications,
        sessions=sessions,
    )


def _sessions(session: Session, group_ids: Collection[UUID]) -> dict[UUID, dict[UUID, Meeting]]:
    found: dict[UUID, dict[UUID, Meeting]] = defaultdict(dict)
    rows = session.scalars(
        select(models.GroupSession).where(models.GroupSession.work_group_id.in_(group_ids))
    )
    for row in rows:
        found[row.work_group_id][row.session_id] = Meeting(
            session_id=row.session_id,
            seq=row.seq,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            mode=row.mode,
            host_urn=row.host_urn,
            venue=row.venue,
            sequence=row.ics_sequence,
            cancelled=row.cancelled_reason,
            cancelled_at=row.cancelled_at,
        )
    return found


def _latest(
    session: Session,
    model: type[Row],
    since: object,
    group_ids: Collection[UUID],
    teacher_ids: Collection[UUID],
) -> dict[Key, Row]:
    rows = session.scalars(
        select(model)
        .where(model.work_group_id.in_(group_ids), model.teacher_id.in_(teacher_ids))
        .order_by(since)  # type: ignore[arg-type]  # a column
    )
    return {(row.work_group_id, row.teacher_id): row for row in rows}


def _applications(session: Session, groups: Mapping[UUID, models.WorkGroup]) -> dict[Key, list[Application]]:
    found: dict[Key, list[Application]] = defaultdict(list)
    rows = session.scalars(
        select(models.Application)
        .where(models.Application.work_group_id.in_(groups))
        .order_by(models.Application.changed_at, models.Application.application_id)
    )
    for row in rows:
        state = ApplicationState(row.state)
        one = Application(
            application_id=row.application_id,
            state=state,
            # Enrolment declines open applications in the transaction that cancels the Work Group.
            ended_by_cancellation=state is ApplicationState.DECLINED
            and row.changed_at == groups[row.work_group_id].cancelled_at,
        )
        for teacher_id in row.teacher_ids:
            found[row.work_group_id, teacher_id].append(one)
    return found


def _pd_days(session: Session, threads: Collection[Thread]) -> dict[Thread, Subject]:
    if not threads:
        return {}
    rows = session.scalars(
        select(models.PDDay).where(models.PDDay.pd_day_id.in_({each.subject_id for each in threads}))
    )
    days = {
        row.pd_day_id: pd_days.PDDay(
            kind=row.kind,
            theme=row.theme,
            title=row.title,
            on=row.on,
            starts_at=row.starts_at,
            venue=row.venue,
            cancelled=row.cancelled_reason,
        )
        for row in rows
    }
    return {thread: days[thread.subject_id] for thread in threads if thread.subject_id in days}
