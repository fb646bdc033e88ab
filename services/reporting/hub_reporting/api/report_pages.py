"""Pages of reports: the rows behind a figure, as people read them."""

from hub_platform.routes import PAGE, Call, Content, route
from hub_reporting.access import REPORT_READERS
from hub_reporting.api.configured import Configured
from hub_reporting.api.page_form import page
from hub_reporting.api.reports import answer_of
from hub_reporting.commands import ReportQuerySchema
from hub_reporting.handlers.hub import hub_name
from hub_reporting.pages import rendering


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
        """Show the rows of a report; takes what the report itself takes."""
        options = self.options
        report = answer_of(call, options)
        name = hub_name(call.session, options)
        return page(rendering.report(name, report, call.request.args.to_dict()))
