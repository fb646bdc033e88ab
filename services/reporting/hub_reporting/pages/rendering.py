"""Renders the dashboard, the page of a report, the sign-in page and the pages of refusals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.domain.columns import STATE_WORDS, STATUS_WORDS
from hub_reporting.domain.composition import Composition, Verdict
from hub_reporting.domain.engagement import LEVELS, Level
from hub_reporting.domain.measures import Check
from hub_reporting.domain.periods import NOW, taken_facts
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.pages import curve, reach, words
from hub_reporting.pages.report_table import Table
from hub_reporting.pages.support import VisitGrid, this_half_term
from hub_reporting.pages.templating import TEMPLATES
from hub_reporting.pages.welcome import roles_of
from hub_reporting.queries.attention import Item
from hub_reporting.queries.dashboard import Choice, Dashboard

GROUPS_SHOWN: Final = 12  # at least; the others, all of them within the rule, are folded away


def sign_in(hub_name: str, error: str = "", token: str = "") -> str:
    """Return the sign-in page; with a link's token only a button."""
    return TEMPLATES.get_template("sign_in.html").render(hub_name=hub_name, error=error, token=token)


def refusal(hub_name: str, detail: str) -> str:
    """Return the page for an unknown academic year or scope."""
    return TEMPLATES.get_template("refusal.html").render(hub_name=hub_name, detail=detail)


def welcome(hub_name: str, roles: Collection[str]) -> str:
    """Return the page for users whose roles have no access to the dashboard."""
    template = TEMPLATES.get_template("welcome.html")
    return template.render(hub_name=hub_name, roles=roles_of(roles))


def report(hub_name: str, answered: Report, query: Mapping[str, str]) -> str:
    """Return the page of a report; `query` has the parameters of its address, for links to the same rows."""
    scope = words.schools_of(answered.scope, answered.scope_name)
    address = f"/reporting/v1/reports/{answered.definition.name}"
    own = "" if answered.scope == CONNECTED else answered.scope.code
    back = {"year": str(answered.period.years[0]), "scope": own}
    if answered.period.facts_on is not None:
        back["facts"] = NOW
    return TEMPLATES.get_template("report.html").render(
        hub_name=hub_name,
        report=answered,
        scope=scope,
        table=Table.of(answered, query),
        csv=f"{address}?{urlencode({**query, 'format': 'csv'})}",
        json=f"{address}?{urlencode({**query, 'format': 'json'})}",
        back=f"/?{urlencode(back)}",
        taken_facts=taken_facts(answered.period),
    )


def dashboard(shown: Dashboard) -> str:
    """The year at a glance."""
    attended = shown.engagement.level(Level.ATTENDED)
    schools = words.schools_of(shown.headline, shown.headline_name)
    return TEMPLATES.get_template("dashboard.html").render(
        d=shown,
        taken_facts=taken_facts(shown.period),
        title=words.headline(attended, schools, str(shown.year), has_ended=shown.has_ended),
        schools=schools,
        levels={level: shown.engagement.level(level) for level in LEVELS},
        scope_schools=words.schools_of(shown.scope, shown.scope_name),
        map=reach.draw(shown.reach, shown.supported, shown.schools, frozenset(shown.engagement.schools)),
        chart=curve.draw(shown.engagement, shown.period),
        narrow_chart=curve.draw(shown.engagement, shown.period, curve.NARROW),
        level_names=curve.NAMES,
        groups=Groups.of(shown),
        grid=VisitGrid.of(shown),
        this_half_term=this_half_term(shown),
        choice_groups=choice_groups(shown.choices),
        definitions=DEFINITIONS,
        link=Links(shown),
        states=STATE_WORDS,
        statuses=STATUS_WORDS,
        failed_checks=[check for check in checks(shown) if not check.holds],
    )


def checks(shown: Dashboard) -> list[Check]:
    """Return the relations that must hold between the figures."""
    reports = (
        shown.connected,
        shown.leadership,
        shown.lead_schools,
        shown.coverage,
        shown.attendance,
        shown.tasks,
    )
    return [*shown.engagement.checks(), *(check for report in reports for check in report.checks)]


def choice_groups(choices: list[Choice]) -> dict[str, list[Choice]]:
    """Return the scopes by heading."""
    grouped: dict[str, list[Choice]] = {}
    for choice in choices:
        grouped.setdefault(choice.group, []).append(choice)
    return grouped


@dataclass(frozen=True)
class Links:
    """Addresses of reports for the period and the scope of the dashboard."""

    shown: Dashboard

    def report(self, name: str, form: str = "csv") -> str:
        """Return the address of a report as JSON or CSV."""
        scope = self.shown.headline if name == "engagement" else self.shown.scope
        return f"/reporting/v1/reports/{name}?{urlencode(self._query(scope, {'format': form}))}"

    def page(self, name: str) -> str:
        """Return the address of the page with all rows of a report."""
        scope = self.shown.headline if name == "engagement" else self.shown.scope
        return f"/reports/{name}?{urlencode(self._query(scope, {}))}"

    def rows(self, item: Item) -> str:
        """Return the address of the page with exactly the rows that an item counts."""
        query = self._query(item.scope or self.shown.scope, item.filters)
        return f"/reports/{item.report}?{urlencode(query)}"

    def _query(self, scope: Scope, more: Mapping[str, str]) -> dict[str, str]:
        period = self.shown.period
        days = {"from": period.starts_on.isoformat(), "to": period.ends_on.isoformat()}
        query = days | {"scope": scope.code, **more}
        return query if period.facts_on is None else query | {"facts": NOW}


@dataclass(frozen=True)
class Groups:
    """Work Groups in the order of the page: outside the rule, some of the others, the rest."""

    outside: list[Composition]
    inside: list[Composition]
    rest: list[Composition]
    most: int  # largest number of teachers, present or allowed: the full length of a bar

    @classmethod
    def of(cls, shown: Dashboard) -> "Groups":
        """Sort the Work Groups of the dashboard."""
        groups = shown.compositions.groups
        outside = list(shown.compositions.outside)
        inside = [c for c in groups if c.verdict != Verdict.OUTSIDE]
        visit_rows = len({(s.obligation.urn, s.obligation.kind) for s in shown.compliance.outcomes}) // 2
        shown_n = max(0, max(GROUPS_SHOWN, visit_rows) - len(outside))
        most = max((max(c.teachers, c.group.max_teachers) for c in groups), default=20)
        return cls(outside, inside[:shown_n], inside[shown_n:], most)
