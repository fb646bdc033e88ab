"""The hub's figures after the year, all read from reporting and notifications."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypedDict

from rich.text import Text

from hub_demo.connection import Connection
from hub_demo.dates.school_years import SchoolYear
from hub_demo.settling import State
from hub_local.failures import CannotStart

CAMBRIDGESHIRE: Final = "la:873"


class Report(TypedDict):
    """A report of reporting, as far as it is read here; each report has some of these fields."""

    n: int
    N: int
    rate: float | None  # per cent
    figures: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A count out of a total, with its rate."""

    n: int
    of: int
    rate: float | None  # per cent

    def __str__(self) -> str:
        said = "" if self.rate is None else f" ({self.rate:.1f} %)"
        return f"{self.n:,} of {self.of:,}{said}"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The hub's figures. Loads of the same commands compare equal, whatever time they took."""

    connected_schools: int
    engagement: Share  # of Cambridgeshire's schools
    leaders: int
    leader_schools: int
    leader_trusts: int
    groups_in_range: Share
    lead_schools: int
    supported_schools: int
    visits: Share  # of the obligations
    messages_sent: int
    events: int
    parked: int
    commands: int = field(default=0, compare=False)  # sent in this run
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)  # phase → duration

    def lines(self) -> list[str]:
        """Return the lines for a terminal."""
        return [
            f"{self.connected_schools:,} connected schools",
            f"{self.engagement} of Cambridgeshire's schools engaged",
            f"{self.leaders} leaders from {self.leader_schools} schools in {self.leader_trusts} trusts",
            f"{self.groups_in_range} Work Groups within the rule, led from {self.lead_schools} schools",
            f"{self.supported_schools} supported schools; {self.visits} half-term visits made",
            f"{self.messages_sent:,} messages sent",
            f"{self.events:,} events, {self.parked} parked",
        ]

    def times(self) -> list[str]:
        """Return a line with the duration of each phase."""
        return [f"{name:<52}{seconds:6.1f} s" for name, seconds in self.seconds.items()]

    def __rich__(self) -> Text:
        """Return the lines with the durations dimmed at their ends."""
        text = Text("\n".join(self.lines()))
        if self.seconds:
            text.append("\n\n" + "\n".join(self.times()), style="dim")
        return text

    def timed(self, commands: int, seconds: Mapping[str, float]) -> "Figures":
        """Return the same figures with the commands and durations of this run."""
        return replace(self, commands=commands, seconds=dict(seconds))


def read_figures(addresses: Mapping[str, str], token: str, state: State, year: SchoolYear) -> Figures:
    """Read the figures of an academic year from reporting.

    Raises:
        CannotStart: a report was refused.
    """
    with contextlib.closing(Connection(addresses["reporting"], token)) as reporting:
        connected = _report(reporting, year, "connected-schools")
        engagement = _report(reporting, year, "engagement", CAMBRIDGESHIRE)
        leadership = _report(reporting, year, "leadership-spread")["figures"]
        groups = _report(reporting, year, "work-group-composition")
        lead_schools = _report(reporting, year, "work-group-lead-schools")
        supported = _report(reporting, year, "intensive-support-coverage")
        visits = _report(reporting, year, "visit-compliance")
    return Figures(
        connected_schools=connected["n"],
        engagement=_share(engagement),
        leaders=leadership["leaders"],
        leader_schools=leadership["schools"],
        leader_trusts=leadership["trusts"],
        groups_in_range=_share(groups),
        lead_schools=lead_schools["n"],
        supported_schools=supported["n"],
        visits=_share(visits),
        messages_sent=state.messages_sent,
        events=state.projected,
        parked=state.parked,
    )


def _report(reporting: Connection, year: SchoolYear, name: str, scope: str = "") -> Report:
    path = f"/reporting/v1/reports/{name}?from={year.starts_on}&to={year.ends_on}"
    answered = reporting.get(f"{path}&scope={scope}" if scope else path)
    if answered.status != 200:
        raise CannotStart(
            f"Reporting answered {name} with {answered.status} {answered.code}: {answered.detail}"
        )
    report: Report = answered.body
    return report


def _share(report: Report) -> Share:
    return Share(n=report["n"], of=report["N"], rate=report["rate"])
