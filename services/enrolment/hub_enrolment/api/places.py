"""The route /enrolment/v1/teachers/…/places: all that one teacher takes part in."""

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.handlers import teachers as handlers
from hub_enrolment.queries import places as queries
from hub_platform.routes import Call, route


class OnGroupSchema(Schema):
    """A Work Group and its programme, as a teacher's places name them."""

    work_group_id = fields.UUID(attribute="group.id")
    title = fields.String(attribute="group.title")
    work_group_status = fields.String(attribute="group.status")
    programme_id = fields.UUID(attribute="programme.id")
    programme = fields.String(attribute="programme.title")
    strand = fields.String(attribute="programme.strand")
    academic_year = fields.String(attribute="programme.academic_year")
    urn = fields.String(attribute="row.urn")
    status = fields.String(attribute="row.status")


class HeldPlaceSchema(OnGroupSchema):
    """A place, active or withdrawn; `completed` is null until the Work Group has closed."""

    enrolment_id = fields.UUID(attribute="row.id")
    role = fields.String(attribute="row.role")
    enrolled_at = fields.AwareDateTime(attribute="row.enrolled_at")
    withdrawn_at = fields.AwareDateTime(attribute="row.withdrawn_at", allow_none=True)
    withdrawn_reason = fields.String(attribute="row.withdrawn_reason", allow_none=True)
    transferred_from = fields.UUID(attribute="row.transferred_from", allow_none=True)
    completed = fields.Boolean(allow_none=True)


class WaitingSchema(OnGroupSchema):
    """An entry on a waiting list; `position` is null for a teacher who is not waiting now."""

    waiting_id = fields.UUID(attribute="row.id")
    role = fields.String(attribute="row.role")
    position = fields.Integer(allow_none=True)
    joined_at = fields.AwareDateTime(attribute="row.created_at")
    offered_at = fields.AwareDateTime(attribute="row.offered_at", allow_none=True)
    expires_at = fields.AwareDateTime(attribute="row.expires_at", allow_none=True)


class AskedForSchema(OnGroupSchema):
    """A school's open application that names the teacher."""

    application_id = fields.UUID(attribute="row.id")
    role = fields.String()
    submitted_at = fields.AwareDateTime(attribute="row.submitted_at", allow_none=True)


class OnDaySchema(Schema):
    """A PD day; `registered_at` is null for a teacher who attended without registering.

    `attended` is null until the day's register has been taken.
    """

    pd_day_id = fields.UUID(attribute="day.id")
    kind = fields.String(attribute="day.kind")
    theme = fields.String(attribute="day.theme")
    title = fields.String(attribute="day.title", allow_none=True)
    on = fields.Date(attribute="day.day")
    starts_at = fields.AwareDateTime(attribute="day.starts_at", allow_none=True)
    venue = fields.String(attribute="day.venue", allow_none=True)
    status = fields.String(attribute="day.status")
    registered_at = fields.AwareDateTime(allow_none=True)
    attended = fields.Boolean(allow_none=True)
    urn = fields.String(allow_none=True)


class TakesPartSchema(Schema):
    """A teacher's places; after a merger `teacher_id` is the remaining record."""

    teacher_id = fields.UUID()
    places = fields.List(fields.Nested(HeldPlaceSchema))
    waiting_list = fields.List(fields.Nested(WaitingSchema))
    applications = fields.List(fields.Nested(AskedForSchema))
    pd_days = fields.List(fields.Nested(OnDaySchema))


class Places:
    """A teacher's places. For hub staff only: this is personal data."""

    @route(
        "GET",
        "/enrolment/v1/teachers/<uuid:teacher_id>/places",
        allow=HUB_STAFF,
        answer=TakesPartSchema,
    )
    def get_places(self, call: Call[None]) -> queries.TeacherPlaces:
        """Read a teacher's places, waiting lists, open applications and PD days, the latest first.

        Of a record that was merged, those of the one that is left.
        """
        teacher_id = handlers.find_teacher(call.session, call.path["teacher_id"]).teacher.id
        return queries.places_of_teacher(call.session, teacher_id)
