"""Every report of the catalogue by its name, and the one function that answers them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_reporting.commands import ReportQuery
from hub_reporting.domain.catalogue import find_definition
from hub_reporting.domain.hub import HubSettings
from hub_reporting.domain.periods import NOW, Period, choose_period
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope, parse_scope
from hub_reporting.queries.attendance import attendance
from hub_reporting.queries.connected_schools import connected_schools
from hub_reporting.queries.context import ReportContext, load_context
from hub_reporting.queries.data_quality import data_quality
from hub_reporting.queries.engagement import engagement
from hub_reporting.queries.intensive_support_coverage import intensive_support_coverage
from hub_reporting.queries.leadership_spread import leadership_spread
from hub_reporting.queries.task_completion import task_completion
from hub_reporting.queries.visit_compliance import visit_compliance
from hub_reporting.queries.work_group_composition import work_group_composition
from hub_reporting.queries.work_group_lead_schools import work_group_lead_schools
from hub_reporting.store import sources

REPORTS: Final[Mapping[str, Callable[[ReportContext, Scope], Report]]] = {
    "connected-schools": connected_schools,
    "engagement": engagement,
    "work-group-composition": work_group_composition,
    "attendance": attendance,
    "task-completion": task_completion,
    "leadership-spread": leadership_spread,
    "work-group-lead-schools": work_group_lead_schools,
    "intensive-support-coverage": intensive_support_coverage,
    "visit-compliance": visit_compliance,
    "data-quality": data_quality,
}


def run_report(session: Session, query: ReportQuery, *, options: HubSettings, now: datetime) -> Report:
    """Answer one report of the catalogue.

    Raises:
        Unknown: `unknown_report`.
        Refused: `unknown_scope`, `unknown_filter`, `period_reversed`, `period_too_long` or `as_at_in_future`.
    """
    definition = find_definition(query.name)
    scope = parse_scope(query.scope or definition.scope)
    context = load_context(session, options.hub_id, _period(session, query, options, now))
    context.area.require_known(scope)
    return REPORTS[query.name](context, scope).filtered(query.filters)


def _period(session: Session, query: ReportQuery, options: HubSettings, now: datetime) -> Period:
    """Return the period asked for; without dates, the latest academic year with a recorded fact."""
    today = day_in_england(now)
    no_dates = query.starts_on is None and query.ends_on is None
    latest = sources.last_day(session, options.hub_id, today) if no_dates else None
    period = choose_period(query.starts_on, query.ends_on, query.as_at, latest=latest, today=today)
    return replace(period, facts_on=today) if query.facts == NOW else period
