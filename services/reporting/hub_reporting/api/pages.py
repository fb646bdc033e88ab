"""The dashboard and what it is dressed in."""

from typing import Any, Final

from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused
from hub_platform.access import ANYONE, SIGNED_IN
from hub_platform.problems import Problem
from hub_platform.routes import PAGE, Call, Content, route
from hub_reporting.access import REPORT_READERS
from hub_reporting.api.configured import Configured
from hub_reporting.api.page_form import page
from hub_reporting.commands import DashboardQuerySchema
from hub_reporting.handlers import dashboard, freshness
from hub_reporting.handlers.hub import hub_name
from hub_reporting.pages import rendering, templating

PAGES_KEPT: Final = 16  # 160 KB each
FOR_EVER: Final = "public, max-age=31536000, immutable"  # the address changes with the content

_kept: dict[tuple[Any, ...], str] = {}


class Pages(Configured):
    """What people look at."""

    @route(
        "GET",
        "/",
        allow=SIGNED_IN,
        query=DashboardQuerySchema,
        media_type=PAGE,
        sign_in_at="/sign-in",
    )
    def get_dashboard(self, call: Call[None]) -> Content:
        """Show the year at a glance; to people who may not see reports, what they can do instead."""
        options = self.options
        if not call.actor.roles & REPORT_READERS:
            return page(rendering.welcome(hub_name(call.session, options), call.actor.roles))
        year, scope, facts, now = call.query["year"], call.query["scope"], call.query["facts"], call.now
        fresh = freshness.freshness(call.session, options.hub_id)
        # As long as nothing new has been heard, a day's page stays the same.
        key = (year, scope, facts, day_in_england(now), fresh.mark)
        if key not in _kept:
            try:
                shown = dashboard.look(
                    call.session,
                    year=year,
                    scope=scope,
                    facts=facts,
                    fresh=fresh,
                    options=options,
                    now=now,
                )
            except Refused as refused:
                return page(rendering.refusal(hub_name(call.session, options), refused.detail), status=422)
            if len(_kept) >= PAGES_KEPT:
                _kept.clear()
            _kept[key] = rendering.dashboard(shown)
        return page(_kept[key])

    @route(
        "GET",
        "/static/<version>/<name>",
        allow=ANYONE,
        media_type=tuple(sorted({each.media_type for each in templating.STATIC.values()})),
    )
    def get_static(self, call: Call[None]) -> Content:
        """Send the style sheet or the icon."""
        found = templating.STATIC.get(call.path["name"])
        if found is None or found.version != call.path["version"]:
            raise Problem(404, "not_found", "There is nothing at this address.")
        headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
        return Content(found.body, found.media_type, headers=headers)
