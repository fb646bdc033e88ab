"""The events that notifications publishes: what became of each message. Never its words or its address."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Id, Instant, Whole


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """Something about one message."""

    publisher: ClassVar[str] = "notifications"
    about: ClassVar[str] = "messages/{message_id}"

    message_id: UUID
    template: str
    recipient_ref: str
    dedupe_key: str
    concerns: str | None = None


class MessageEventSchema(RecordSchema):
    """The message."""

    message_id = Id("The message")
    template = Code("Which text it was, such as session_invitation")
    recipient_ref = Code("The recipient's teacher id", pseudonym=True)
    dedupe_key = Code("What makes it unique: the same thing is never said twice", pseudonym=True)
    concerns = Code(
        "What the message is about, as the subject of an event, such as work-groups/0197…",
        pseudonym=True,
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """A message was handed to the mail service.

    Published once for each message, after the mail service took it.
    """

    expires_at: datetime | None = None


class MessageSentSchema(MessageEventSchema):
    """MessageSent."""

    makes = MessageSent
    expires_at = Instant("Of an offer: the end that the e-mail names", optional=True)


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
