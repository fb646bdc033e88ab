"""What reporting can be asked."""

from datetime import date
from typing import Any, Final

from marshmallow import Schema, fields, validate

from hub_reporting.domain.periods import AS_AT, FACTS

FORMATS: Final = ("json", "csv")
FILTERS: Final = (
    "urn", "work_group_id", "state", "verdict", "level", "led", "half_term", "kind", "status", "problem"
)  # fmt: skip


class Day(fields.Date):
    """A date written 2025-09-04; no other form of ISO 8601 is read."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or len(value) != 10 or value[4] != "-":
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


def _facts() -> fields.String:
    meaning = (
        "Whose names, authorities, districts, phases and trusts of schools are taken: those of the day of "
        "as_at, or those of today (now)"
    )
    return fields.String(
        load_default=AS_AT, validate=validate.OneOf(FACTS), metadata={"description": meaning}
    )


class ReportQuerySchema(Schema):
    """Which period, which schools, in which form."""

    from_ = Day(data_key="from", load_default=None, metadata={"description": "First day counted"})
    to = Day(load_default=None, metadata={"description": "Last day counted"})
    as_at = Day(
        load_default=None, metadata={"description": "Day on which denominators are read; by default `to`"}
    )
    scope = fields.String(
        load_default=None,
        metadata={"description": "connected, hub, la:873, phase:primary or trust:<uid>"},
    )
    facts = _facts()
    format = fields.String(load_default="json", validate=validate.OneOf(FORMATS))
    # Filters of rows: one value, or several with commas between them; each report names its own.
    urn = fields.String(load_default=None, metadata={"description": "Only rows of these schools"})
    work_group_id = fields.String(
        load_default=None, metadata={"description": "Only rows of these Work Groups"}
    )
    state = fields.String(load_default=None, metadata={"description": "Work Groups: confirmed, running …"})
    verdict = fields.String(
        load_default=None, metadata={"description": "Work Groups: outside, within, recruiting or cancelled"}
    )
    level = fields.String(
        load_default=None, metadata={"description": "Schools: none, signed_up, attended or completed"}
    )
    led = fields.String(load_default=None, metadata={"description": "Supported schools: yes or no"})
    half_term = fields.String(load_default=None, metadata={"description": "Visits owed: 2026-1"})
    kind = fields.String(load_default=None, metadata={"description": "Visits owed: visit or department_pd"})
    status = fields.String(load_default=None, metadata={"description": "Visits owed: missed, open, late …"})
    problem = fields.String(load_default=None, metadata={"description": "Records that need attention: which"})


class DashboardQuerySchema(Schema):
    """What the page shows; an empty choice is none."""

    year = fields.String(load_default="", metadata={"description": "2025/26"})
    scope = fields.String(load_default="", metadata={"description": "As for reports"})
    facts = _facts()
