"""Routes below /enrolment/v1/programmes."""

from marshmallow import Schema, fields, validate

from hub_contracts.vocabulary import Strand
from hub_enrolment.access import GROUP_STAFF, HUB_STAFF
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.programmes import (
    ChangeProgramme,
    ChangeProgrammeSchema,
    OpenProgramme,
    OpenProgrammeSchema,
)
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain.programmes import ACADEMIC_YEAR
from hub_enrolment.handlers import programme_changes as changes
from hub_enrolment.handlers import programmes as handlers
from hub_enrolment.models import Programme, ProgrammeChange
from hub_enrolment.store import programmes as store
from hub_platform.routes import Answer, Call, Page, route


class ProgrammeSchema(Schema):
    """A programme with the limits on its Work Groups and its requirements for schools and participants."""

    programme_id = fields.UUID(attribute="id")
    title = fields.String()
    academic_year = fields.String()
    ncp_code = fields.String(allow_none=True)
    strand = fields.String()
    phases = fields.List(fields.String())
    min_schools = fields.Integer()
    min_teachers = fields.Integer()
    max_teachers = fields.Integer()
    max_per_school = fields.Integer(allow_none=True)
    prerequisite_strand = fields.String(allow_none=True)
    required_roles = fields.List(fields.String())
    min_attendance_percent = fields.Integer()
    tasks_required = fields.Boolean()


class FactChangeSchema(Schema):
    """One changed value of a programme: before and after."""

    name = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ProgrammeChangeSchema(Schema):
    """One correction of a programme: its time, author and changed values."""

    revision = fields.Integer()
    changed_at = fields.AwareDateTime()
    changed_by = fields.String()
    changes = fields.List(fields.Nested(FactChangeSchema))


class ProgrammeQuery(Schema):
    """Filters of programmes; `q` is a part of the title."""

    academic_year = fields.String(load_default=None, validate=validate.Regexp(rf"{ACADEMIC_YEAR}\Z"))
    strand = OneOf(Strand, load_default=None)
    q = Text(load_default=None, longest=100)


class Programmes:
    """Programmes of Work Groups."""

    @route(
        "POST",
        "/enrolment/v1/programmes",
        allow=HUB_STAFF,
        body=OpenProgrammeSchema,
        answer=ProgrammeSchema,
        status=201,
    )
    def open_programme(self, call: Call[OpenProgramme]) -> Answer:
        """Create a programme of one academic year."""
        programme = handlers.open_programme(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(programme, location=f"/enrolment/v1/programmes/{programme.id}")

    @route(
        "GET",
        "/enrolment/v1/programmes",
        allow=GROUP_STAFF,
        query=ProgrammeQuery,
        paged=True,
        answer=ProgrammeSchema,
    )
    def list_programmes(self, call: Call[None]) -> Page[Programme]:
        """List programmes by academic year, strand and part of the title, the oldest first."""
        statement = store.list_programmes(**call.query)
        return Page(*call.page.fetch(call.session, statement, [Programme.id]))

    @route("GET", "/enrolment/v1/programmes/<uuid:programme_id>", allow=GROUP_STAFF, answer=ProgrammeSchema)
    def get_programme(self, call: Call[None]) -> Answer:
        """Read a programme."""
        return _answer(handlers.find_programme(call.session, call.path["programme_id"]))

    @route(
        "PATCH",
        "/enrolment/v1/programmes/<uuid:programme_id>",
        allow=HUB_STAFF,
        body=ChangeProgrammeSchema,
        answer=ProgrammeSchema,
    )
    def change_programme(self, call: Call[ChangeProgramme]) -> Answer:
        """Correct a programme; only what is sent changes.

        Refused when a confirmed Work Group would not conform to a limit or rule any more that it conforms to
        now. Year and strand stay once Work Groups follow the programme, and the rule of completion once one
        of them has closed.
        """
        return _answer(
            changes.change_programme(
                call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
            )
        )

    @route(
        "GET",
        "/enrolment/v1/programmes/<uuid:programme_id>/changes",
        allow=HUB_STAFF,
        paged=True,
        answer=ProgrammeChangeSchema,
    )
    def list_programme_changes(self, call: Call[None]) -> Page[ProgrammeChange]:
        """List the corrections of a programme, the oldest first."""
        programme = handlers.find_programme(call.session, call.path["programme_id"])
        statement = store.list_changes(programme.id)
        return Page(*call.page.fetch(call.session, statement, [ProgrammeChange.revision]))


def _answer(programme: Programme, location: str | None = None) -> Answer:
    return Answer(programme, revision=programme.revision, location=location)
