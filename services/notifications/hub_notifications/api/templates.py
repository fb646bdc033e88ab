"""Routes under /notifications/v1/templates."""

from marshmallow import Schema, fields

from hub_notifications.access import HUB_STAFF
from hub_notifications.queries import templates as queries
from hub_platform.routes import Call, route


class TemplateSchema(Schema):
    """A kind of message."""

    name = fields.String()
    purpose = fields.String()
    given = fields.List(fields.String())


class TemplatesSchema(Schema):
    """All kinds of message."""

    items = fields.List(fields.Nested(TemplateSchema))


class PreviewSchema(Schema):
    """A message rendered with invented data."""

    name = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()
    # A field of release 0. Calendar entries are separate messages now, `calendar_entry`.
    calendar = fields.String(
        allow_none=True,
        metadata={
            "description": "always null: a calendar entry is attached when a message is sent",
            "deprecated": True,
            "x-published-until": "2027-03-31",
        },
    )


class Templates:
    """The texts of messages."""

    @route("GET", "/notifications/v1/templates", allow=HUB_STAFF, answer=TemplatesSchema)
    def list_templates(self, call: Call[None]) -> dict[str, list[queries.TemplateView]]:  # noqa: ARG002 - every route takes the call
        """List the kinds of message, when each is sent, and the names that its template may use."""
        return {"items": queries.list_templates()}

    @route("GET", "/notifications/v1/templates/<name>/preview", allow=HUB_STAFF, answer=PreviewSchema)
    def preview_template(self, call: Call[None]) -> queries.Preview:
        """Render a message with invented data, without sending it."""
        return queries.preview(call.path["name"])
