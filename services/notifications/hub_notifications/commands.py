"""What notifications can be asked to do: commands in the imperative, each with its strict schema."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class ResendMessage:
    """Send a message once more."""

    message_id: UUID


class ResendMessageSchema(CommandSchema):
    """Reads ResendMessage."""

    command = ResendMessage
    message_id = fields.UUID(required=True)
