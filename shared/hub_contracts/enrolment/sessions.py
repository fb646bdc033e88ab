"""What enrolment says of the sessions of Work Groups."""

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
    """Something about one session."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "sessions/{session_id}"

    session_id: UUID
    work_group_id: UUID


class SessionEventSchema(RecordSchema):
    """The session."""

    session_id = Id("The session")
    work_group_id = Id("The Work Group that meets")


@dataclass(frozen=True, kw_only=True)
class SessionScheduled(SessionEvent):
    """A session of a Work Group was given its time and place.

    Published when the session is put down; participants are invited from this.
    """

    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: MeetingMode
    host_urn: str | None = None
    venue: str | None = None
    ics_sequence: int


class SessionTimesSchema(SessionEventSchema):
    """The session with its time and place."""

    seq = Whole("1 for the group's first session", at_least=1, unit="number in order")
    starts_at = Instant("When it starts")
    ends_at = Instant("When it ends")
    mode = OneOf(MeetingMode, "How participants meet")
    host_urn = Urn("The school where it is held; always there when school_hosted", optional=True)
    venue = Text("Where it is held: its own venue, or in person its Work Group's", optional=True)
    ics_sequence = Whole(
        "SEQUENCE of calendar invitations (RFC 5545): 0, and one more each time it changes or is cancelled",
        unit="number in order",
    )


class SessionScheduledSchema(SessionTimesSchema):
    """SessionScheduled."""

    makes = SessionScheduled


@dataclass(frozen=True, kw_only=True)
class SessionRescheduled(SessionScheduled):
    """A session was given another time, place, way of meeting or joining link.

    Published at each such change before it is held, also where the venue or joining link is that of its Work
    Group. The link itself is in no event: enrolment is asked for it. Invitations are replaced by one with the
    same UID.
    """


class SessionRescheduledSchema(SessionTimesSchema):
    """SessionRescheduled."""

    makes = SessionRescheduled


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionScheduled):
    """A session will not take place; times and place are those that it last had.

    Published once; what was sent for the calendar is taken back.
    """

    reason: SessionCancellationReason


class SessionCancelledSchema(SessionTimesSchema):
    """SessionCancelled."""

    makes = SessionCancelled
    reason = OneOf(SessionCancellationReason, "Why")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How one participant attended."""

    enrolment_id: UUID
    urn: str
    mark: AttendanceMark
    notice_hours: int | None = None


class MarkSchema(RecordSchema):
    """How one participant attended."""

    makes = Mark
    enrolment_id = Id("The participant's place", pseudonym=True)
    urn = Urn("The school of that place")
    mark = OneOf(
        AttendanceMark, "What the register says; apologies were given before, absent is without a word"
    )
    notice_hours = Whole(
        "Of apologies: whole hours before the start; 0 when given later", optional=True, unit="hours"
    )


@dataclass(frozen=True, kw_only=True)
class SessionCompleted(SessionEvent):
    """A session was held and its register taken.

    Published when the register is first complete, and again, with all marks as they are then, each time it
    is corrected before it is locked, or gains the mark of a participant whose withdrawal was undone.
    """

    held_on: date
    marks: Sequence[Mark]
    present_n: int
    schools_present_n: int


class SessionCompletedSchema(SessionEventSchema):
    """SessionCompleted."""

    makes = SessionCompleted
    held_on = Day("The day on which it was held")
    marks = Several(Record(MarkSchema, "A mark"), "One mark for each participant with a place on that day")
    present_n = Whole("How many were in the room: present, late or left early")
    schools_present_n = Whole("Distinct schools of those")
