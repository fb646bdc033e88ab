"""Routes below /enrolment/v1/pd-days."""

from typing import TypeVar

from marshmallow import Schema, fields

from hub_contracts.vocabulary import PDDayKind
from hub_enrolment.access import HUB_STAFF, READERS
from hub_enrolment.api.warned import WarnedSchema, with_warnings
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.pd_days import (
    CancelPDDay,
    CancelPDDaySchema,
    HoldPDDay,
    HoldPDDaySchema,
    OpenPDDay,
    OpenPDDaySchema,
    RegisterForPDDay,
    RegisterForPDDaySchema,
)
from hub_enrolment.domain.pd_days import PDDayStatus
from hub_enrolment.handlers import pd_days as handlers
from hub_enrolment.models import PDDay, PDDayRegistration
from hub_enrolment.store import pd_days as store
from hub_platform.routes import Answer, Call, Page, route
from hub_platform.schemas import DaysQuery

C = TypeVar("C")  # the command of a call

URL = "/enrolment/v1/pd-days"
ONE = f"{URL}/<uuid:pd_day_id>"


class PDDaySchema(Schema):
    """A PD day or conference; its theme is a code, its title is what teachers read. Both are published."""

    pd_day_id = fields.UUID(attribute="id")
    kind = fields.String()
    theme = fields.String()
    title = fields.String(allow_none=True)
    on = fields.Date(attribute="day")
    starts_at = fields.AwareDateTime(allow_none=True)
    venue = fields.String(allow_none=True)
    capacity = fields.Integer(allow_none=True)
    registration_closes_at = fields.AwareDateTime(attribute="closes_at")
    status = fields.String()
    cancelled_reason = fields.String(allow_none=True)


class OpenedSchema(PDDaySchema):
    """A day that was opened, with warnings about its date."""

    warnings = fields.List(fields.Nested(WarnedSchema))


class RegistrationSchema(Schema):
    """A teacher's registration for a day."""

    pd_day_id = fields.UUID()
    teacher_id = fields.UUID()
    registered_at = fields.AwareDateTime()


class VisitorSchema(Schema):
    """A teacher who attended, with their school on that day."""

    teacher_id = fields.UUID()
    urn = fields.String()


class PDDayRegisterSchema(Schema):
    """The register of a PD day or conference."""

    pd_day_id = fields.UUID()
    status = fields.String()
    attendances = fields.List(fields.Nested(VisitorSchema))


class PDDayQuery(DaysQuery):
    """Filters of PD days; `from` and `to` are the first and last day on which they are held."""

    kind = OneOf(PDDayKind, load_default=None)
    status = OneOf(PDDayStatus, load_default=None)


class PDDays:
    """Days of professional development and conferences, open to every teacher."""

    @route("POST", URL, allow=HUB_STAFF, body=OpenPDDaySchema, answer=OpenedSchema, status=201)
    def open_pd_day(self, call: Call[OpenPDDay]) -> Answer:
        """Open a PD day or conference for registration, which by default closes when the day begins.

        `warnings` tells when schools are shut on the day, by the hub's calendar.
        """
        day = handlers.open_pd_day(call.session, call.command, now=call.now, by=call.actor.subject)
        value = with_warnings(call.session, day, PDDaySchema, host_urn=None)
        return Answer(value, revision=day.revision, location=f"{URL}/{day.id}")

    @route("GET", URL, allow=READERS, query=PDDayQuery, paged=True, answer=PDDaySchema)
    def list_pd_days(self, call: Call[None]) -> Page[PDDay]:
        """List PD days and conferences by day, kind and status, in the order in which they were recorded."""
        return Page(*call.page.fetch(call.session, store.list_pd_days(**call.query), [PDDay.id]))

    @route("GET", ONE, allow=READERS, answer=PDDaySchema)
    def get_pd_day(self, call: Call[None]) -> Answer:
        """Read a PD day; the ETag is what a register is sent back with."""
        day = handlers.find_pd_day(call.session, call.path["pd_day_id"])
        return Answer(day, revision=day.revision)

    @route(
        "POST",
        f"{ONE}/registrations",
        allow=HUB_STAFF,
        body=RegisterForPDDaySchema,
        answer=RegistrationSchema,
        status=201,
    )
    def register_for_pd_day(self, call: Call[RegisterForPDDay]) -> Answer:
        """Register a teacher for the day while places are left; a repeated request returns 200."""
        registration, new = handlers.register_for_pd_day(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return Answer(registration, status=None if new else 200)

    @route("GET", f"{ONE}/registrations", allow=HUB_STAFF, paged=True, answer=RegistrationSchema)
    def list_pd_day_registrations(self, call: Call[None]) -> Page[PDDayRegistration]:
        """List teachers registered for a PD day or conference."""
        day = handlers.find_pd_day(call.session, call.path["pd_day_id"])
        statement = store.list_registrations(day.id)
        return Page(*call.page.fetch(call.session, statement, [PDDayRegistration.teacher_id]))

    @route("GET", f"{ONE}/register", allow=HUB_STAFF, answer=PDDayRegisterSchema)
    def get_pd_day_register(self, call: Call[None]) -> Answer:
        """Read the register; it is empty until it has been taken."""
        return _register(call, handlers.find_pd_day(call.session, call.path["pd_day_id"]))

    @route("PUT", f"{ONE}/register", allow=HUB_STAFF, body=HoldPDDaySchema, answer=PDDayRegisterSchema)
    def hold_pd_day(self, call: Call[HoldPDDay]) -> Answer:
        """Record attendance, for seven days from the day itself; attendees need not have registered."""
        day = handlers.hold_pd_day(
            call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
        )
        return _register(call, day)

    @route("POST", f"{ONE}/cancellation", allow=HUB_STAFF, body=CancelPDDaySchema, answer=PDDaySchema)
    def cancel_pd_day(self, call: Call[CancelPDDay]) -> Answer:
        """Cancel a PD day or conference."""
        day = handlers.cancel_pd_day(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(day, revision=day.revision)


def _register(call: Call[C], day: PDDay) -> Answer:
    came = store.attendances(call.session, day.id)
    value = {
        "pd_day_id": day.id,
        "status": day.status,
        "attendances": [{"teacher_id": teacher_id, "urn": urn} for teacher_id, urn in came.items()],
    }
    return Answer(value, revision=day.revision)
