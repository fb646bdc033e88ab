"""The events that notifications publishes: what became of each message. Never its words or its address."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Id, Whole


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """Something about one message."""

    publisher: ClassVar[str] = "notifications"
    about: ClassVar[str] = "messages/{message_id}"

    message_id: UUID
    template: str
    recipient_ref: str
    dedupe_key: str


class MessageEventSchema(RecordSchema):
    """The message."""

    message_id = Id("The message")
    template = Code("Which text it was, such as session_invitation")
    recipient_ref = Code("The recipient's teacher id", pseudonym=True)
    dedupe_key = Code("What makes it unique: the same thing is never said twice", pseudonym=True)


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """A message was handed to the mail service.

    Published once for each message, after the mail service took it.
    """


class MessageSentSchema(MessageEventSchema):
    """MessageSent."""

    makes = MessageSent


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageEvent):
    """A message could not be sent and will not be tried again by itself.

    Published after the last attempt.
    """

    reason: str
    attempts: int


class MessageFailedSchema(MessageEventSchema):
    """MessageFailed."""

    makes = MessageFailed
    reason = Code("Why, as a code, such as mailbox_unavailable")
    attempts = Whole("How often it was tried")
