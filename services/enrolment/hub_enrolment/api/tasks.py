"""Routes below /enrolment/v1/work-groups/…/tasks and /enrolment/v1/tasks."""

from typing import TypeVar

from marshmallow import Schema, fields

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_own_group
from hub_enrolment.commands.tasks import ReportTask, ReportTaskSchema, SetTask, SetTaskSchema
from hub_enrolment.handlers import tasks as handlers
from hub_enrolment.models import ClassroomTask, TaskReport
from hub_enrolment.store import tasks as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route

C = TypeVar("C")  # the command of a call

GROUP_TASKS = "/enrolment/v1/work-groups/<uuid:work_group_id>/tasks"
REPORTS = "/enrolment/v1/tasks/<uuid:task_id>/reports"


class TaskSchema(Schema):
    """Something to try with pupils between two sessions."""

    task_id = fields.UUID(attribute="id")
    work_group_id = fields.UUID()
    set_in_session_id = fields.UUID()
    due_before_session_id = fields.UUID()
    prompt = fields.String()


class TaskReportSchema(Schema):
    """One participant's progress; a later report names its `revision` in If-Match."""

    task_id = fields.UUID()
    enrolment_id = fields.UUID()
    status = fields.String()
    note = fields.String(allow_none=True)
    pupils_n = fields.Integer(allow_none=True)
    revision = fields.Integer()


class Tasks:
    """Classroom tasks; a work group lead sets and manages those of their own groups."""

    @route("POST", GROUP_TASKS, allow=GROUP_STAFF, body=SetTaskSchema, answer=TaskSchema, status=201)
    def set_task(self, call: Call[SetTask]) -> Answer:
        """Ask participants to try something before a later session. Name no pupil in the prompt."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        task = handlers.set_task(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(task, revision=task.revision, location=f"/enrolment/v1/tasks/{task.id}")

    @route("GET", GROUP_TASKS, allow=GROUP_STAFF, paged=True, answer=TaskSchema)
    def list_tasks(self, call: Call[None]) -> Page[ClassroomTask]:
        """List the tasks of a Work Group, the oldest first."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        return Page(*call.page.fetch(call.session, store.list_tasks(group.row.id), [ClassroomTask.id]))

    @route("GET", "/enrolment/v1/tasks/<uuid:task_id>", allow=GROUP_STAFF, answer=TaskSchema)
    def get_task(self, call: Call[None]) -> Answer:
        """Read a task."""
        task = _own_task(call)
        return Answer(task, revision=task.revision)

    @route("GET", REPORTS, allow=GROUP_STAFF, paged=True, answer=TaskReportSchema)
    def list_reports(self, call: Call[None]) -> Page[TaskReport]:
        """List the reports on a task; a participant without a report has not begun."""
        task = _own_task(call)
        return Page(*call.page.fetch(call.session, store.list_reports(task.id), [TaskReport.enrolment_id]))

    @route("GET", f"{REPORTS}/<uuid:enrolment_id>", allow=GROUP_STAFF, answer=TaskReportSchema)
    def get_report(self, call: Call[None]) -> Answer:
        """Read one participant's report."""
        task = _own_task(call)
        report = handlers.find_report(call.session, task.id, call.path["enrolment_id"])
        return Answer(report, revision=report.revision)

    @route(
        "PUT",
        f"{REPORTS}/<uuid:enrolment_id>",
        allow=GROUP_STAFF,
        body=ReportTaskSchema,
        answer=TaskReportSchema,
    )
    def report_task(self, call: Call[ReportTask]) -> Answer:
        """Report a participant's progress; only hub staff may set it back. Name no pupil in the note."""
        _own_task(call)
        reporter = handlers.Reporter(may_go_back=bool(call.actor.roles & HUB_STAFF), expected=call.expected)
        report = handlers.report_task(
            call.session, call.command, reporter, now=call.now, by=call.actor.subject
        )
        return Answer(report, revision=report.revision)


def _own_task(call: Call[C]) -> ClassroomTask:
    task = handlers.find_task(call.session, call.path["task_id"])
    check_own_group(call.actor, group_store.lead_ids(call.session, task.work_group_id))
    return task
