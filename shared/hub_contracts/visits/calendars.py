"""Event about calendars: the half terms of an academic year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import AcademicYear, Code, Day, Record, Several, Whole


@dataclass(frozen=True, kw_only=True)
class CalendarHalfTerm:
    """Days of one half term, first and last included."""

    n: int
    starts_on: date
    ends_on: date
    non_school_days: Sequence[date]


class CalendarHalfTermSchema(RecordSchema):
    """Read and write one half term."""

    makes = CalendarHalfTerm
    n = Whole(
        "Its number in the academic year, 1 to 6: autumn 1, autumn 2, spring 1 …",
        at_least=1,
        unit="number in order",
    )
    starts_on = Day("Its first day")
    ends_on = Day("Its last day")
    non_school_days = Several(Day("A day"), "Days in it without pupils: training days and bank holidays")


@dataclass(frozen=True, kw_only=True)
class CalendarSet(Event):
    """A calendar has the half terms of the schools in a scope for an academic year.

    Published when a calendar is set, and again, with all its half terms, when it is replaced. The most
    specific calendar counts for a school: its own, its trust's, its authority's, the hub's. Days outside the
    half terms are school holidays. After the last half term of a calendar with fewer than six, days are
    undefined.
    """

    publisher: ClassVar[str] = "visits"
    about: ClassVar[str] = "calendars/{scope}/{academic_year}"

    scope: str
    academic_year: str
    half_terms: Sequence[CalendarHalfTerm]


class CalendarSetSchema(RecordSchema):
    """Read and write CalendarSet."""

    makes = CalendarSet
    scope = Code(
        "The schools that it covers: hub, or such as la:873, trust:17422 (UID of GIAS), school:110623"
    )
    academic_year = AcademicYear("The academic year")
    half_terms = Several(Record(CalendarHalfTermSchema, "A half term"), "From autumn 1 on, at least one")
