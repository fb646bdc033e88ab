"""Routes under /notifications/v1/templates."""

from typing import Any

from marshmallow import Schema, fields

from hub_notifications.access import HUB_STAFF
from hub_notifications.handlers import templates as handlers
from hub_platform.routes import Call, route


class TemplateSchema(Schema):
    """A kind of message."""

    name = fields.String()
    purpose = fields.String()
    given = fields.List(fields.String())


class TemplatesSchema(Schema):
    """Every kind of message."""

    items = fields.List(fields.Nested(TemplateSchema))


class PreviewSchema(Schema):
    """A message as it looks with made-up facts."""

    name = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()
    # Release 0 had it. A calendar entry is a message of its own since, `calendar_entry`.
    calendar = fields.String(
        allow_none=True,
        metadata={
            "description": "always null: a calendar entry is attached when a message is sent",
            "deprecated": True,
            "x-published-until": "2027-03-31",
        },
    )


class Templates:
    """The words of messages."""

    @route("GET", "/notifications/v1/templates", allow=HUB_STAFF, answer=TemplatesSchema)
    def list_templates(self, call: Call[Any]) -> dict[str, Any]:  # noqa: ARG002 - every route takes the call
        """List the kinds of message, when each is sent, and what it is given."""
        return {"items": handlers.list_templates()}

    @route("GET", "/notifications/v1/templates/<name>/preview", allow=HUB_STAFF, answer=PreviewSchema)
    def preview_template(self, call: Call[Any]) -> handlers.Preview:
        """Show a message with made-up facts; none is sent."""
        return handlers.preview(call.path["name"])
