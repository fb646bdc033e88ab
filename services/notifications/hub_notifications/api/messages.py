"""Routes under /notifications/v1/messages and /notifications/v1/summary."""

from typing import Final

from marshmallow import Schema, fields, validate

from hub_kernel.england import end_of_day, start_of_day
from hub_notifications.access import HUB_STAFF
from hub_notifications.commands import ResendMessage, ResendMessageSchema
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.messages import STATUSES
from hub_notifications.gateways import ContactsUnavailable, People
from hub_notifications.handlers import messages as handlers
from hub_notifications.models import Message
from hub_notifications.queries import messages as queries
from hub_notifications.store import messages as store
from hub_platform.problems import Problem
from hub_platform.routes import Answer, Call, Page, route
from hub_platform.schemas import DaysQuery

ID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class MessageQuery(DaysQuery):
    """The filters of a list of messages; `from` and `to` are the days on which they were created."""

    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    template = fields.String(load_default=None, validate=validate.OneOf([str(kind) for kind in Kind]))
    reason = fields.String(load_default=None, validate=validate.Regexp(r"[a-z_]{1,60}\Z"))
    recipient_ref = fields.UUID(load_default=None)
    concerns = fields.String(
        load_default=None, validate=validate.Regexp(rf"(work-groups|pd-days|visits|pd-leads)/{ID}\Z")
    )
    urn = fields.String(load_default=None, validate=validate.Regexp(r"[0-9]{6}\Z"))


class MessageSchema(Schema):
    """A message to one person, who is identified by id only."""

    message_id = fields.UUID(attribute="id")
    template = fields.String()
    recipient_ref = fields.String()
    dedupe_key = fields.String()
    concerns = fields.String()
    status = fields.String()
    attempts = fields.Integer()
    due_at = fields.AwareDateTime()
    next_attempt_at = fields.AwareDateTime()
    reason = fields.String(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    resend_of = fields.UUID(allow_none=True)
    created_at = fields.AwareDateTime()


class SummarySchema(Schema):
    """The number of messages in each status."""

    due = fields.Integer()
    sending = fields.Integer()
    sent = fields.Integer()
    failed = fields.Integer()
    suppressed = fields.Integer()


class Messages:
    """Messages that were sent or are to be sent."""

    contacts: People

    @route(
        "GET",
        "/notifications/v1/messages",
        allow=HUB_STAFF,
        query=MessageQuery,
        paged=True,
        answer=MessageSchema,
    )
    def list_messages(self, call: Call[None]) -> Page[Message]:
        """List messages, oldest first: of one person, for one school, or about one subject.

        `recipient_ref` is a teacher's id; messages to records that were merged with it are included. `urn`
        lists messages about the school's places, waiting lists, applications, PD days and visits. `concerns`
        is a subject, such as `work-groups/<id>`.
        """
        asked = call.query
        first, last = asked["first_day"], asked["last_day"]
        wanted = queries.MessageFilter(
            status=asked["status"],
            template=asked["template"],
            reason=asked["reason"],
            concerns=asked["concerns"],
            begins=None if first is None else start_of_day(first),
            ends=None if last is None else end_of_day(last),
            recipient_ref=asked["recipient_ref"],
            urn=asked["urn"],
        )
        try:
            found = queries.find_messages(call.session, call.page, self.contacts, wanted)
        except ContactsUnavailable as exc:
            detail = (
                "This list needs data of the enrolment service, which is not available. Try again shortly."
            )
            raise Problem(503, "enrolment_away", detail, headers={"Retry-After": "10"}) from exc
        return Page(*found)

    @route("GET", "/notifications/v1/messages/<uuid:message_id>", allow=HUB_STAFF, answer=MessageSchema)
    def get_message(self, call: Call[None]) -> Message:
        """Read one message."""
        return store.get_message(call.session, call.path["message_id"])

    @route(
        "POST",
        "/notifications/v1/messages/<uuid:message_id>/resend",
        allow=HUB_STAFF,
        body=ResendMessageSchema,
        answer=MessageSchema,
        status=201,
    )
    def resend_message(self, call: Call[ResendMessage]) -> Answer:
        """Send a copy of a message; the copy has an id of its own."""
        message = handlers.resend_message(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(message, location=f"/notifications/v1/messages/{message.id}")

    @route("GET", "/notifications/v1/summary", allow=HUB_STAFF, answer=SummarySchema)
    def summarise(self, call: Call[None]) -> dict[str, int]:
        """Count messages by status."""
        return queries.summary(call.session)
