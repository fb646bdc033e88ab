"""Events about PD days and conferences, which are open to every teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Day, Id, Instant, OneOf, Record, Several, Text, Urn, Whole
from hub_contracts.vocabulary import PDDayCancellationReason, PDDayKind


@dataclass(frozen=True, kw_only=True)
class PDDayEvent(Event):
    """Fields of every event about a PD day or conference."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "pd-days/{pd_day_id}"

    pd_day_id: UUID


class PDDayEventSchema(RecordSchema):
    """Identity of the PD day or conference."""

    pd_day_id = Id("The day")


@dataclass(frozen=True, kw_only=True)
class PDDayScheduled(PDDayEvent):
    """A PD day or conference was opened for registration.

    Published once for each, when the hub opens it. An imported day may lie in the past.
    """

    kind: PDDayKind
    theme: str
    title: str | None = None
    on: date
    starts_at: datetime | None = None
    venue: str | None = None
    capacity: int | None = None
    closes_at: datetime


class PDDayScheduledSchema(PDDayEventSchema):
    """Read and write PDDayScheduled."""

    makes = PDDayScheduled
    kind = OneOf(PDDayKind, "A day of professional development, or a conference")
    theme = Code("Theme, as a code that the hub chooses")
    title = Text("Title in the programme; absent where the theme is enough", optional=True)
    on = Day("The day on which it takes place")
    starts_at = Instant("When it begins; absent while only the day is known", optional=True)
    venue = Text("Venue; absent while it is not known, or online", optional=True)
    capacity = Whole("Places; absent when there is no limit", at_least=1, optional=True)
    closes_at = Instant("A registration at this instant is already late")


@dataclass(frozen=True, kw_only=True)
class PDDayRegistered(PDDayEvent):
    """A teacher registered for a PD day or conference.

    Published once for each teacher and day. TeacherMerged and TeacherAnonymised announce a registration that
    ends by a merger of two records or by an erasure.
    """

    teacher_id: UUID
    urn: str
    registered_on: date


class PDDayRegisteredSchema(PDDayEventSchema):
    """Read and write PDDayRegistered."""

    makes = PDDayRegistered
    teacher_id = Id("The teacher, in every event of the hub", pseudonym=True)
    urn = Urn("The school where the teacher works at the time")
    registered_on = Day("The day of the registration, in England")


@dataclass(frozen=True, kw_only=True)
class PDDayCancelled(PDDayEvent):
    """A PD day or conference will not take place.

    Published once, when the hub cancels it.
    """

    reason: PDDayCancellationReason
    teachers_n: int


class PDDayCancelledSchema(PDDayEventSchema):
    """Read and write PDDayCancelled."""

    makes = PDDayCancelled
    reason = OneOf(PDDayCancellationReason, "Why it was cancelled")
    teachers_n = Whole("Teachers who were registered")


@dataclass(frozen=True, kw_only=True)
class PDDayAttendance:
    """Attendance of one teacher."""

    teacher_id: UUID
    urn: str


class PDDayAttendanceSchema(RecordSchema):
    """Attendance of one teacher."""

    makes = PDDayAttendance
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The teacher's school on that day")


@dataclass(frozen=True, kw_only=True)
class PDDayHeld(PDDayEvent):
    """A PD day or conference was held.

    Published when its register is first taken. Published again, with all attendances, each time the register
    is corrected before it is locked, and when the school of a teacher was wrong. The latest event replaces
    earlier ones.
    """

    kind: PDDayKind
    theme: str
    held_on: date
    attendances: Sequence[PDDayAttendance]


class PDDayHeldSchema(PDDayEventSchema):
    """Read and write PDDayHeld."""

    makes = PDDayHeld
    kind = OneOf(PDDayKind, "A day of professional development, or a conference")
    theme = Code("Theme, as a code that the hub chooses")
    held_on = Day("The day on which it was held")
    attendances = Several(Record(PDDayAttendanceSchema, "An attendance"), "Teachers who attended, each once")
