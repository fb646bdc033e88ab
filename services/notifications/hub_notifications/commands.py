"""The commands of notifications, each with its strict schema."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class ResendMessage:
    """Send a copy of a message."""

    message_id: UUID


class ResendMessageSchema(CommandSchema):
    """The request body of ResendMessage."""

    command = ResendMessage
    message_id = fields.UUID(required=True)
