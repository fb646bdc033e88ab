"""The reporting service: routes by inheritance, and one subscription to everything that happens."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from hub_contracts import EVENTS
from hub_messaging.subscribe import Delivery, subscribe_batch
from hub_platform.probes import Probes
from hub_reporting.api.pages import Pages
from hub_reporting.api.published import HttpDocuments, Published
from hub_reporting.api.report_pages import ReportPages
from hub_reporting.api.reports import Reports
from hub_reporting.api.sign_in import SignIn
from hub_reporting.handlers import projections
from hub_reporting.models import PROJECTIONS

HEARD = [event for event in EVENTS.values() if event.publisher != "reporting"]


class ReportingService(Reports, ReportPages, Pages, Published, HttpDocuments, SignIn, Probes):
    """Owns the read models; changes nothing but what it has heard."""

    name = "reporting"
    projections = PROJECTIONS  # what `rebuild` may make anew

    @subscribe_batch(*HEARD)
    def project(self, session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        """Count in whatever happened."""
        projections.project(session, deliveries, now=self.clocks.hub.now())
