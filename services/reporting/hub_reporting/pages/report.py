"""The page of a report: the rows behind a figure, in words."""

from hub_platform.routes import PAGE, Call, Content, route
from hub_reporting.access import REPORT_READERS
from hub_reporting.commands import ReportQuery, ReportQuerySchema
from hub_reporting.config import Configured
from hub_reporting.pages import rendering
from hub_reporting.pages.responses import page
from hub_reporting.queries.hub import hub_name
from hub_reporting.queries.reports import run_report


class ReportPages(Configured):
    """Reports in the browser."""

    @route(
        "GET",
        "/reports/<name>",
        allow=REPORT_READERS,
        query=ReportQuerySchema,
        media_type=PAGE,
        sign_in_at="/sign-in",
    )
    def get_report_page(self, call: Call[None]) -> Content:
        """Show the rows of a report; takes the same parameters as the report in JSON."""
        query = ReportQuery.of(call.path["name"], call.query)
        report = run_report(call.session, query, options=self.options, now=call.now)
        name = hub_name(call.session, self.options)
        return page(rendering.report(name, report, call.request.args.to_dict()))
