"""Answers about sessions and their registers."""

from marshmallow import Schema, fields

from hub_enrolment.api.warned import WarnedSchema


class SessionSchema(Schema):
    """A session of a Work Group; `ics_sequence` counts the changes of its calendar invitation.

    `venue` and `joining_link` are its own; without them its group's apply.
    """

    session_id = fields.UUID(attribute="id")
    work_group_id = fields.UUID()
    seq = fields.Integer()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    mode = fields.String()
    host_urn = fields.String(allow_none=True)
    venue = fields.String(allow_none=True)
    joining_link = fields.String(allow_none=True)
    status = fields.String()
    ics_sequence = fields.Integer()
    held_on = fields.Date(allow_none=True)
    cancelled_reason = fields.String(allow_none=True)


class PlannedSchema(Schema):
    """One session of a series; a preview has no id and no number."""

    session_id = fields.UUID(allow_none=True)
    seq = fields.Integer(allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class ScheduledSchema(SessionSchema):
    """A session that was scheduled or moved, with warnings about its day."""

    warnings = fields.List(fields.Nested(WarnedSchema))


class SeriesSchema(Schema):
    """The sessions of a pattern, with warnings about their days."""

    dry_run = fields.Boolean()
    sessions = fields.List(fields.Nested(PlannedSchema))
    warnings = fields.List(fields.Nested(WarnedSchema))


class ApologiesSchema(Schema):
    """A participant's apologies: they are expected to be absent."""

    enrolment_id = fields.UUID()
    received_at = fields.AwareDateTime()


class AttendanceSchema(Schema):
    """One participant's mark in a register."""

    enrolment_id = fields.UUID()
    mark = fields.String()
    notified_at = fields.AwareDateTime(allow_none=True)


class RegisterSchema(Schema):
    """A session with its register, empty until it has been taken."""

    session_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    seq = fields.Integer(attribute="row.seq")
    starts_at = fields.AwareDateTime(attribute="row.starts_at")
    ends_at = fields.AwareDateTime(attribute="row.ends_at")
    mode = fields.String(attribute="row.mode")
    host_urn = fields.String(attribute="row.host_urn", allow_none=True)
    venue = fields.String(attribute="row.venue", allow_none=True)
    joining_link = fields.String(attribute="row.joining_link", allow_none=True)
    status = fields.String(attribute="row.status")
    ics_sequence = fields.Integer(attribute="row.ics_sequence")
    held_on = fields.Date(attribute="row.held_on", allow_none=True)
    cancelled_reason = fields.String(attribute="row.cancelled_reason", allow_none=True)
    apologies = fields.List(fields.Nested(ApologiesSchema))
    marks = fields.List(fields.Nested(AttendanceSchema))
