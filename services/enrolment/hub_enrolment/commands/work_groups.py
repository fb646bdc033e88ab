"""Commands about Work Groups."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.vocabulary import MeetingMode, WorkGroupCancellationReason
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import JoiningLink, Text
from hub_enrolment.domain.programmes import LARGEST_GROUP
from hub_enrolment.domain.venues import LONGEST_VENUE
from hub_platform.json_values import JsonObject, Values
from hub_platform.schemas import CommandSchema, Flag, Instant


@dataclass(frozen=True, kw_only=True)
class OpenWorkGroup:
    """Create a group, open for recruitment or as a draft."""

    programme_id: UUID
    title: str
    lead_ids: list[UUID]
    opens_at: datetime
    closes_at: datetime
    capacity: int | None  # None: the programme's maximum of teachers
    mode: str | None
    venue: str | None
    joining_link: str | None = None
    draft: bool = False


class OpenWorkGroupSchema(CommandSchema):
    """Reads `OpenWorkGroup` from the path and body of a request."""

    command = OpenWorkGroup
    programme_id = fields.UUID(required=True)
    title = Text(required=True)
    lead_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 2))
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    capacity = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )
    mode = OneOf(MeetingMode, load_default=None, allow_none=True)
    venue = Text(load_default=None, allow_none=True, longest=LONGEST_VENUE)
    joining_link = JoiningLink(load_default=None)
    draft = Flag(load_default=False)


@dataclass(frozen=True, kw_only=True)
class OpenDraft:
    """Open a draft for recruitment."""

    work_group_id: UUID


class OpenDraftSchema(CommandSchema):
    """Reads `OpenDraft` from the path and body of a request."""

    command = OpenDraft
    work_group_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class ChangeWorkGroup:
    """Change the terms of a group; terms that are not named stay."""

    work_group_id: UUID
    changes: Values  # column or `lead_ids` → new value; typed by the schema's fields
    override_reason: str | None = None  # why a hub lead allows more teachers than the programme does


class ChangeWorkGroupSchema(CommandSchema):
    """Reads `ChangeWorkGroup` from the path and body of a request."""

    command = ChangeWorkGroup
    work_group_id = fields.UUID(required=True)
    title = Text()
    lead_ids = fields.List(fields.UUID(), validate=validate.Length(1, 2))
    closes_at = Instant()
    capacity = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_GROUP))
    mode = OneOf(MeetingMode, allow_none=True)
    venue = Text(allow_none=True, longest=LONGEST_VENUE)
    joining_link = JoiningLink()
    override_reason = Text(load_default=None, allow_none=True, longest=1000)

    @post_load
    def make(self, data: JsonObject, **_: object) -> ChangeWorkGroup:
        """Build the command: the id and the override apart from the terms."""
        named = {name: data.pop(name) for name in ("work_group_id", "override_reason")}
        return ChangeWorkGroup(**named, changes=data)


@dataclass(frozen=True, kw_only=True)
class ConfirmWorkGroup:
    """Confirm that a group takes place."""

    work_group_id: UUID
    override_reason: str | None


class ConfirmWorkGroupSchema(CommandSchema):
    """Reads `ConfirmWorkGroup` from the path and body of a request."""

    command = ConfirmWorkGroup
    work_group_id = fields.UUID(required=True)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)


@dataclass(frozen=True, kw_only=True)
class CancelWorkGroup:
    """Cancel a group that has not met, with its places and sessions."""

    work_group_id: UUID
    reason: str


class CancelWorkGroupSchema(CommandSchema):
    """Reads `CancelWorkGroup` from the path and body of a request."""

    command = CancelWorkGroup
    work_group_id = fields.UUID(required=True)
    reason = OneOf(WorkGroupCancellationReason, required=True)


@dataclass(frozen=True, kw_only=True)
class CloseWorkGroup:
    """Close a group that has been evaluated."""

    work_group_id: UUID
    evaluation_submitted_on: date


class CloseWorkGroupSchema(CommandSchema):
    """Reads `CloseWorkGroup` from the path and body of a request."""

    command = CloseWorkGroup
    work_group_id = fields.UUID(required=True)
    evaluation_submitted_on = fields.Date(required=True)
