"""Routes below /enrolment/v1/work-groups/…/lesson-studies and /enrolment/v1/lesson-studies."""

from typing import TypeVar

from marshmallow import Schema, fields

from hub_enrolment.access import GROUP_STAFF, check_own_group
from hub_enrolment.commands.lesson_studies import (
    PlanLessonStudy,
    PlanLessonStudySchema,
    ReviewLesson,
    ReviewLessonSchema,
    TeachLesson,
    TeachLessonSchema,
)
from hub_enrolment.handlers import lesson_studies as handlers
from hub_enrolment.models import LessonStudy
from hub_enrolment.store import lesson_studies as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route

C = TypeVar("C")  # the command of a call

OF_GROUP = "/enrolment/v1/work-groups/<uuid:work_group_id>/lesson-studies"
ONE = "/enrolment/v1/lesson-studies/<uuid:cycle_id>"


class LessonStudySchema(Schema):
    """A lesson study; `warnings`, when it is planned: `second_in_term`, `planner_again`."""

    cycle_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    host_urn = fields.String(attribute="row.host_urn")
    focus = fields.String(attribute="row.focus")
    lesson_at = fields.AwareDateTime(attribute="row.lesson_at")
    status = fields.String(attribute="row.status")
    learning_note = fields.String(attribute="row.learning_note", allow_none=True)
    teacher_enrolment_id = fields.UUID(attribute="parts.teacher")
    planner_enrolment_ids = fields.List(fields.UUID(), attribute="parts.planners")
    observer_enrolment_ids = fields.List(fields.UUID(), attribute="parts.observers")
    warnings = fields.List(fields.String())


class LessonStudies:
    """Lessons planned together; a work group lead manages those of their own groups."""

    @route(
        "POST",
        OF_GROUP,
        allow=GROUP_STAFF,
        body=PlanLessonStudySchema,
        answer=LessonStudySchema,
        status=201,
    )
    def plan_lesson_study(self, call: Call[PlanLessonStudy]) -> Answer:
        """Plan a lesson study. Unusual plans get `warnings`; they are not refused."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        made = handlers.plan_lesson_study(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(made, location=f"/enrolment/v1/lesson-studies/{made.row.id}")

    @route("GET", OF_GROUP, allow=GROUP_STAFF, paged=True, answer=LessonStudySchema)
    def list_lesson_studies(self, call: Call[None]) -> Page[store.Described]:
        """List the lesson studies of a Work Group, the oldest first."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        statement = store.list_lesson_studies(group.row.id)
        rows, following = call.page.fetch(call.session, statement, [LessonStudy.id])
        return Page(store.describe(call.session, rows), following)

    @route("GET", ONE, allow=GROUP_STAFF, answer=LessonStudySchema)
    def get_lesson_study(self, call: Call[None]) -> Answer:
        """Read a lesson study."""
        return _answer(store.describe(call.session, [_own(call)])[0])

    @route("POST", f"{ONE}/taught", allow=GROUP_STAFF, body=TeachLessonSchema, answer=LessonStudySchema)
    def teach_lesson(self, call: Call[TeachLesson]) -> Answer:
        """Record that the lesson was taught."""
        _own(call)
        return _answer(handlers.teach_lesson(call.session, call.command, now=call.now, by=call.actor.subject))

    @route("POST", f"{ONE}/review", allow=GROUP_STAFF, body=ReviewLessonSchema, answer=LessonStudySchema)
    def review_lesson(self, call: Call[ReviewLesson]) -> Answer:
        """Record the learning from the lesson. Name no pupil in the note."""
        _own(call)
        return _answer(
            handlers.review_lesson(call.session, call.command, now=call.now, by=call.actor.subject)
        )


def _own(call: Call[C]) -> LessonStudy:
    row = handlers.find_lesson_study(call.session, call.path["cycle_id"])
    check_own_group(call.actor, group_store.lead_ids(call.session, row.work_group_id))
    return row


def _answer(described: store.Described, location: str | None = None) -> Answer:
    return Answer(described, revision=described.row.revision, location=location)
