"""Lesson studies: planned, taught, reviewed."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import LessonStudyPlanned, LessonStudyReviewed
from hub_contracts.vocabulary import LessonStudyFocus
from hub_enrolment.commands.lesson_studies import PlanLessonStudy, ReviewLesson, TeachLesson
from hub_enrolment.domain import diary, lesson_studies
from hub_enrolment.domain.lesson_studies import Parts
from hub_enrolment.models import LessonStudy, LessonStudyPart
from hub_enrolment.store import lesson_studies as store
from hub_enrolment.store import sessions as session_store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store.lesson_studies import Described
from hub_enrolment.store.standing_schools import standing_school
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


# Long: three kinds of rows make one lesson study.
def plan_lesson_study(session: Session, command: PlanLessonStudy, *, now: datetime, by: str) -> Described:
    """Plan a lesson study; unusual plans get warnings and are not refused.

    Raises:
        Unknown: `unknown_work_group`; Conflict: see `diary.check_not_over`; Refused: see
            `lesson_studies.check_parts` and `check_host`.
    """
    group, _ = lock_work_group(session, command.work_group_id)  # the participants must not change meanwhile
    diary.check_not_over(group.status)
    on = day_in_england(command.lesson_at)
    parts = Parts(
        teacher=command.teacher_enrolment_id,
        planners=command.planner_enrolment_ids,
        observers=command.observer_enrolment_ids,
    )
    places = session_store.places(session, group.id)
    lesson_studies.check_parts(parts, places, lesson_at=command.lesson_at)
    # A place keeps the URN under which its school joined; by the lesson a successor may stand for the school.
    urns = {place.urn for place in places.values() if place.is_active(command.lesson_at)}
    successions = succession_store.around(session, [*urns, command.host_urn])
    host_urn = successions.standing(command.host_urn, on)
    lesson_studies.check_host(host_urn, {successions.standing(urn, on) for urn in urns})
    host_urn = standing_school(session, command.host_urn, day=on, pointer="/host_urn").urn
    warned = lesson_studies.warnings(parts.planners, store.earlier(session, group.id), on=on)
    row = LessonStudy(
        id=new_id(),
        work_group_id=group.id,
        host_urn=host_urn,
        focus=command.focus,
        lesson_at=command.lesson_at,
        status="planned",
        learning_note=None,
        **made(now, by),
    )
    session.add(row)
    session.flush()
    named = {"teacher": [parts.teacher], "planner": parts.planners, "observer": parts.observers}
    session.add_all(
        LessonStudyPart(cycle_id=row.id, enrolment_id=enrolment_id, part=part)
        for part, ids in named.items()
        for enrolment_id in ids
    )
    session.flush()
    outbox.record(session, LessonStudyPlanned(**_facts(row, parts)), occurred_at=now, by=by)
    return Described(row, parts, warned)


def find_lesson_study(session: Session, cycle_id: UUID, *, lock: bool = False) -> LessonStudy:
    """Return a lesson study, locked on request.

    Raises:
        Unknown: `unknown_lesson_study`.
    """
    row = store.find_lesson_study(session, cycle_id, lock=lock)
    if row is None:
        raise Unknown("unknown_lesson_study", "There is no such lesson study.")
    return row


def teach_lesson(session: Session, command: TeachLesson, *, now: datetime, by: str) -> Described:
    """Record that the lesson was taught; a repeated command changes nothing.

    Raises:
        Unknown: `unknown_lesson_study`; Refused, Conflict: see `lesson_studies.teach`.
    """
    row = find_lesson_study(session, command.cycle_id, lock=True)
    if lesson_studies.teach(row.status, lesson_at=row.lesson_at, now=now):
        row.status = "taught"
        row.touch(now=now, by=by)
        session.flush()
    return store.describe(session, [row])[0]


def review_lesson(session: Session, command: ReviewLesson, *, now: datetime, by: str) -> Described:
    """Record the learning note; an equal note changes nothing.

    Raises:
        Unknown: `unknown_lesson_study`; Conflict: see `lesson_studies.review`.
    """
    row = find_lesson_study(session, command.cycle_id, lock=True)
    (described,) = store.describe(session, [row])
    if lesson_studies.review(row.status, row.learning_note, command.learning_note):
        row.status, row.learning_note = "reviewed", command.learning_note
        row.touch(now=now, by=by)
        session.flush()
        event = LessonStudyReviewed(**_facts(row, described.parts))
        outbox.record(session, event, occurred_at=now, by=by)
    return described


class _Facts(TypedDict):
    cycle_id: UUID
    work_group_id: UUID
    host_urn: str
    lesson_at: datetime
    focus: LessonStudyFocus
    planners_n: int
    observers_n: int


def _facts(row: LessonStudy, parts: Parts) -> _Facts:
    return {
        "cycle_id": row.id,
        "work_group_id": row.work_group_id,
        "host_urn": row.host_urn,
        "lesson_at": row.lesson_at,
        "focus": LessonStudyFocus(row.focus),
        "planners_n": len(parts.planners),
        "observers_n": len(parts.observers),
    }
