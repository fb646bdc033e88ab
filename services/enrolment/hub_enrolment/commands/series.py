"""The command to schedule a series of sessions."""

from dataclasses import dataclass
from datetime import date, time
from typing import Final
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import MeetingMode
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import JoiningLink, Text
from hub_enrolment.domain import series
from hub_enrolment.domain.series import Monthly, Weekly
from hub_enrolment.domain.venues import LONGEST_VENUE
from hub_platform.json_values import JsonObject
from hub_platform.schemas import CommandSchema, Flag

# A hub plans a year or two ahead; this catches mistyped years.
DAYS: Final = validate.Range(date(2000, 1, 1), date(2199, 12, 31))

# OpenAPI's own `time` has seconds and an offset.
CLOCK: Final = {"format": "HH:MM", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, kw_only=True)
class ScheduleSeries:
    """Schedule the sessions of a pattern, all or none."""

    work_group_id: UUID
    pattern: Weekly | Monthly
    first_on: date
    count: int | None
    until: date | None
    starts: time  # in England
    ends: time
    mode: str
    host_urn: str | None
    skip: list[date]
    dry_run: bool
    venue: str | None = None  # of each session; None: the group's
    joining_link: str | None = None


class PatternSchema(Schema):
    """Reads a pattern: `weekly` with `every`, or `monthly` with `nth`."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE

    repeats = fields.String(required=True, validate=validate.OneOf(("weekly", "monthly")))
    weekday = fields.String(required=True, validate=validate.OneOf(series.WEEKDAYS))
    every = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, 26))
    nth = fields.Integer(load_default=None, strict=True, validate=validate.OneOf((1, 2, 3, 4, 5, -1)))

    @validates_schema
    def check(self, data: JsonObject, **_: object) -> None:
        """Raise a validation error unless the pattern has its own number and not the other one."""
        needed, useless = ("every", "nth") if data["repeats"] == "weekly" else ("nth", "every")
        if data[needed] is None:
            raise ValidationError("Missing data for required field.", needed)
        if data[useless] is not None:
            raise ValidationError("Not for this kind of pattern.", useless)

    @post_load
    def make(self, data: JsonObject, **_: object) -> Weekly | Monthly:
        """Build the pattern."""
        if data["repeats"] == "weekly":
            return Weekly(every=data["every"], weekday=data["weekday"])
        return Monthly(nth=data["nth"], weekday=data["weekday"])


class ScheduleSeriesSchema(CommandSchema):
    """Reads `ScheduleSeries` from the path and body of a request."""

    command = ScheduleSeries
    work_group_id = fields.UUID(required=True)
    pattern = fields.Nested(PatternSchema, required=True)
    first_on = fields.Date(required=True, validate=DAYS)
    count = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, series.LONGEST))
    until = fields.Date(load_default=None, validate=DAYS)
    starts = fields.Time(required=True, format="%H:%M", metadata=CLOCK)
    ends = fields.Time(required=True, format="%H:%M", metadata=CLOCK)
    mode = OneOf(MeetingMode, required=True)
    host_urn = Urn("The school that hosts the sessions.", optional=True)
    skip = fields.List(fields.Date(), load_default=list, validate=validate.Length(0, 366))
    dry_run = Flag(load_default=False)
    venue = Text(load_default=None, allow_none=True, longest=LONGEST_VENUE)
    joining_link = JoiningLink(load_default=None)
