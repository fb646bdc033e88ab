"""Warnings about the days of sessions and PD days."""

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from hub_enrolment.models import GroupSession, PDDay
from hub_enrolment.store.calendars import warnings


class WarnedSchema(Schema):
    """A warning about a day: `weekend`, `bank_holiday`, `school_holidays` or `non_school_day`."""

    on = fields.Date()
    reason = fields.String()


def with_warnings(
    session: Session, row: GroupSession | PDDay, schema: type[Schema], *, host_urn: str | None
) -> dict[str, object]:
    """Return the fields of a row that a schema shows, with `warnings` about its day."""
    names = (field.attribute or name for name, field in schema().fields.items())
    facts = {name: getattr(row, name) for name in names}
    return facts | {"warnings": warnings(session, [row.day], host_urn=host_urn)}
