"""Renders the pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from hub_reporting.domain.catalogue import DEFINITIONS
from hub_reporting.domain.columns import STATE_WORDS, STATUS_WORDS
from hub_reporting.domain.composition import Composition
from hub_reporting.domain.engagement import LEVELS
from hub_reporting.domain.periods import NOW, taken_facts
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.handlers.attention import Item
from hub_reporting.handlers.dashboard import Choice, Dashboard
from hub_reporting.pages import curve, reach, words
from hub_reporting.pages.report_table import Table
from hub_reporting.pages.support import VisitGrid, this_half_term
from hub_reporting.pages.templating import TEMPLATES
from hub_reporting.pages.welcome import roles_of

GROUPS_SHOWN: Final = 12  # at least, at once; the others, none outside the rule, are one click away


def sign_in(hub_name: str, error: str = "", token: str = "") -> str:
    """The sign-in page; with a link's token only a button."""
    return TEMPLATES.get_template("sign_in.html").render(hub_name=hub_name, error=error, token=token)


def refusal(hub_name: str, detail: str) -> str:
    """What is shown for an address that asks for what there is not."""
    return TEMPLATES.get_template("refusal.html").render(hub_name=hub_name, detail=detail)


def welcome(hub_name: str, roles: Collection[str]) -> str:
    """The page for people whose work is not done on the dashboard."""
    template = TEMPLATES.get_template("welcome.html")
    return template.render(hub_name=hub_name, roles=roles_of(roles))


def report(hub_name: str, answered: Report, query: Mapping[str, str]) -> str:
    """A report's rows; `query` is what its address asks for, so that the files have the same rows."""
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
    attended = shown.engagement.level("attended")
    schools = words.schools_of(shown.headline, shown.headline_name)
    return TEMPLATES.get_template("dashboard.html").render(
        d=shown,
        taken_facts=taken_facts(shown.period),
        title=words.headline(attended, schools, str(shown.year), is_over=shown.is_over),
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


def checks(shown: Dashboard) -> list[Any]:
    """Relations between the figures that must hold."""
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
    """The scopes under their headings."""
    grouped: dict[str, list[Choice]] = {}
    for choice in choices:
        grouped.setdefault(choice.group, []).append(choice)
    return grouped


@dataclass(frozen=True)
class Links:
    """Addresses of what lies behind the figures, of the same period and scope."""

    shown: Dashboard

    def report(self, name: str, form: str = "csv") -> str:
        """Return one report's address."""
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

    def _query(self, scope: Scope, more: Mapping[str, str]) -> dict[str, Any]:
        period = self.shown.period
        query = {"from": period.starts_on, "to": period.ends_on, "scope": scope.code, **more}
        return query if period.facts_on is None else query | {"facts": NOW}


@dataclass(frozen=True)
class Groups:
    """Work Groups: those outside the rule, some of the others, the rest."""

    outside: list[Composition]
    inside: list[Composition]
    rest: list[Composition]
    most: int  # teachers of the largest group, or the rule's most: the length of a bar

    @classmethod
    def of(cls, shown: Dashboard) -> "Groups":
        """Sort them."""
        groups = shown.compositions.groups
        outside = list(shown.compositions.outside)
        inside = [c for c in groups if c.verdict != "outside"]
        beside = len({(s.obligation.urn, s.obligation.kind) for s in shown.compliance.settled}) // 2
        shown_n = max(0, max(GROUPS_SHOWN, beside) - len(outside))
        most = max((max(c.teachers, c.group.max_teachers) for c in groups), default=20)
        return cls(outside, inside[:shown_n], inside[shown_n:], most)
