"""Lesson studies: who takes part and where, saved with their events."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, MEETS, NOW, events, fill, group, schools

from hub_enrolment.commands.lesson_studies import PlanLessonStudy, ReviewLesson, TeachLesson
from hub_enrolment.domain.lesson_studies import Earlier, term, warnings
from hub_enrolment.handlers import lesson_studies
from hub_enrolment.models import Enrolment, LessonStudy, LessonStudyPart
from hub_enrolment.store.lesson_studies import Described
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)


def ready(session: Session) -> tuple[UUID, list[UUID]]:
    """A group and four places of two schools."""
    opened = group(session)
    return opened.id, fill(session, opened.id, teachers_n=4, schools_n=2)


def plan(session: Session, group_id: UUID, places: list[UUID], **changes: Any) -> Described:
    values: dict[str, Any] = {
        "teacher_enrolment_id": places[0],
        "planner_enrolment_ids": places[:2],
        "observer_enrolment_ids": places[2:],
        "focus": "reasoning",
        "lesson_at": MEETS,
    } | changes
    values.setdefault("host_urn", session.get_one(Enrolment, places[0]).urn)
    command = PlanLessonStudy(work_group_id=group_id, **values)
    return lesson_studies.plan_lesson_study(session, command, now=NOW, by=BY)


def taught(session: Session, cycle_id: UUID, now: datetime = MEETS) -> str:
    return lesson_studies.teach_lesson(session, TeachLesson(cycle_id=cycle_id), now=now, by=BY).row.status


def reviewed(session: Session, cycle_id: UUID, note: str = "Bars helped.") -> LessonStudy:
    command = ReviewLesson(cycle_id=cycle_id, learning_note=note)
    return lesson_studies.review_lesson(session, command, now=MEETS + DAY, by=BY).row


def test_a_cycle_is_planned_taught_and_reviewed(session: Session) -> None:
    group_id, places = ready(session)
    made = plan(session, group_id, places)
    assert made.warnings == []
    for _ in range(2):
        assert taught(session, made.row.id) == "taught"
    for _ in range(2):
        row = reviewed(session, made.row.id)
    assert (row.status, row.learning_note, row.revision) == ("reviewed", "Bars helped.", 3)
    facts = {
        "cycle_id": str(made.row.id),
        "work_group_id": str(group_id),
        "host_urn": made.row.host_urn,
        "lesson_at": "2025-10-08T12:30:00Z",
        "focus": "reasoning",
        "planners_n": 2,
        "observers_n": 2,
    }
    assert events(session, "LessonStudyPlanned", "LessonStudyReviewed") == [
        ("LessonStudyPlanned", facts),
        ("LessonStudyReviewed", facts),
    ]
    with pytest.raises(Refused, match="already_reviewed"):
        reviewed(session, made.row.id, "Something else.")


def test_a_refused_plan_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        group_id, places = ready(session)
        (elsewhere,) = fill(session, group(session).id, teachers_n=1, schools_n=1)
        (stranger,) = schools(session)
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"host_urn": stranger}, "host_not_in_group", "/host_urn"),
        ({"planner_enrolment_ids": [elsewhere]}, "not_enrolled", "/planner_enrolment_ids"),
        ({"observer_enrolment_ids": [uuid4()]}, "not_enrolled", "/observer_enrolment_ids"),
        ({"teacher_enrolment_id": elsewhere}, "not_enrolled", "/observer_enrolment_ids"),
        ({"planner_enrolment_ids": places[:1] * 2}, "named_twice", "/planner_enrolment_ids"),
        ({"observer_enrolment_ids": places[:1]}, "named_twice", "/observer_enrolment_ids"),
        ({"lesson_at": NOW - DAY}, "not_enrolled", "/planner_enrolment_ids"),
    ]
    for changes, code, pointer in cases:
        with pytest.raises(Refused) as caught, database.begin() as session:
            plan(session, group_id, places, **changes)
        assert (caught.value.code, caught.value.pointer) == (code, pointer)
    with database() as session:
        assert session.scalar(select(func.count()).select_from(LessonStudyPart)) == 0
        assert events(session, "LessonStudyPlanned") == []


def test_second_lesson_in_a_term_gets_a_warning(session: Session) -> None:
    group_id, places = ready(session)
    plan(session, group_id, places)
    second = plan(session, group_id, places, planner_enrolment_ids=places[2:], observer_enrolment_ids=[])
    assert second.warnings == ["second_in_term"]
    later = plan(session, group_id, places, lesson_at=MEETS + 90 * DAY)
    assert later.warnings == ["planner_again"]


@given(
    days=st.lists(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=6),
    on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    again=st.booleans(),
)
def test_warnings_say_what_is_so(days: list[date], on: date, again: bool) -> None:
    ada, emmy = uuid4(), uuid4()
    known = [Earlier(lesson_on=day, planners=frozenset({ada})) for day in days]
    found = warnings([ada if again else emmy], known, on=on)
    assert ("second_in_term" in found) is any(term(day) == term(on) for day in days)
    assert ("planner_again" in found) is (again and bool(days))
