"""Items that need attention, the most pressing first; each links to exactly the rows that it counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hub_reporting.domain.columns import Problem
from hub_reporting.domain.composition import Composition, Compositions, State, Verdict
from hub_reporting.domain.engagement import Engagement, Level
from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.domain.visits import Compliance, Coverage, Outcome, Status
from hub_reporting.domain.work_groups import Place
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.data_quality import closed_schools, registers_not_taken
from hub_reporting.queries.freshness import Freshness
from hub_reporting.store import sources

NAMES_SHOWN: Final = 3  # names in a sentence; the linked list has all of them
# States of Work Groups that are compared with the rule and not finished.
LIVE: Final = f"{State.CONFIRMED},{State.AT_RISK},{State.RUNNING}"


@dataclass(frozen=True)
class Item:
    """A number of records, with the report and the filters that list them."""

    number: int
    subject: str
    text: str
    link: str  # text of the link
    report: str  # name of the report
    filters: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None  # of the report, where it differs from the chosen one


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Facts of one scope, from which the items are derived."""

    context: ReportContext
    scope: Scope
    headline: Scope  # of the engagement figure
    places: Sequence[Place]
    compositions: Compositions
    coverage: Coverage
    compliance: Compliance
    engagement: Engagement
    freshness: Freshness


def items_for(recorded: Recorded) -> list[Item]:
    """Return every item of a scope; those that belong to no school name the whole hub in their text."""
    return [
        *_failures(recorded),
        *_groups(recorded),
        *_registers(recorded),
        *_not_planned(recorded),
        *_missed(recorded),
        *_without_lead(recorded),
        *_not_attended(recorded),
        *_closed(recorded),
    ]


def _failures(recorded: Recorded) -> Iterator[Item]:
    parked = recorded.freshness.parked
    if parked:
        text = "of the whole hub could not be counted, so the figures may be incomplete."
        yield _quality(parked, "event", text, Problem.EVENT_NOT_COUNTED, CONNECTED)
    failed = len(sources.messages_failed(recorded.context.session, recorded.context.hub))
    if failed:
        text = "of the whole hub could not be sent and will not be retried automatically."
        yield _quality(failed, "message", text, Problem.MESSAGE_NOT_SENT, CONNECTED)


def _groups(recorded: Recorded) -> Iterator[Item]:
    outside = recorded.compositions.outside
    live = [c for c in outside if c.state != State.FINISHED]
    if live:
        yield _outside(len(live), f"outside the rule: {named([_shortfall(c) for c in live])}.", LIVE)
    ended = len(outside) - len(live)
    if ended:
        yield _outside(ended, "ended outside the rule.", State.FINISHED)


def _outside(number: int, text: str, states: str) -> Item:
    filters = {"verdict": Verdict.OUTSIDE, "state": states}
    return Item(
        number, count(number, "Work Group"), text, "List these Work Groups", "work-group-composition", filters
    )


def _registers(recorded: Recorded) -> Iterator[Item]:
    missing = list(registers_not_taken(recorded.context, recorded.compositions))
    if missing and (day := missing[0].on) is not None:
        text = f"not taken; the oldest is of {missing[0].title} on {day.day} {day:%B}."
        yield _quality(len(missing), "register", text, Problem.REGISTER_NOT_TAKEN)


def _not_planned(recorded: Recorded) -> Iterator[Item]:
    found = recorded.compliance
    current = found.current()
    open_ = [s for s in found.outcomes if s.status == Status.OPEN and s.obligation.half_term == current]
    if current is not None and open_:
        days = (max(s.obligation.ends_on for s in open_) - found.day).days
        text = (
            f"of {half_term_name(current)} not planned yet, {count(days, 'day')} left: "
            f"{_schools(recorded, open_)}."
        )
        yield _due(len(open_), text, {"half_term": current, "status": Status.OPEN})


def _missed(recorded: Recorded) -> Iterator[Item]:
    missed = [s for s in recorded.compliance.outcomes if s.status == Status.MISSED]
    if missed:
        latest = max(s.obligation.half_term for s in missed)
        schools = _schools(recorded, [s for s in missed if s.obligation.half_term == latest])
        text = f"missed so far, the latest in {half_term_name(latest)}: {schools}."
        yield _due(len(missed), text, {"status": Status.MISSED})


def _due(number: int, text: str, filters: Mapping[str, str]) -> Item:
    subject = "visit or department meeting" if number == 1 else "visits or department meetings"
    return Item(number, f"{number} {subject}", text, "List these visits", "visit-compliance", filters)


def _without_lead(recorded: Recorded) -> Iterator[Item]:
    area = recorded.context.area
    without = sum(area.includes(recorded.scope, urn) for urn in recorded.coverage.without)
    if without:
        text = f"{'has' if without == 1 else 'have'} no PD lead any more."
        subject = count(without, "supported school")
        link = "List these schools"
        yield Item(without, subject, text, link, "intensive-support-coverage", {"led": "no"})


def _not_attended(recorded: Recorded) -> Iterator[Item]:
    number = sum(school.level == Level.SIGNED_UP for school in recorded.engagement.schools.values())
    if number:
        has = "has" if number == 1 else "have"
        schools = recorded.context.area.describe(recorded.headline)
        text = f"({schools}) {has} signed up and {has} not attended yet."
        filters = {"level": Level.SIGNED_UP}
        subject = count(number, "school")
        yield Item(number, subject, text, "List these schools", "engagement", filters, recorded.headline)


def _closed(recorded: Recorded) -> Iterator[Item]:
    closed = list(closed_schools(recorded.context, recorded.scope, recorded.places))
    if closed:
        names = named([one.name or "" for one in closed])
        text = f"closed without a successor, with teachers still on Work Groups: {names}."
        yield _quality(len(closed), "school", text, Problem.CLOSED_SCHOOL)


def _quality(number: int, noun: str, text: str, problem: Problem, scope: Scope | None = None) -> Item:
    link = f"List {'this' if number == 1 else 'these'} {noun}{'' if number == 1 else 's'}"
    return Item(number, count(number, noun), text, link, "data-quality", {"problem": problem}, scope)


def _shortfall(one: Composition) -> str:
    return f"{one.group.title} ({one.shortfall})"


def _schools(recorded: Recorded, settled: Iterable[Outcome]) -> str:
    urns = {s.obligation.urn for s in settled}
    return named(sorted(recorded.context.register.name(urn) for urn in urns))


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 visit, 2 visits."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def named(names: list[str]) -> str:
    """Return the first names, and the number of the others."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
