"""Routes under /reporting/v1: the catalogue, the reports, freshness."""

from typing import Any

from marshmallow import Schema, fields

from hub_platform.csv_writer import to_csv
from hub_platform.routes import JSON, Call, Content, route
from hub_reporting.access import FRESHNESS_READERS, REPORT_READERS
from hub_reporting.api.configured import Configured
from hub_reporting.commands import FILTERS, ReportQuerySchema
from hub_reporting.config import Options
from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.domain.periods import AS_AT, NOW, taken_facts
from hub_reporting.domain.reports import Report
from hub_reporting.handlers import freshness, reports


class DefinitionSchema(Schema):
    """A report of the catalogue."""

    name = fields.String()
    title = fields.String()
    counts = fields.String(metadata={"description": "What n and N are, and what is left out"})
    columns = fields.List(fields.String())
    filters = fields.List(
        fields.String(), metadata={"description": "Columns by which rows can be chosen, as parameters"}
    )
    scope = fields.String(metadata={"description": "The scope when none is asked for"})


class CatalogueSchema(Schema):
    """Every report."""

    items = fields.List(fields.Nested(DefinitionSchema))


class CheckSchema(Schema):
    """A relation between the figures."""

    code = fields.String()
    holds = fields.Boolean()
    detail = fields.String()


class SourceSchema(Schema):
    """How far one publisher has been heard."""

    source = fields.String()
    events = fields.Integer()
    up_to = fields.AwareDateTime()
    projected_at = fields.AwareDateTime()


class FreshnessSchema(Schema):
    """How much the figures know."""

    up_to = fields.AwareDateTime(
        metadata={"description": "When the newest event was recorded by its publisher"}
    )
    projected_at = fields.AwareDateTime(metadata={"description": "When the last event was counted in"})
    events = fields.Integer()
    waiting = fields.Integer(metadata={"description": "Deliveries that will be tried again by themselves"})
    parked = fields.Integer(metadata={"description": "Deliveries that an operator must look at"})
    by_source = fields.List(fields.Nested(SourceSchema))


class ReportSchema(Schema):
    """One answered report."""

    report = fields.String(attribute="report.definition.name")
    title = fields.String(attribute="report.definition.title")
    hub = fields.String()
    period = fields.Method("get_period", metadata={"description": "from and to, both counted"})
    as_at = fields.Date(attribute="report.period.as_at")
    scope = fields.Method("get_scope", metadata={"description": "code and name"})
    facts = fields.Method(
        "get_facts",
        metadata={
            "description": "The day whose names, authorities, districts, phases and trusts of schools are "
            "taken (on), whether they were asked for as they are now (of), and the same in a sentence"
        },
    )
    n = fields.Integer(attribute="report.n")
    N = fields.Integer(
        attribute="report.of",
        allow_none=True,
        metadata={"description": "Null for figures that are no share"},
    )
    rate = fields.Float(
        attribute="report.rate",
        allow_none=True,
        metadata={"description": "Per cent, one decimal, rounded down"},
    )
    figures = fields.Raw(attribute="report.figures")
    rows = fields.Raw(attribute="report.rows", metadata={"description": "A list; each row has the columns"})
    checks = fields.List(fields.Nested(CheckSchema), attribute="report.checks")
    counts = fields.String(attribute="report.definition.counts")
    freshness = fields.Nested(FreshnessSchema)

    def get_period(self, answered: dict[str, Any]) -> dict[str, str]:
        """First and last day."""
        period = answered["report"].period
        return {"from": period.starts_on.isoformat(), "to": period.ends_on.isoformat()}

    def get_facts(self, answered: dict[str, Any]) -> dict[str, str]:
        """Which day's facts of schools were taken."""
        period = answered["report"].period
        return {
            "of": AS_AT if period.facts_on is None else NOW,
            "on": period.facts_day.isoformat(),
            "meaning": taken_facts(period),
        }

    def get_scope(self, answered: dict[str, Any]) -> dict[str, str]:
        """How it is written in an address, and what people call it."""
        report = answered["report"]
        return {"code": report.scope.code, "name": report.scope_name}


class Reports(Configured):
    """What hub staff and boards ask."""

    @route("GET", "/reporting/v1/reports", allow=REPORT_READERS, answer=CatalogueSchema)
    def list_reports(self, call: Call[None]) -> dict[str, Any]:  # noqa: ARG002 - every route takes the call
        """List the reports with what each counts."""
        return {"items": DEFINITIONS}

    @route(
        "GET",
        "/reporting/v1/reports/<name>",
        allow=REPORT_READERS,
        query=ReportQuerySchema,
        answer=ReportSchema,
        media_type=(JSON, "text/csv"),
    )
    def get_report(self, call: Call[None]) -> Content | dict[str, Any]:
        """Answer a report for a period and a scope, as JSON or CSV.

        Without dates: the latest academic year in which anything happened, to its end or today. A school's
        name, authority, district, phase and trust are those of the day of `as_at`, also in a report of a
        period; with `facts=now` they are those of today.
        """
        options = self.options
        report = answer_of(call, options)
        if call.query["format"] == "csv":
            return _file_of(report)
        return {
            "report": report,
            "hub": options.hub_id,
            "freshness": freshness.freshness(call.session, options.hub_id),
        }

    @route("GET", "/reporting/v1/freshness", allow=FRESHNESS_READERS, answer=FreshnessSchema)
    def get_freshness(self, call: Call[None]) -> freshness.Freshness:
        """Return how current the figures are, and what is stuck."""
        options = self.options
        return freshness.freshness(call.session, options.hub_id)


def answer_of(call: Call[None], options: Options) -> Report:
    """Return the report that an address with a ReportQuerySchema asks for."""
    return reports.run_report(
        call.session,
        call.path["name"],
        starts_on=call.query["from_"],
        ends_on=call.query["to"],
        as_at=call.query["as_at"],
        scope=call.query["scope"],
        filters={name: call.query[name] for name in FILTERS if call.query[name] is not None},
        facts=call.query["facts"],
        options=options,
        now=call.now,
    )


def _file_of(report: Report) -> Content:
    period, scope = report.period, report.scope.code.replace(":", "-")
    now = "" if period.facts_on is None else "_facts-now"
    name = f"{report.definition.name}_{period.starts_on}_{period.ends_on}_{scope}{now}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Content(to_csv(report.table()), "text/csv; charset=utf-8", headers=headers)
