"""Events about the delivery of messages, without their text or address."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Id, Instant, Whole


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """Fields of every event about a message: template, recipient and subject."""

    publisher: ClassVar[str] = "notifications"
    about: ClassVar[str] = "messages/{message_id}"

    message_id: UUID
    template: str
    recipient_ref: str
    dedupe_key: str
    concerns: str | None = None


class MessageEventSchema(RecordSchema):
    """Fields of every event about a message."""

    message_id = Id("The message")
    template = Code("Template of the message, such as session_invitation")
    recipient_ref = Code("The recipient's teacher id", pseudonym=True)
    dedupe_key = Code("Key that no other message has, so that a message is sent once", pseudonym=True)
    concerns = Code(
        "Subject of the message, as the subject of an event, such as work-groups/0197…",
        pseudonym=True,
        optional=True,
    )


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """The mail server accepted a message.

    Published once for each message.
    """

    expires_at: datetime | None = None


class MessageSentSchema(MessageEventSchema):
    """Read and write MessageSent."""

    makes = MessageSent
    expires_at = Instant("Of an offer: the end that the e-mail states", optional=True)


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageEvent):
    """A message finally failed.

    Published after the last attempt.
    """

    reason: str
    attempts: int


class MessageFailedSchema(MessageEventSchema):
    """Read and write MessageFailed."""

    makes = MessageFailed
    reason = Code("The reason, as a code such as mailbox_unavailable")
    attempts = Whole("Number of attempts")
