"""Events about the sessions of Work Groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Day, Id, Instant, OneOf, Record, Several, Text, Urn, Whole
from hub_contracts.vocabulary import AttendanceMark, MeetingMode, SessionCancellationReason


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """Identity of the session that an event is about, and its Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "sessions/{session_id}"

    session_id: UUID
    work_group_id: UUID


class SessionEventSchema(RecordSchema):
    """Identity of the session and its Work Group."""

    session_id = Id("The session")
    work_group_id = Id("The Work Group that meets")


@dataclass(frozen=True, kw_only=True)
class SessionScheduled(SessionEvent):
    """A session of a Work Group was scheduled.

    Published when the session is created. Invitations to participants are made from it.
    """

    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: MeetingMode
    host_urn: str | None = None
    venue: str | None = None
    ics_sequence: int


class SessionTimesSchema(SessionEventSchema):
    """Time, mode and place of a session."""

    seq = Whole("1 for the group's first session", at_least=1, unit="number in order")
    starts_at = Instant("Start")
    ends_at = Instant("End")
    mode = OneOf(MeetingMode, "Mode of the meeting")
    host_urn = Urn("The school where it is held; always present when school_hosted", optional=True)
    venue = Text("Venue of the session or, in person, of its Work Group", optional=True)
    ics_sequence = Whole(
        "SEQUENCE of calendar invitations (RFC 5545): 0, plus 1 at each change and at cancellation",
        unit="number in order",
    )


class SessionScheduledSchema(SessionTimesSchema):
    """Read and write SessionScheduled."""

    makes = SessionScheduled


@dataclass(frozen=True, kw_only=True)
class SessionRescheduled(SessionScheduled):
    """The time, place, mode or joining link of a session changed.

    Published at each such change before the session is held, also where its Work Group's venue or joining
    link applies. Events never contain the joining link: enrolment answers requests for it. An invitation with
    the same UID replaces the earlier one.
    """


class SessionRescheduledSchema(SessionTimesSchema):
    """Read and write SessionRescheduled."""

    makes = SessionRescheduled


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionScheduled):
    """A session was cancelled; its times and place are the last that it had.

    Published once. Its calendar invitations are withdrawn.
    """

    reason: SessionCancellationReason


class SessionCancelledSchema(SessionTimesSchema):
    """Read and write SessionCancelled."""

    makes = SessionCancelled
    reason = OneOf(SessionCancellationReason, "The reason for the cancellation")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Mark of one participant in a register."""

    enrolment_id: UUID
    urn: str
    mark: AttendanceMark
    notice_hours: int | None = None


class MarkSchema(RecordSchema):
    """Mark of one participant in a register."""

    makes = Mark
    enrolment_id = Id("The participant's place", pseudonym=True)
    urn = Urn("The school of that place")
    mark = OneOf(
        AttendanceMark, "The mark; apologies were sent before the session ended, absent is without apologies"
    )
    notice_hours = Whole(
        "Of apologies: whole hours before the start; 0 after the start", optional=True, unit="hours"
    )


@dataclass(frozen=True, kw_only=True)
class SessionCompleted(SessionEvent):
    """A session was held and its register taken.

    Published when the register is first complete. Published again, with all current marks, each time it is
    corrected before it is locked, and when it gains the mark of a participant whose withdrawal was undone.
    """

    held_on: date
    marks: Sequence[Mark]
    present_n: int
    schools_present_n: int


class SessionCompletedSchema(SessionEventSchema):
    """Read and write SessionCompleted."""

    makes = SessionCompleted
    held_on = Day("The day on which it was held")
    marks = Several(Record(MarkSchema, "A mark"), "One mark for each participant with a place on that day")
    present_n = Whole("Participants who attended: present, late or left early")
    schools_present_n = Whole("Distinct schools of those participants")
