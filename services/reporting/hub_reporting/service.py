"""The reporting service: routes by inheritance, and one batched reaction to the events of all services."""

from typing import Final

from hub_contracts import EVENTS
from hub_messaging.subscribe import on_batch, reaction_table
from hub_platform.probes import Probes
from hub_platform.reaction_context import reaction_context
from hub_reporting.api.reports import Reports
from hub_reporting.handlers.projections import project
from hub_reporting.models import PROJECTIONS
from hub_reporting.pages.dashboard import DashboardPages
from hub_reporting.pages.published import HttpDocuments, Published
from hub_reporting.pages.report import ReportPages
from hub_reporting.pages.sign_in import SignIn

PROJECTED: Final = [event for event in EVENTS.values() if event.publisher != "reporting"]


class ReportingService(Reports, ReportPages, DashboardPages, Published, HttpDocuments, SignIn, Probes):
    """Owns the read models, which only events change, and browser sessions."""

    name = "reporting"
    projections = PROJECTIONS  # tables that `rebuild` may fill again from the event log
    reactions = reaction_table(on_batch(PROJECTED, project), context=reaction_context)
