"""What needs attention at the hub, the most pressing first; each item leads to exactly the rows it counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub_reporting.domain.composition import Composition
from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.domain.visits import Settled
from hub_reporting.handlers import quality_reports
from hub_reporting.handlers.freshness import Freshness
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import sources

NAMED: Final = 3  # so many are named in a sentence; the list has all
LIVE: Final = "confirmed,at_risk,running"  # states of judged groups that have not finished


@dataclass(frozen=True)
class Item:
    """A number of records, and the address of the report rows that it counts."""

    number: int
    subject: str
    said: str
    link: str  # the words of the link
    report: str  # name of the report that lists them
    filters: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None  # of the report, where it is not the one that was chosen


def needed(sight: Sight, scope: Scope, headline: Scope, fresh: Freshness) -> list[Item]:
    """Return every item for a scope; what belongs to no school says that it is of the whole hub."""
    return [
        *_stuck(sight, fresh),
        *_groups(sight, scope),
        *_registers(sight, scope),
        *_not_planned(sight, scope),
        *_missed(sight, scope),
        *_without_lead(sight, scope),
        *_not_attended(sight, headline),
        *_closed(sight, scope),
    ]


def _stuck(sight: Sight, fresh: Freshness) -> Iterator[Item]:
    if fresh.parked:
        said = "of the whole hub could not be counted in; the figures may lack what they say."
        yield _quality(fresh.parked, "event", said, "event_not_counted", CONNECTED)
    failed = len(sources.messages_failed(sight.session, sight.hub))
    if failed:
        said = "of the whole hub could not be sent and will not be tried again automatically."
        yield _quality(failed, "message", said, "message_not_sent", CONNECTED)


def _groups(sight: Sight, scope: Scope) -> Iterator[Item]:
    outside = sight.groups_in(scope).outside
    live = [c for c in outside if c.state != "finished"]
    if live:
        said = f"outside the rule: {named([_shortfall(c) for c in live])}."
        yield _outside(len(live), said, LIVE)
    ended = len(outside) - len(live)
    if ended:
        yield _outside(ended, "ended outside the rule.", "finished")


def _outside(number: int, said: str, states: str) -> Item:
    filters = {"verdict": "outside", "state": states}
    return Item(
        number, count(number, "Work Group"), said, "List these Work Groups", "work-group-composition", filters
    )


def _registers(sight: Sight, scope: Scope) -> Iterator[Item]:
    missing = list(quality_reports.registers_not_taken(sight, scope))
    if missing:
        title, day = missing[0]["title"], missing[0]["on"]
        said = f"not taken; the oldest is of {title} on {day.day} {day:%B}."
        yield _quality(len(missing), "register", said, "register_not_taken")


def _not_planned(sight: Sight, scope: Scope) -> Iterator[Item]:
    found = sight.compliance_in(scope)
    current = found.current()
    open_ = [s for s in found.settled if s.status == "open" and s.obligation.half_term == current]
    if current is not None and open_:
        left = (max(s.obligation.ends_on for s in open_) - found.day).days
        when = f"of {half_term_name(current)} not planned yet, {count(left, 'day')} left"
        said = f"{when}: {_schools(sight, open_)}."
        yield _owed(len(open_), said, {"half_term": current, "status": "open"})


def _missed(sight: Sight, scope: Scope) -> Iterator[Item]:
    missed = [s for s in sight.compliance_in(scope).settled if s.status == "missed"]
    if missed:
        latest = max(s.obligation.half_term for s in missed)
        schools = _schools(sight, [s for s in missed if s.obligation.half_term == latest])
        said = f"missed so far, the latest in {half_term_name(latest)}: {schools}."
        yield _owed(len(missed), said, {"status": "missed"})


def _owed(number: int, said: str, filters: Mapping[str, str]) -> Item:
    subject = "visit or department meeting" if number == 1 else "visits or department meetings"
    return Item(number, f"{number} {subject}", said, "List these visits", "visit-compliance", filters)


def _without_lead(sight: Sight, scope: Scope) -> Iterator[Item]:
    without = sum(sight.area.holds(scope, urn) for urn in sight.coverage.without)
    if without:
        said = f"{'has' if without == 1 else 'have'} no PD lead any more."
        subject = count(without, "supported school")
        link = "List these schools"
        yield Item(without, subject, said, link, "intensive-support-coverage", {"led": "no"})


def _not_attended(sight: Sight, headline: Scope) -> Iterator[Item]:
    found = sight.engaged(sight.area.eligible(headline)).schools.values()
    number = sum(school.level == "signed_up" for school in found)
    if number:
        has = "has" if number == 1 else "have"
        said = f"({sight.area.describe(headline)}) {has} signed up and {has} not attended yet."
        filters = {"level": "signed_up"}
        subject = count(number, "school")
        yield Item(number, subject, said, "List these schools", "engagement", filters, headline)


def _closed(sight: Sight, scope: Scope) -> Iterator[Item]:
    gone = list(quality_reports.closed_schools(sight, scope))
    if gone:
        names = named([row["name"] for row in gone])
        said = f"closed without a successor, with teachers still on Work Groups: {names}."
        yield _quality(len(gone), "school", said, "closed_school")


def _quality(number: int, noun: str, said: str, problem: str, scope: Scope | None = None) -> Item:
    link = f"List {'this' if number == 1 else 'these'} {noun}{'' if number == 1 else 's'}"
    return Item(number, count(number, noun), said, link, "data-quality", {"problem": problem}, scope)


def _shortfall(one: Composition) -> str:
    return f"{one.group.title} ({one.shortfall})"


def _schools(sight: Sight, settled: list[Settled]) -> str:
    urns = {s.obligation.urn for s in settled}
    return named(sorted(sight.register.name(urn) for urn in urns))


def count(number: int, noun: str) -> str:
    """Return 1 visit, 2 visits."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def named(names: list[str]) -> str:
    """Return the first names, and the number of the others."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
