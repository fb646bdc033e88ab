"""The dashboard at `/`, and the static files that every page refers to."""

from datetime import date, datetime
from typing import Final

from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_platform.access import ANYONE, SIGNED_IN
from hub_platform.problems import Problem
from hub_platform.routes import PAGE, Call, Content, route
from hub_reporting.access import REPORT_READERS
from hub_reporting.commands import DashboardQuery, DashboardQuerySchema
from hub_reporting.config import Configured
from hub_reporting.pages import rendering, templating
from hub_reporting.pages.responses import page
from hub_reporting.queries.dashboard import dashboard
from hub_reporting.queries.freshness import freshness
from hub_reporting.queries.hub import hub_name

PAGES_CACHED: Final = 16  # 160 KB each
FOR_EVER: Final = "public, max-age=31536000, immutable"  # the address changes with the content

Mark = tuple[int, datetime | None, int, int]  # of the freshness

_cache: dict[tuple[DashboardQuery, date, Mark], str] = {}


class DashboardPages(Configured):
    """The dashboard and its static files."""

    @route(
        "GET",
        "/",
        allow=SIGNED_IN,
        query=DashboardQuerySchema,
        media_type=PAGE,
        sign_in_at="/sign-in",
    )
    def get_dashboard(self, call: Call[None]) -> Content:
        """Show the year at a glance, or what the role of a user without access to reports may do instead."""
        options = self.options
        if not call.actor.roles & REPORT_READERS:
            return page(rendering.welcome(hub_name(call.session, options), call.actor.roles))
        query = DashboardQuery(**call.query)
        fresh = freshness(call.session, options.hub_id)
        # A page stays the same on one day until another event is projected.
        key = (query, day_in_england(call.now), fresh.mark)
        if key not in _cache:
            try:
                shown = dashboard(call.session, query, fresh, options=options, now=call.now)
            except Refused as refused:
                return page(rendering.refusal(hub_name(call.session, options), refused.detail), status=422)
            if len(_cache) >= PAGES_CACHED:
                _cache.clear()
            _cache[key] = rendering.dashboard(shown)
        return page(_cache[key])

    @route(
        "GET",
        "/static/<version>/<name>",
        allow=ANYONE,
        media_type=tuple(sorted({each.media_type for each in templating.STATIC.values()})),
    )
    def get_static(self, call: Call[None]) -> Content:
        """Return the style sheet or the icon."""
        found = templating.STATIC.get(call.path["name"])
        if found is None or found.version != call.path["version"]:
            raise Problem(404, "not_found", "File not found.")
        headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
        return Content(found.body, found.media_type, headers=headers)
