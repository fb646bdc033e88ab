"""Routes below /enrolment/v1/teachers."""

from typing import Final

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.teachers import (
    ChangeTeacher,
    ChangeTeacherSchema,
    MoveTeacher,
    MoveTeacherSchema,
    RegisterTeacher,
    RegisterTeacherSchema,
)
from hub_enrolment.domain.gias_establishments import URN
from hub_enrolment.domain.teachers import mask_trn
from hub_enrolment.handlers import moves
from hub_enrolment.handlers import teachers as handlers
from hub_enrolment.handlers.registrations import register_one
from hub_enrolment.handlers.schools import numbers_of
from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.queries import subject_access
from hub_enrolment.store import teachers as store
from hub_enrolment.store.teachers import Employed
from hub_platform.routes import Answer, Call, Page, route

URL = "/enrolment/v1/teachers"
CONFIRM: Final = (
    "No messages go to this person until their e-mail address is confirmed:"
    " PATCH the teacher with the new `email`, or with `keep_email: true` if the present one is right."
)


class TeacherSchema(Schema):
    """A teacher and their school. The teacher reference number shows its last three digits only."""

    teacher_id = fields.UUID(attribute="teacher.id")
    given = fields.String(attribute="teacher.given")
    family = fields.String(attribute="teacher.family")
    email = fields.String(attribute="teacher.email")
    address_confirmed = fields.Boolean(attribute="teacher.address_confirmed")
    trn = fields.Function(
        lambda employed: mask_trn(employed.teacher.trn), metadata={"type": ["string", "null"]}
    )
    trnless = fields.Boolean(attribute="teacher.trnless")
    phase = fields.String(attribute="teacher.phase", allow_none=True)
    phone = fields.String(attribute="teacher.phone", allow_none=True)
    contact_opt_out = fields.Boolean(attribute="teacher.contact_opt_out")
    previous_names = fields.List(fields.String(), attribute="teacher.previous_names")
    anonymised_on = fields.Date(attribute="teacher.anonymised_on", allow_none=True)
    urn = fields.String(attribute="membership.urn")
    role = fields.String(attribute="membership.role")
    since = fields.Date(attribute="membership.starts_on")


class SchoolMembershipSchema(Schema):
    """A teacher's membership of a school from a day on; `ends_on` is its last day, null while it lasts."""

    membership_id = fields.UUID(attribute="id")
    teacher_id = fields.UUID()
    urn = fields.String()
    role = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class MoveSchema(Schema):
    """A recorded move; `detail`: how to confirm the teacher's e-mail address, null if it is confirmed."""

    membership_id = fields.UUID(attribute="membership.id")
    teacher_id = fields.UUID(attribute="membership.teacher_id")
    urn = fields.String(attribute="membership.urn")
    role = fields.String(attribute="membership.role")
    starts_on = fields.Date(attribute="membership.starts_on")
    ends_on = fields.Date(attribute="membership.ends_on", allow_none=True)
    address_confirmed = fields.Boolean()
    detail = fields.Function(
        lambda moved: None if moved.address_confirmed else CONFIRM, metadata={"type": ["string", "null"]}
    )


class TeacherQuery(Schema):
    """Filters of teachers; `q` is words of a present or former name in any order, or part of an address.

    Case, accents, apostrophes, hyphens and spaces of names are ignored.
    """

    q = fields.String(load_default=None, validate=[validate.Length(1, 100), validate.ContainsNoneOf("\0")])
    urn = fields.String(load_default=None, validate=validate.Regexp(rf"{URN.pattern}\Z"))
    address_confirmed = fields.Boolean(load_default=None)


class Teachers:
    """Teachers. For hub staff only: this is personal data."""

    @route(
        "POST",
        "/enrolment/v1/teachers",
        allow=HUB_STAFF,
        body=RegisterTeacherSchema,
        answer=TeacherSchema,
        status=201,
    )
    def register_teacher(self, call: Call[RegisterTeacher]) -> Answer:
        """Register a teacher who works at a school of the register.

        409 `possible_duplicate` when the hub may know this person, with the records as `candidates`. If it is
        another person, send the request again with their ids in `different_from`.
        """
        employed = register_one(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(employed, location=f"/enrolment/v1/teachers/{employed.teacher.id}")

    @route(
        "GET",
        "/enrolment/v1/teachers/<uuid:teacher_id>",
        allow=HUB_STAFF,
        answer=TeacherSchema,
        personal=True,
    )
    def get_teacher(self, call: Call[None]) -> Answer:
        """Read a teacher; for a merged record the remaining one, as its `teacher_id` shows."""
        return _answer(handlers.find_teacher(call.session, call.path["teacher_id"]))

    @route("GET", URL, allow=HUB_STAFF, query=TeacherQuery, paged=True, answer=TeacherSchema, personal=True)
    def list_teachers(self, call: Call[None]) -> Page[Employed]:
        """List teachers by part of a name or of an e-mail address, and by school, the oldest first.

        A closed school and its successor are one school here, whichever `urn` is given.
        `address_confirmed=false` lists those whose e-mail address is unconfirmed since a move: messages wait.
        """
        asked = dict(call.query)
        asked["urns"] = numbers_of(call.session, asked.pop("urn"), now=call.now)
        rows, following = call.page.fetch(call.session, store.list_teachers(**asked), [Teacher.id])
        return Page(store.with_schools(call.session, rows), following)

    @route(
        "PATCH",
        f"{URL}/<uuid:teacher_id>",
        allow=HUB_STAFF,
        body=ChangeTeacherSchema,
        answer=TeacherSchema,
    )
    def change_teacher(self, call: Call[ChangeTeacher]) -> Answer:
        """Correct a teacher's details; only the fields sent change, and a replaced name is kept.

        `contact_opt_out` is about marketing only. A teacher's school is changed by a move. An `email`, or
        `keep_email: true`, confirms an address that is unconfirmed since a move.
        """
        return _answer(
            handlers.change_teacher(
                call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
            )
        )

    @route(
        "POST",
        f"{URL}/<uuid:teacher_id>/moves",
        allow=HUB_STAFF,
        body=MoveTeacherSchema,
        answer=MoveSchema,
        status=201,
    )
    def move_teacher(self, call: Call[MoveTeacher]) -> Answer:
        """Note that a teacher works at another school, today or since a day before.

        The school in `from_urn` is left on the day before; without it they join one more school. Places on
        work groups keep the school of the day on which they were given. Give the new `email`, or say
        `keep_email: true`; with neither, the address is unconfirmed and messages wait.
        """
        moved = moves.move_teacher(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(moved, location=f"{URL}/{moved.membership.teacher_id}/memberships")

    @route(
        "GET",
        f"{URL}/<uuid:teacher_id>/memberships",
        allow=HUB_STAFF,
        paged=True,
        answer=SchoolMembershipSchema,
    )
    def list_memberships(self, call: Call[None]) -> Page[SchoolMembership]:
        """List where a teacher works and has worked, the oldest first."""
        teacher_id = handlers.find_teacher(call.session, call.path["teacher_id"]).teacher.id
        keys = [SchoolMembership.starts_on, SchoolMembership.id]
        return Page(*call.page.fetch(call.session, store.list_memberships(teacher_id), keys))

    @route("GET", f"{URL}/<uuid:teacher_id>/subject-access", allow=HUB_STAFF, personal=True)
    def get_subject_access(self, call: Call[None]) -> dict[str, object]:
        """Read everything that enrolment holds of one person, under plain headings.

        The teacher reference number is shown whole. Who else typed something in is not told.
        """
        teacher_id = handlers.find_teacher(call.session, call.path["teacher_id"]).teacher.id
        return {
            "teacher_id": str(teacher_id),
            "as_at": call.now.isoformat(),
            "sections": [vars(one) for one in subject_access.report(call.session, teacher_id)],
        }


def _answer(employed: Employed, location: str | None = None) -> Answer:
    return Answer(employed, revision=employed.teacher.revision, location=location)
