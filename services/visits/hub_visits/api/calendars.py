"""Routes under /visits/v1/calendars."""

from marshmallow import Schema, fields

from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import day_in_england
from hub_platform.routes import Answer, Call, route
from hub_visits.access import HUB_STAFF, VISITORS
from hub_visits.commands import SetCalendar, SetCalendarSchema
from hub_visits.handlers import calendars as handlers
from hub_visits.models import Calendar
from hub_visits.store import calendars as store


class CalendarQuery(Schema):
    """The academic year of the calendar."""

    academic_year = fields.String(load_default=None)  # today's unless given


class HalfTermSchema(Schema):
    """One half term of a calendar."""

    n = fields.Integer()
    starts_on = fields.Date()
    ends_on = fields.Date()
    non_school_days = fields.List(fields.Date())


class CalendarSchema(Schema):
    """One scope's half terms of one academic year."""

    scope = fields.String()
    academic_year = fields.String()
    half_terms = fields.List(fields.Nested(HalfTermSchema))


class Calendars:
    """School calendars for the hub, an authority, a trust or a school; the most specific one applies."""

    @route(
        "PUT",
        "/visits/v1/calendars/<scope>",
        allow=HUB_STAFF,
        body=SetCalendarSchema,
        answer=CalendarSchema,
    )
    def set_calendar(self, call: Call[SetCalendar]) -> Answer:
        """Set the half terms of a scope for one academic year.

        The obligations and visits of the schools in the scope are recalculated. `scope` is hub, la:<code>,
        trust:<uid> or school:<urn>.
        """
        calendar = handlers.set_calendar(
            call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
        )
        return _answer(calendar, status=201 if calendar.revision == 1 else 200)

    @route(
        "GET",
        "/visits/v1/calendars/<scope>",
        allow=VISITORS,
        query=CalendarQuery,
        answer=CalendarSchema,
    )
    def get_calendar(self, call: Call[None]) -> Answer:
        """Read the calendar of a scope, by default for today's academic year."""
        year = call.query["academic_year"] or academic_year_of(day_in_england(call.now))
        return _answer(store.get_calendar(call.session, call.path["scope"], year))


def _answer(calendar: Calendar, status: int = 200) -> Answer:
    location = f"/visits/v1/calendars/{calendar.scope}?academic_year={calendar.academic_year}"
    return Answer(calendar, revision=calendar.revision, location=location, status=status)
