"""Routes below /enrolment/v1/teachers."""

from typing import Any

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.teachers import RegisterTeacher, RegisterTeacherSchema
from hub_enrolment.domain.teachers import mask_trn
from hub_enrolment.handlers import teachers as handlers
from hub_enrolment.store.teachers import Employed
from hub_platform.routes import Answer, Call, route


class TeacherSchema(Schema):
    """A teacher and where they teach. Of the teacher reference number the last three digits are shown."""

    teacher_id = fields.UUID(attribute="teacher.id")
    given = fields.String(attribute="teacher.given")
    family = fields.String(attribute="teacher.family")
    email = fields.String(attribute="teacher.email")
    trn = fields.Function(lambda employed: mask_trn(employed.teacher.trn), metadata={"type": "string"})
    trnless = fields.Boolean(attribute="teacher.trnless")
    phase = fields.String(attribute="teacher.phase", allow_none=True)
    urn = fields.String(attribute="membership.urn")
    role = fields.String(attribute="membership.role")
    since = fields.Date(attribute="membership.starts_on")


class Teachers:
    """People who teach. For hub staff only: this is personal data."""

    @route(
        "POST",
        "/enrolment/v1/teachers",
        allow=HUB_STAFF,
        body=RegisterTeacherSchema,
        answer=TeacherSchema,
        status=201,
    )
    def register_teacher(self, call: Call[RegisterTeacher]) -> Answer:
        """Put down somebody who works at a school."""
        employed = handlers.register_teacher(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(employed, location=f"/enrolment/v1/teachers/{employed.teacher.id}")

    @route("GET", "/enrolment/v1/teachers/<uuid:teacher_id>", allow=HUB_STAFF, answer=TeacherSchema)
    def get_teacher(self, call: Call[Any]) -> Answer:
        """Read a teacher."""
        return _answer(handlers.find_teacher(call.session, call.path["teacher_id"]))


def _answer(employed: Employed, location: str | None = None) -> Answer:
    return Answer(employed, revision=employed.teacher.revision, location=location)
