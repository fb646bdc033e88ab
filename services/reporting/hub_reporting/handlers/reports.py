"""Answers a report: settles the period and the scope, then counts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_reporting.config import Options
from hub_reporting.domain.catalogue import find_definition
from hub_reporting.domain.periods import AS_AT, NOW, Period, choose_period
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope, parse_scope
from hub_reporting.handlers import (
    participation_reports,
    quality_reports,
    school_reports,
    support_reports,
)
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import sources

REPORTS: Final[Mapping[str, Callable[[Sight, Scope], Report]]] = {
    "connected-schools": school_reports.connected_schools,
    "engagement": school_reports.engagement,
    "work-group-composition": support_reports.work_group_composition,
    "attendance": participation_reports.attendance,
    "task-completion": participation_reports.task_completion,
    "leadership-spread": school_reports.leadership_spread,
    "work-group-lead-schools": school_reports.work_group_lead_schools,
    "intensive-support-coverage": support_reports.intensive_support_coverage,
    "visit-compliance": support_reports.visit_compliance,
    "data-quality": quality_reports.data_quality,
}


def run_report(
    session: Session,
    name: str,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    as_at: date | None = None,
    scope: str | None = None,
    facts: str = AS_AT,
    filters: Mapping[str, str] | None = None,
    options: Options,
    now: datetime,
) -> Report:
    """Answer one report of the catalogue; filters choose among its rows.

    Raises:
        Unknown: `unknown_report`.
        Refused: `unknown_scope`, `unknown_filter`, `period_reversed`, `period_too_long` or `as_at_in_future`.
    """
    definition = find_definition(name)
    chosen = parse_scope(scope or definition.scope)
    period = settle_period(session, starts_on, ends_on, as_at, options=options, now=now)
    if facts == NOW:
        period = replace(period, facts_on=day_in_england(now))
    sight = Sight(session, options, period)
    sight.area.check(chosen)
    return REPORTS[name](sight, chosen).chosen(filters or {})


def settle_period(
    session: Session,
    starts_on: date | None,
    ends_on: date | None,
    as_at: date | None,
    *,
    options: Options,
    now: datetime,
) -> Period:
    """The period asked for; without dates the latest academic year in which anything happened.

    Raises:
        Refused: `period_reversed`, `period_too_long` or `as_at_in_future`.
    """
    today = day_in_england(now)
    nothing_said = starts_on is None and ends_on is None
    latest = sources.last_day(session, options.hub_id, today) if nothing_said else None
    return choose_period(starts_on, ends_on, as_at, latest=latest, today=today)
