"""What enrolment says of PD days and conferences, which are open to every teacher."""

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
    """Something about one PD day or conference."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "pd-days/{pd_day_id}"

    pd_day_id: UUID


class PDDayEventSchema(RecordSchema):
    """The PD day or conference."""

    pd_day_id = Id("The day")


@dataclass(frozen=True, kw_only=True)
class PDDayScheduled(PDDayEvent):
    """A PD day or conference was opened for registration.

    Published once for each, when the hub opens it. A day that is loaded afterwards may lie in the past.
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
    """PDDayScheduled."""

    makes = PDDayScheduled
    kind = OneOf(PDDayKind, "A day of professional development, or a conference")
    theme = Code("What it is about, as a code of the hub's own")
    title = Text("What it is called in the programme; absent when the theme says it", optional=True)
    on = Day("The day on which it takes place")
    starts_at = Instant("When it begins; absent while only the day is known", optional=True)
    venue = Text("Where it takes place; absent while that is not known, or online", optional=True)
    capacity = Whole("Places; absent when there is no limit", at_least=1, optional=True)
    closes_at = Instant("A registration at this instant is already late")


@dataclass(frozen=True, kw_only=True)
class PDDayRegistered(PDDayEvent):
    """A teacher registered for a PD day or conference.

    Published once for each teacher and day, when the place is given. A registration that a merger of two
    records, or an erasure, takes away is told by TeacherMerged and TeacherAnonymised.
    """

    teacher_id: UUID
    urn: str
    registered_on: date


class PDDayRegisteredSchema(PDDayEventSchema):
    """PDDayRegistered."""

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
    """PDDayCancelled."""

    makes = PDDayCancelled
    reason = OneOf(PDDayCancellationReason, "Why it was cancelled")
    teachers_n = Whole("How many teachers were registered")


@dataclass(frozen=True, kw_only=True)
class PDDayAttendance:
    """One teacher who came."""

    teacher_id: UUID
    urn: str


class PDDayAttendanceSchema(RecordSchema):
    """One teacher who came."""

    makes = PDDayAttendance
    teacher_id = Id("The teacher", pseudonym=True)
    urn = Urn("The school where the teacher taught on that day")


@dataclass(frozen=True, kw_only=True)
class PDDayHeld(PDDayEvent):
    """A PD day or conference was held.

    Published when its register is first taken, and again, with everybody who came, each time it is corrected
    before it is locked, or the school of one of them was wrong. A later one replaces the one before.
    """

    kind: PDDayKind
    theme: str
    held_on: date
    attendances: Sequence[PDDayAttendance]


class PDDayHeldSchema(PDDayEventSchema):
    """PDDayHeld."""

    makes = PDDayHeld
    kind = OneOf(PDDayKind, "A day of professional development, or a conference")
    theme = Code("What it was about, as a code of the hub's own")
    held_on = Day("The day on which it was held")
    attendances = Several(Record(PDDayAttendanceSchema, "A teacher who came"), "Who came, each once")
