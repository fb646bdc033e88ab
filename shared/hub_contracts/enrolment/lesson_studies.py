"""What enrolment says of lesson studies: a lesson planned together, taught, watched and talked over."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, Instant, OneOf, Urn, Whole
from hub_contracts.vocabulary import LessonStudyFocus


@dataclass(frozen=True, kw_only=True)
class LessonStudyPlanned(Event):
    """A lesson study was put down.

    Published when it is planned. Which half term it lies in follows from the host school's calendar.
    """

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "lesson-studies/{cycle_id}"

    cycle_id: UUID
    work_group_id: UUID
    host_urn: str
    lesson_at: datetime
    focus: LessonStudyFocus
    planners_n: int
    observers_n: int


class LessonStudyPlannedSchema(RecordSchema):
    """LessonStudyPlanned."""

    makes = LessonStudyPlanned
    cycle_id = Id("The lesson study")
    work_group_id = Id("The Work Group whose participants take part")
    host_urn = Urn("The school where the lesson is taught")
    lesson_at = Instant("When the lesson begins")
    focus = OneOf(LessonStudyFocus, "What it looks at")
    planners_n = Whole("How many plan it together", at_least=1)
    observers_n = Whole("How many watch it")


@dataclass(frozen=True, kw_only=True)
class LessonStudyReviewed(LessonStudyPlanned):
    """A lesson study was talked over, after the lesson was taught.

    Published once; what was learnt stays with enrolment.
    """


class LessonStudyReviewedSchema(LessonStudyPlannedSchema):
    """LessonStudyReviewed."""

    makes = LessonStudyReviewed
