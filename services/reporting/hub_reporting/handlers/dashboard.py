"""Everything that the dashboard shows of one academic year and one scope."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_reporting.config import Options
from hub_reporting.domain.composition import Compositions
from hub_reporting.domain.engagement import Engagement
from hub_reporting.domain.periods import AS_AT, NOW, AcademicYear, Period
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASE_NAMES, PHASES, School
from hub_reporting.domain.scopes import CONNECTED, HUB, Area, Scope, parse_scope
from hub_reporting.domain.visits import Compliance
from hub_reporting.handlers import (
    attention,
    freshness,
    participation_reports,
    school_reports,
    support_reports,
)
from hub_reporting.handlers.hub import hub_name
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import sources


@dataclass(frozen=True)
class Choice:
    """One scope that the page offers."""

    group: str  # heading under which it is listed
    scope: Scope
    name: str


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """What the page is made of."""

    hub_name: str
    period: Period
    year: AcademicYear
    years: list[AcademicYear]
    scope: Scope  # of everything but the engagement figure …
    scope_name: str
    headline: Scope  # … which has its own as long as nobody chooses one
    headline_name: str
    choices: list[Choice]
    today: date
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
    attention: list[attention.Item]
    freshness: freshness.Freshness

    @property
    def is_over(self) -> bool:
        """Whether the year has ended."""
        return self.today > self.year.ends_on

    @property
    def is_whole_hub(self) -> bool:
        """Whether no narrower scope was chosen."""
        return self.scope == CONNECTED

    @property
    def has_records(self) -> bool:
        """Whether anything at all is recorded of the year and the scope."""
        schools = self.engagement.schools.values()
        signed_up = any(school.level != "none" for school in schools)
        return bool(signed_up or self.compositions.groups or self.compliance.settled)


def look(
    session: Session,
    *,
    year: str,
    scope: str,
    facts: str = AS_AT,
    fresh: freshness.Freshness,
    options: Options,
    now: datetime,
) -> Dashboard:
    """Gather what the page shows.

    Args:
        session: a transaction to read in.
        year: "2025/26", or empty for the latest in which anything happened.
        scope: as for reports, or empty for the whole hub.
        facts: as for reports.
        fresh: how much the figures know.
        options: which hub.
        now: the clock.

    Raises:
        Refused: `unknown_year` or `unknown_scope`.
    """
    chosen = parse_scope(scope) if scope else CONNECTED
    asked = AcademicYear.parse(year) if year else None
    today = day_in_england(now)
    if asked is None:
        asked = AcademicYear.of(min(sources.last_day(session, options.hub_id, today) or today, today))
    # The whole year, so that what is still to come is shown; nothing of it is counted before it happens.
    # The day is the one that reports take by default, so that the page's links list what it counts.
    as_at = min(asked.ends_on, today)
    period = Period(asked.starts_on, asked.ends_on, as_at, today if facts == NOW else None)
    sight = Sight(session, options, period)
    sight.area.check(chosen)
    return _gather(sight, chosen, options.headline if chosen == CONNECTED else chosen, fresh, today)


def _gather(
    sight: Sight, scope: Scope, headline: Scope, fresh: freshness.Freshness, today: date
) -> Dashboard:
    area, year = sight.area, AcademicYear.of(sight.period.starts_on)
    supported = frozenset(urn for urn in sight.coverage.led if area.holds(scope, urn))
    known_years = sources.years(sight.session, sight.hub)
    return Dashboard(
        hub_name=hub_name(sight.session, sight.options),
        period=sight.period,
        year=year,
        years=sorted({*known_years, year}, reverse=True),
        scope=scope,
        scope_name=area.describe(scope),
        headline=headline,
        headline_name=area.describe(headline),
        choices=choices(area),
        today=today,
        engagement=sight.engaged(area.eligible(headline)),
        connected=school_reports.connected_schools(sight, scope),
        leadership=school_reports.leadership_spread(sight, scope),
        lead_schools=school_reports.work_group_lead_schools(sight, scope),
        coverage=support_reports.intensive_support_coverage(sight, scope),
        compositions=sight.groups_in(scope),
        attendance=participation_reports.attendance(sight, scope),
        tasks=participation_reports.task_completion(sight, scope),
        compliance=sight.compliance_in(scope),
        reach=sight.engaged(_on_the_map(area, scope, headline)),
        schools=dict(sight.register.schools),
        supported=supported,
        attention=attention.needed(sight, scope, headline, fresh),
        freshness=fresh,
    )


def _on_the_map(area: Area, scope: Scope, headline: Scope) -> frozenset[str]:
    """The state-funded schools of the headline; of the whole hub also the other connected ones."""
    return area.eligible(headline) | (area.eligible(CONNECTED) if scope == CONNECTED else frozenset())


def choices(area: Area) -> list[Choice]:
    """Return the scopes in which there is a connected school."""
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
