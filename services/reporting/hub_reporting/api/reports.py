"""JSON routes under /reporting/v1: the catalogue of reports, the reports, freshness."""

from dataclasses import dataclass

from marshmallow import Schema, fields

from hub_platform.csv_writer import to_csv
from hub_platform.routes import JSON, Call, Content, route
from hub_reporting.access import FRESHNESS_READERS, REPORT_READERS
from hub_reporting.commands import ReportQuery, ReportQuerySchema
from hub_reporting.config import Configured
from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.domain.periods import AS_AT, NOW, taken_facts
from hub_reporting.domain.reports import Report
from hub_reporting.queries.freshness import Freshness, freshness
from hub_reporting.queries.reports import run_report


class DefinitionSchema(Schema):
    """A report of the catalogue."""

    name = fields.String()
    title = fields.String()
    counts = fields.String(metadata={"description": "Definition of n and N, with what is left out"})
    columns = fields.List(fields.String())
    filters = fields.List(
        fields.String(), metadata={"description": "Columns by which rows can be filtered, as parameters"}
    )
    scope = fields.String(metadata={"description": "Default scope"})


class CatalogueSchema(Schema):
    """The reports of the catalogue."""

    items = fields.List(fields.Nested(DefinitionSchema))


class CheckSchema(Schema):
    """A relation that must hold between figures."""

    code = fields.String()
    holds = fields.Boolean()
    detail = fields.String()


class SourceSchema(Schema):
    """The newest event counted from one publisher."""

    source = fields.String()
    events = fields.Integer()
    up_to = fields.AwareDateTime()
    projected_at = fields.AwareDateTime()


class FreshnessSchema(Schema):
    """How current the figures are."""

    up_to = fields.AwareDateTime(
        metadata={"description": "Time of the newest event counted, by its publisher's clock"}
    )
    projected_at = fields.AwareDateTime(metadata={"description": "When the last event was counted"})
    events = fields.Integer()
    waiting = fields.Integer(metadata={"description": "Deliveries that are retried automatically"})
    parked = fields.Integer(metadata={"description": "Deliveries that an operator must look at"})
    by_source = fields.List(fields.Nested(SourceSchema))


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A report as JSON has it."""

    report: Report
    hub: str
    freshness: Freshness


class ReportSchema(Schema):
    """A report with its figures and rows."""

    report = fields.String(attribute="report.definition.name")
    title = fields.String(attribute="report.definition.title")
    hub = fields.String()
    period = fields.Method("get_period", metadata={"description": "First and last day, both counted"})
    as_at = fields.Date(attribute="report.period.as_at")
    scope = fields.Method("get_scope", metadata={"description": "Code and name"})
    facts = fields.Method(
        "get_facts",
        metadata={
            "description": "The day of the names, authorities, districts, phases and trusts of schools (on), "
            "whether it is as_at or now (of), and the same in a sentence (meaning)"
        },
    )
    n = fields.Integer(attribute="report.n")
    N = fields.Integer(
        attribute="report.of",
        allow_none=True,
        metadata={"description": "Null where n is not a share of anything"},
    )
    rate = fields.Float(
        attribute="report.rate",
        allow_none=True,
        metadata={"description": "Per cent, one decimal, rounded down"},
    )
    figures = fields.Raw(attribute="report.figures")
    rows = fields.Raw(
        attribute="report.rows", metadata={"description": "A list of objects with the columns of the report"}
    )
    checks = fields.List(fields.Nested(CheckSchema), attribute="report.checks")
    counts = fields.String(attribute="report.definition.counts")
    freshness = fields.Nested(FreshnessSchema)

    def get_period(self, answered: Answered) -> dict[str, str]:
        """Return the first and the last day."""
        period = answered.report.period
        return {"from": period.starts_on.isoformat(), "to": period.ends_on.isoformat()}

    def get_facts(self, answered: Answered) -> dict[str, str]:
        """Return the day of the facts of schools."""
        period = answered.report.period
        return {
            "of": AS_AT if period.facts_on is None else NOW,
            "on": period.facts_day.isoformat(),
            "meaning": taken_facts(period),
        }

    def get_scope(self, answered: Answered) -> dict[str, str]:
        """Return the scope's code and name."""
        report = answered.report
        return {"code": report.scope.code, "name": report.scope_name}


class Reports(Configured):
    """Reports as JSON or CSV, and the freshness of their figures."""

    @route("GET", "/reporting/v1/reports", allow=REPORT_READERS, answer=CatalogueSchema)
    def list_reports(self, call: Call[None]) -> dict[str, object]:  # noqa: ARG002 - every route takes the call
        """List the reports with their definitions."""
        return {"items": DEFINITIONS}

    @route(
        "GET",
        "/reporting/v1/reports/<name>",
        allow=REPORT_READERS,
        query=ReportQuerySchema,
        answer=ReportSchema,
        media_type=(JSON, "text/csv"),
    )
    def get_report(self, call: Call[None]) -> Content | Answered:
        """Return a report for a period and a scope, as JSON or CSV.

        Without dates: the latest academic year with a recorded fact, to its end or today. A school's
        name, authority, district, phase and trust are those of the day of `as_at`, also in a report of a
        period; with `facts=now` they are those of today.
        """
        query = ReportQuery.of(call.path["name"], call.query)
        report = run_report(call.session, query, options=self.options, now=call.now)
        if call.query["format"] == "csv":
            return _file_of(report)
        hub = self.options.hub_id
        return Answered(report=report, hub=hub, freshness=freshness(call.session, hub))

    @route("GET", "/reporting/v1/freshness", allow=FRESHNESS_READERS, answer=FreshnessSchema)
    def get_freshness(self, call: Call[None]) -> Freshness:
        """Return how current the figures are, and how many events are not counted yet."""
        return freshness(call.session, self.options.hub_id)


def _file_of(report: Report) -> Content:
    """Return a report's rows as a CSV file, named after the report, its period and its scope."""
    period, scope = report.period, report.scope.code.replace(":", "-")
    now = "" if period.facts_on is None else "_facts-now"
    name = f"{report.definition.name}_{period.starts_on}_{period.ends_on}_{scope}{now}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Content(to_csv(report.table()), "text/csv; charset=utf-8", headers=headers)
