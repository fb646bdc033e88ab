"""Queries of reports and of the dashboard: their values, and the schemas of their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from marshmallow import Schema, fields, validate

from hub_platform.json_values import Values
from hub_reporting.domain.periods import AS_AT, FACTS

FORMATS: Final = ("json", "csv")
FILTERS: Final = (
    "urn", "work_group_id", "state", "verdict", "level", "led", "half_term", "kind", "status", "problem"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """One report for a period and a scope."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    as_at: date | None = None  # by default the last day
    scope: str | None = None  # as in an address; by default the report's own
    facts: str = AS_AT
    filters: Mapping[str, str] = field(default_factory=dict)  # column → values with commas between them

    @classmethod
    def of(cls, name: str, parameters: Values) -> "ReportQuery":
        """Return the query of an address whose parameters ReportQuerySchema has read."""
        return cls(
            name=name,
            starts_on=parameters["from_"],
            ends_on=parameters["to"],
            as_at=parameters["as_at"],
            scope=parameters["scope"],
            facts=parameters["facts"],
            filters={name: parameters[name] for name in FILTERS if parameters[name] is not None},
        )


@dataclass(frozen=True, kw_only=True)
class DashboardQuery:
    """One academic year and one scope; an empty string stands for the default."""

    year: str = ""  # "2025/26"; by default the latest year with a recorded fact
    scope: str = ""  # as for reports; by default the whole hub
    facts: str = AS_AT


class Day(fields.Date):
    """A date written 2025-09-04, which is the only accepted form of ISO 8601."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> date:
        if not isinstance(value, str) or len(value) != 10 or value[4] != "-":
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


def _facts() -> fields.String:
    meaning = "Day of the names, authorities, districts, phases and trusts of schools: as_at, or today (now)"
    return fields.String(
        load_default=AS_AT, validate=validate.OneOf(FACTS), metadata={"description": meaning}
    )


class ReportQuerySchema(Schema):
    """Parameters of a report."""

    from_ = Day(data_key="from", load_default=None, metadata={"description": "First day counted"})
    to = Day(load_default=None, metadata={"description": "Last day counted"})
    as_at = Day(
        load_default=None,
        metadata={"description": "Day on which schools and Work Groups are counted; by default `to`"},
    )
    scope = fields.String(
        load_default=None,
        metadata={"description": "connected, hub, la:873, phase:primary or trust:<uid>"},
    )
    facts = _facts()
    format = fields.String(load_default="json", validate=validate.OneOf(FORMATS))
    # Filters of rows, several values with commas between them; the catalogue lists those of each report.
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
    half_term = fields.String(load_default=None, metadata={"description": "Visits due: 2026-1"})
    kind = fields.String(load_default=None, metadata={"description": "Visits due: visit or department_pd"})
    status = fields.String(load_default=None, metadata={"description": "Visits due: missed, open, late …"})
    problem = fields.String(
        load_default=None, metadata={"description": "Kind of record that needs attention"}
    )


class DashboardQuerySchema(Schema):
    """Parameters of the dashboard; an empty value stands for the default."""

    year = fields.String(load_default="", metadata={"description": "2025/26"})
    scope = fields.String(load_default="", metadata={"description": "As for reports"})
    facts = _facts()
