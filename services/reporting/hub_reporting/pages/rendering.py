"""Renders the pages."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub_reporting.domain import visits
from hub_reporting.domain.composition import Composition
from hub_reporting.domain.engagement import LEVELS
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import HALF_TERM_NAMES, half_term_name
from hub_reporting.domain.reports import BY_NAME, DEFINITIONS
from hub_reporting.handlers.dashboard import Choice, Dashboard
from hub_reporting.pages import curve, reach, words

HERE: Final = Path(__file__).parent
MEDIA_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
GROUPS_SHOWN: Final = 12  # at least, at once; the others, all within the rule, are one click away


@dataclass(frozen=True)
class Static:
    """A file that pages refer to; its version is a digest, so that a browser may keep it for ever."""

    body: bytes
    version: str
    media_type: str

    @classmethod
    def read(cls, path: Path) -> "Static":
        """Read it once."""
        body = path.read_bytes()
        return cls(body, hashlib.sha256(body).hexdigest()[:12], MEDIA_TYPES[path.suffix])


STATIC: Final = {path.name: Static.read(path) for path in sorted((HERE / "static").iterdir())}


def static_address(name: str) -> str:
    """Where a browser finds a file."""
    return f"/static/{STATIC[name].version}/{name}"


_environment: Final = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["static"] = static_address
_environment.filters |= {
    "day": words.day,
    "short_day": words.short_day,
    "moment": words.moment,
    "percent": words.percent,
    "number": words.number,
}


def sign_in(hub_name: str, error: str = "", token: str = "") -> str:
    """The sign-in page; with a link's token only a button."""
    return _environment.get_template("sign_in.html").render(hub_name=hub_name, error=error, token=token)


def refusal(hub_name: str, detail: str) -> str:
    """What is shown for an address that asks for what there is not."""
    return _environment.get_template("refusal.html").render(hub_name=hub_name, detail=detail)


def dashboard(shown: Dashboard) -> str:
    """The year at a glance."""
    attended = shown.engagement.level("attended")
    schools = words.schools_of(shown.headline, shown.headline_name)
    return _environment.get_template("dashboard.html").render(
        d=shown,
        title=words.headline(attended, schools, str(shown.year), is_over=shown.is_over),
        schools=schools,
        levels={level: shown.engagement.level(level) for level in LEVELS},
        map=reach.draw(shown.reach, shown.supported, shown.schools),
        chart=curve.draw(shown.engagement, shown.period),
        narrow_chart=curve.draw(shown.engagement, shown.period, curve.NARROW),
        level_names=curve.NAMES,
        groups=Groups.of(shown),
        grid=VisitGrid.of(shown),
        this_half_term=this_half_term(shown),
        choice_groups=choice_groups(shown.choices),
        definitions=DEFINITIONS,
        titles=BY_NAME,
        link=Links(shown),
        states=words.STATES,
        statuses=words.STATUSES,
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

    def report(self, name: str, form: str = "csv", scope: str | None = None) -> str:
        """One report's address."""
        if name == "freshness":
            return "/reporting/v1/freshness"
        period = self.shown.period
        own = self.shown.headline if name == "engagement" else self.shown.scope
        query = {"from": period.starts_on, "to": period.ends_on, "scope": scope or own.code, "format": form}
        return f"/reporting/v1/reports/{name}?{urlencode(query)}"


@dataclass(frozen=True)
class Groups:
    """Work groups: those outside the rule, some of the others, the rest, what was cancelled at the end."""

    outside: list[Composition]
    inside: list[Composition]
    rest: list[Composition]
    most: int  # teachers of the largest group, or the rule's most: the length of a bar

    @classmethod
    def of(cls, shown: Dashboard) -> "Groups":
        """Sort them."""
        groups = shown.compositions.groups
        outside = list(shown.compositions.outside)
        inside = [c for c in groups if c.in_range or c.cancelled]
        beside = len({(s.obligation.urn, s.obligation.kind) for s in shown.compliance.settled}) // 2
        shown_n = max(0, max(GROUPS_SHOWN, beside) - len(outside))
        most = max((max(c.teachers, c.group.max_teachers) for c in groups), default=20)
        return cls(outside, inside[:shown_n], inside[shown_n:], most)


@dataclass(frozen=True)
class VisitRow:
    """A supported school and kind of obligation, half term by half term."""

    urn: str
    name: str
    kind: str
    cells: list[visits.Settled | None]


@dataclass(frozen=True)
class VisitGrid:
    """Every supported school, every half term."""

    half_terms: list[tuple[str, str]]  # id and name
    rows: list[VisitRow]
    totals: list[Ratio]

    @classmethod
    def of(cls, shown: Dashboard) -> "VisitGrid":
        """Lay it out: a row for each school and kind, schools by name."""
        by_half_term = shown.compliance.half_terms()
        settled: dict[tuple[str, str], dict[str, visits.Settled]] = {}
        for one in shown.compliance.settled:
            owed = one.obligation
            settled.setdefault((owed.urn, owed.kind), {})[owed.half_term] = one
        rows = [
            VisitRow(urn, _name(shown.schools, urn), kind, [cells.get(h) for h in by_half_term])
            for (urn, kind), cells in settled.items()
        ]
        return cls(
            [(half_term, half_term_name(half_term)) for half_term in by_half_term],
            sorted(rows, key=lambda row: (row.name, row.urn, row.kind != "visit")),
            [visits.ratio(listed) for listed in by_half_term.values()],
        )


@dataclass(frozen=True)
class HalfTermSeen:
    """How many supported schools have been seen in the last half term that has begun."""

    name: str
    number: int
    seen: int
    supported: int
    excused: int
    unseen: list[str]  # names; empty while the half term goes on
    ends_on: Any


def this_half_term(shown: Dashboard) -> HalfTermSeen | None:
    """The half term of the tile; none before the first has begun."""
    current = shown.compliance.current()
    if current is None:
        return None
    settled = [s for s in shown.compliance.settled if s.obligation.half_term == current]
    seen = shown.compliance.seen(current) & shown.supported
    excused = {s.obligation.urn for s in settled if s.status == "excused"} - seen
    missed = {s.obligation.urn for s in settled if s.status == "missed"} - seen - excused
    name = half_term_name(current)
    return HalfTermSeen(
        name=name,
        number=HALF_TERM_NAMES.index(name) + 1,
        seen=len(seen),
        supported=len(shown.supported),
        excused=len(excused),
        unseen=sorted(_name(shown.schools, urn) for urn in missed),
        ends_on=max(s.obligation.ends_on for s in settled),
    )


def _name(schools: Mapping[str, Any], urn: str) -> str:
    school = schools.get(urn)
    return school.name if school is not None else f"URN {urn}"
