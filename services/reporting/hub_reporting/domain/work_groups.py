"""Facts about Work Groups that several reports read: announcements, sessions, places and marks.

Ids are text: they are only compared with each other, and thousands of UUIDs would be slow to build.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from hub_kernel.england import day_in_england


class Announcement(StrEnum):
    """An announcement about a Work Group."""

    CONFIRMED = "confirmed"
    BELOW_MINIMUM = "below_minimum"


class Ending(StrEnum):
    """How a Work Group ended."""

    CANCELLED = "cancelled"
    CLOSED = "closed"


class Group(NamedTuple):
    """One Work Group with its announcements and sessions by the day of the report."""

    work_group_id: str
    title: str
    ncp_code: str | None
    academic_year: str
    strand: str
    min_teachers: int
    max_teachers: int
    min_schools: int
    opens_at: datetime
    announced: str | None  # the last Announcement by the day
    overridden: bool
    ending: str | None  # an Ending by the day
    sessions: int  # scheduled
    held: int
    last_held_on: date | None

    def known_at(self, day: date) -> bool:
        """Whether the group had opened by a day, or had an announcement, a session or an ending by then."""
        return day_in_england(self.opens_at) <= day or bool(self.announced or self.ending or self.held)


class Attendance(NamedTuple):
    """Marks of one place in the registers of the academic years that the period touches."""

    enrolment_id: str
    urn: str
    marks: int
    present: int  # of them, present or late
    first_attended_on: date | None  # in the period itself
    times_attended: int  # in the period itself


class Place(NamedTuple):
    """One teacher's place on a Work Group."""

    enrolment_id: str
    work_group_id: str
    teacher_id: str
    urn: str
    enrolled_on: date
    withdrawn_on: date | None  # the first day on which the teacher no longer holds it
    completed: bool | None = None  # the hub's decision; None until it closes the group

    def held_at(self, day: date) -> bool:
        """Whether the teacher held the place on a day."""
        return self.enrolled_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)
