"""Events about lesson studies: a lesson planned together, taught, observed and reviewed."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, Instant, OneOf, Urn, Whole
from hub_contracts.vocabulary import LessonStudyFocus


@dataclass(frozen=True, kw_only=True)
class LessonStudyPlanned(Event):
    """A lesson study was planned.

    Published once. Its half term follows from the calendar of the host school.
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
    """Read and write LessonStudyPlanned."""

    makes = LessonStudyPlanned
    cycle_id = Id("The lesson study")
    work_group_id = Id("The Work Group whose participants take part")
    host_urn = Urn("The school where the lesson is taught")
    lesson_at = Instant("When the lesson begins")
    focus = OneOf(LessonStudyFocus, "The subject of the lesson study")
    planners_n = Whole("Number of planners", at_least=1)
    observers_n = Whole("Number of observers")


@dataclass(frozen=True, kw_only=True)
class LessonStudyReviewed(LessonStudyPlanned):
    """A lesson study was reviewed, after the lesson was taught.

    Published once. The findings stay with enrolment.
    """


class LessonStudyReviewedSchema(LessonStudyPlannedSchema):
    """Read and write LessonStudyReviewed."""

    makes = LessonStudyReviewed
