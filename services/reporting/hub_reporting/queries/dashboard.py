"""Everything that the dashboard shows of one academic year and one scope."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_kernel.academic_years import AcademicYear
from hub_kernel.england import day_in_england
from hub_reporting.commands import DashboardQuery
from hub_reporting.domain.composition import Compositions
from hub_reporting.domain.engagement import NO_LEVEL, Engagement
from hub_reporting.domain.hub import HubSettings
from hub_reporting.domain.periods import NOW, Period, parse_year
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASE_NAMES, PHASES, School
from hub_reporting.domain.scopes import CONNECTED, HUB, Area, Scope, parse_scope
from hub_reporting.domain.visits import Compliance
from hub_reporting.queries.attendance import attendance
from hub_reporting.queries.attention import Item, Recorded, items_for
from hub_reporting.queries.connected_schools import connected_schools
from hub_reporting.queries.context import ReportContext, load_context
from hub_reporting.queries.engagement_facts import load_engagement_facts
from hub_reporting.queries.freshness import Freshness
from hub_reporting.queries.hub import hub_name
from hub_reporting.queries.intensive_support_coverage import intensive_support_coverage
from hub_reporting.queries.leadership_spread import leadership_spread
from hub_reporting.queries.support_facts import load_compliance, load_coverage
from hub_reporting.queries.task_completion import task_completion
from hub_reporting.queries.work_group_facts import compositions_in, load_work_group_facts
from hub_reporting.queries.work_group_lead_schools import work_group_lead_schools
from hub_reporting.store import sources


@dataclass(frozen=True)
class Choice:
    """One scope that the page offers."""

    group: str  # heading under which it is listed
    scope: Scope
    name: str


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The year and the schools that a page is about."""

    hub_name: str
    period: Period
    year: AcademicYear
    years: list[AcademicYear]
    scope: Scope  # of all figures but engagement
    scope_name: str
    headline: Scope  # of the engagement figure: the chosen scope, or that of the settings
    headline_name: str
    choices: list[Choice]
    today: date

    @property
    def has_ended(self) -> bool:
        """Whether the year has ended."""
        return self.today > self.year.ends_on

    @property
    def is_whole_hub(self) -> bool:
        """Whether no narrower scope was chosen."""
        return self.scope == CONNECTED


@dataclass(frozen=True, kw_only=True)
class Dashboard(Selection):
    """A selection with its figures."""

    engagement: Engagement  # of the headline's state-funded schools: the denominator of the page
    connected: Report
    leadership: Report
    lead_schools: Report
    coverage: Report
    compositions: Compositions
    attendance: Report
    tasks: Report
    compliance: Compliance
    reach: Engagement  # of every school on the map
    schools: dict[str, School]  # those and all others that the page names
    supported: frozenset[str]
    attention: list[Item]
    freshness: Freshness

    @property
    def has_records(self) -> bool:
        """Whether any fact of the year and the scope is recorded."""
        schools = self.engagement.schools.values()
        signed_up = any(school.level != NO_LEVEL for school in schools)
        return bool(signed_up or self.compositions.groups or self.compliance.outcomes)


def dashboard(
    session: Session, query: DashboardQuery, fresh: Freshness, *, options: HubSettings, now: datetime
) -> Dashboard:
    """Load what the page shows.

    Args:
        session: a transaction to read in.
        query: year and scope; by default the latest year with a recorded fact, and the whole hub.
        fresh: how current the figures are.
        options: settings of the hub.
        now: the clock.

    Raises:
        Refused: `unknown_year` or `unknown_scope`.
    """
    scope = parse_scope(query.scope) if query.scope else CONNECTED
    context = load_context(session, options.hub_id, _period(session, query, options, now))
    context.area.require_known(scope)
    return _load_figures(context, _select(context, scope, options, day_in_england(now)), fresh)


def _period(session: Session, query: DashboardQuery, options: HubSettings, now: datetime) -> Period:
    """Return the whole year, so that the page shows what is still to come; nothing is counted ahead.

    The day is the default day of reports, so that the page's links list exactly what it counts.
    """
    today = day_in_england(now)
    if query.year:
        year = parse_year(query.year)
    else:
        year = AcademicYear.of(min(sources.last_day(session, options.hub_id, today) or today, today))
    facts_on = today if query.facts == NOW else None
    return Period(year.starts_on, year.ends_on, min(year.ends_on, today), facts_on)


def _select(context: ReportContext, scope: Scope, options: HubSettings, today: date) -> Selection:
    headline = options.headline if scope == CONNECTED else scope
    year = AcademicYear.of(context.period.starts_on)
    return Selection(
        hub_name=hub_name(context.session, options),
        period=context.period,
        year=year,
        years=sorted({*sources.years(context.session, context.hub), year}, reverse=True),
        scope=scope,
        scope_name=context.area.describe(scope),
        headline=headline,
        headline_name=context.area.describe(headline),
        choices=choices(context.area),
        today=today,
    )


# Long: one line for each figure of the page, whose facts are loaded once.
def _load_figures(context: ReportContext, selection: Selection, fresh: Freshness) -> Dashboard:
    scope, headline, area = selection.scope, selection.headline, context.area
    groups = load_work_group_facts(context)
    engaged = load_engagement_facts(context, groups)
    coverage, compliance = load_coverage(context), load_compliance(context, scope)
    compositions = compositions_in(context, scope, groups)
    engagement = engaged.engagement_of(area.eligible(headline))
    recorded = Recorded(
        context=context,
        scope=scope,
        headline=headline,
        places=groups.places,
        compositions=compositions,
        coverage=coverage,
        compliance=compliance,
        engagement=engagement,
        freshness=fresh,
    )
    return Dashboard(
        **vars(selection),
        engagement=engagement,
        connected=connected_schools(context, scope),
        leadership=leadership_spread(context, scope),
        lead_schools=work_group_lead_schools(context, scope, groups),
        coverage=intensive_support_coverage(context, scope, coverage),
        compositions=compositions,
        attendance=attendance(context, scope),
        tasks=task_completion(context, scope),
        compliance=compliance,
        reach=engaged.engagement_of(_on_the_map(area, scope, headline)),
        schools=dict(context.register.schools),
        supported=frozenset(urn for urn in coverage.led if area.includes(scope, urn)),
        attention=items_for(recorded),
        freshness=fresh,
    )


def _on_the_map(area: Area, scope: Scope, headline: Scope) -> frozenset[str]:
    """Return the state-funded schools of the headline; for the whole hub, other connected ones as well."""
    return area.eligible(headline) | (area.eligible(CONNECTED) if scope == CONNECTED else frozenset())


def choices(area: Area) -> list[Choice]:
    """Return the scopes that have a connected school."""
    schools = [area.register.schools[urn] for urn in area.members(CONNECTED)]
    authorities = {s.la_code: s.la_name for s in schools}
    phases = {s.phase for s in schools}
    # One choice for each trust, whatever UIDs it has had.
    uids = {area.register.identity(s.trust_uid): s.trust_uid for s in schools if s.trust_uid}
    trusts = {uid: area.register.trusts[identity] for identity, uid in uids.items()}
    return [
        Choice("", HUB, "The hub's area, all schools"),
        *(
            Choice("Local authority", Scope("la", code), name)
            for code, name in sorted(authorities.items(), key=lambda item: item[1])
        ),
        *(Choice("Phase", Scope("phase", p), PHASE_NAMES[p]) for p in PHASES if p in phases),
        *(
            Choice("Trust", Scope("trust", uid), name)
            for uid, name in sorted(trusts.items(), key=lambda item: item[1])
        ),
    ]
