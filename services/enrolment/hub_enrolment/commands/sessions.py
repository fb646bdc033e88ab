"""Commands about sessions and their registers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from marshmallow import RAISE, Schema, fields, post_load, validate

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import AttendanceMark, MeetingMode, SessionCancellationReason
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import JoiningLink, Text
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.domain.venues import LONGEST_VENUE
from hub_platform.json_values import JsonObject
from hub_platform.schemas import CommandSchema, Instant


@dataclass(frozen=True, kw_only=True)
class ScheduleSession:
    """Add one session to a group's diary."""

    work_group_id: UUID
    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None
    venue: str | None = None  # None: the group's, see `venues.location`
    joining_link: str | None = None


class ScheduleSessionSchema(CommandSchema):
    """Reads `ScheduleSession` from the path and body of a request."""

    command = ScheduleSession
    work_group_id = fields.UUID(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    mode = OneOf(MeetingMode, required=True)
    host_urn = Urn("The school that hosts the session.", optional=True)
    venue = Text(load_default=None, allow_none=True, longest=LONGEST_VENUE)
    joining_link = JoiningLink(load_default=None)


@dataclass(frozen=True, kw_only=True)
class TakeRegister:
    """Take the register of a session."""

    session_id: UUID
    held_on: date | None  # None: the day for which it was scheduled
    marks: list[Mark]


class MarkSchema(Schema):
    """Reads one mark of a register."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE

    enrolment_id = fields.UUID(required=True)
    mark = OneOf(AttendanceMark, required=True)
    notified_at = Instant(load_default=None, allow_none=True)

    @post_load
    def make(self, data: JsonObject, **_: object) -> Mark:
        """Build the mark."""
        return Mark(**data)


class TakeRegisterSchema(CommandSchema):
    """Reads `TakeRegister` from the path and body of a request."""

    command = TakeRegister
    session_id = fields.UUID(required=True)
    held_on = fields.Date(load_default=None, allow_none=True)
    marks = fields.List(fields.Nested(MarkSchema), required=True, validate=validate.Length(1, 500))


@dataclass(frozen=True, kw_only=True)
class RescheduleSession:
    """Reschedule a session; facts that are not given stay, see `sessions.moved`."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    mode: str | None
    host_urn: str | None
    location: Mapping[str, str | None] = field(default_factory=dict)  # `venue`, `joining_link`: those given


class RescheduleSessionSchema(CommandSchema):
    """Reads `RescheduleSession`; null for a venue or joining link removes it, so that the group's applies."""

    command = RescheduleSession
    session_id = fields.UUID(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    mode = OneOf(MeetingMode, load_default=None)
    host_urn = Urn("The school that hosts the session.", optional=True)
    venue = Text(allow_none=True, longest=LONGEST_VENUE)
    joining_link = JoiningLink()

    @post_load
    def make(self, data: JsonObject, **_: object) -> RescheduleSession:
        """Build the command: the given parts of the location apart."""
        given: dict[str, str | None] = {
            name: data.pop(name) for name in ("venue", "joining_link") if name in data
        }
        return RescheduleSession(**data, location=given)


@dataclass(frozen=True, kw_only=True)
class CancelSession:
    """Cancel a session before its register is taken."""

    session_id: UUID
    reason: str


class CancelSessionSchema(CommandSchema):
    """Reads `CancelSession` from the path and body of a request."""

    command = CancelSession
    session_id = fields.UUID(required=True)
    reason = OneOf(SessionCancellationReason, required=True)
