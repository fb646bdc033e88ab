"""PD leads and obligations of supported schools, shared by several reports."""

from hub_platform.bank_holidays import bank_holidays
from hub_reporting.domain.scopes import Scope
from hub_reporting.domain.visits import Compliance, Coverage, VisitRecords, compliance, coverage
from hub_reporting.queries.context import ReportContext
from hub_reporting.store import visits as store


def load_coverage(context: ReportContext) -> Coverage:
    """Load the supported schools of the period's academic years with their PD leads on its day."""
    assignments = store.assignments(context.session, context.hub, context.period)
    return coverage(assignments, context.register, context.period.as_at)


def load_compliance(context: ReportContext, scope: Scope) -> Compliance:
    """Load the obligations of schools in a scope, each with its status on the period's day."""
    session, hub, day = context.session, context.hub, context.period.as_at
    obligations = store.obligations(session, hub, context.period)
    half_terms = {one.half_term for one in obligations}
    records = VisitRecords(
        logged=store.logged(session, hub, half_terms),
        planned=store.planned(session, hub, half_terms, day),
        excused=store.excused(session, hub, half_terms, day),
    )
    found = compliance(obligations, records, context.register, day, bank_holidays())
    return found.of_schools(lambda urn: context.area.includes(scope, urn))
