"""What enrolment says of PD days and conferences, which are open to every teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Code, Day, Id, OneOf, Record, Several, Urn

PD_DAY_KINDS: Final = ("pd_day", "conference")


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
class PDDayHeld(Event):
    """A PD day or conference was held.

    Published when its register is first taken, and again, with everybody who came, each time it is corrected
    before it is locked. A later one replaces the one before.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "pd-days/{pd_day_id}"

    pd_day_id: UUID
    kind: str
    theme: str
    held_on: date
    attendances: Sequence[PDDayAttendance]


class PDDayHeldSchema(RecordSchema):
    """PDDayHeld."""

    makes = PDDayHeld
    pd_day_id = Id("The day")
    kind = OneOf(PD_DAY_KINDS, "A day of professional development, or a conference")
    theme = Code("What it was about, as a code of the hub's own")
    held_on = Day("The day on which it was held")
    attendances = Several(Record(PDDayAttendanceSchema, "A teacher who came"), "Who came, each once")
