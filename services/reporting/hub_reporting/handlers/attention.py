"""What somebody at the hub should look at, most pressing first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers.freshness import Freshness
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import sources
from hub_reporting.store import work_groups as group_store

NAMED: Final = 3  # so many are named in a sentence; the list has all


@dataclass(frozen=True)
class Item:
    """One thing, and where all of it is listed."""

    subject: str
    said: str
    report: str  # name of the report that lists it, or freshness
    link: str  # the words of the link


def needed(sight: Sight, scope: Scope, headline: Scope, fresh: Freshness) -> list[Item]:
    """Everything that asks for somebody."""
    return [
        *_stuck(sight, fresh),
        *_groups(sight, scope),
        *_visits(sight, scope),
        *_schools(sight, headline),
    ]


def _stuck(sight: Sight, fresh: Freshness) -> Iterator[Item]:
    if fresh.parked:
        said = "could not be counted in; the figures may lack what they say."
        yield Item(count(fresh.parked, "event"), said, "freshness", "How fresh this is")
    failed = sources.messages_failed(sight.session, sight.hub)
    if failed:
        said = "could not be sent and will not be tried again by themselves."
        yield Item(count(failed, "message"), said, "freshness", "How fresh this is")


def _groups(sight: Sight, scope: Scope) -> Iterator[Item]:
    link = "All work groups"
    wrong = sight.groups_in(scope).outside
    live = [c for c in wrong if c.state != "finished"]
    for one in live[:NAMED]:
        yield Item(one.group.title, f"is outside the rule: {one.shortfall}.", "work-group-composition", link)
    others = len(live) - NAMED
    if others > 0:
        said = "are outside the rule too." if others > 1 else "is outside the rule too."
        yield Item(f"{others} more", said, "work-group-composition", link)
    ended = len(wrong) - len(live)
    if ended:
        said = "ended outside the rule."
        yield Item(count(ended, "work group"), said, "work-group-composition", link)
    missing = group_store.registers_missing(sight.session, sight.hub, sight.period)
    if missing:
        title, day = missing[0]
        said = f"not taken; the oldest is of {title} on {day.day} {day:%B}."
        yield Item(count(len(missing), "register"), said, "work-group-composition", link)


def _visits(sight: Sight, scope: Scope) -> Iterator[Item]:
    found = sight.compliance_in(scope)
    link = "All visits owed"
    current = found.current()
    if current is not None:
        going_on = [s for s in found.settled if s.obligation.half_term == current]
        ends = max(s.obligation.ends_on for s in going_on)
        open_ = {s.obligation.urn for s in going_on if s.status == "open"}
        if open_ and ends >= found.day:
            left = count((ends - found.day).days, "day")
            has = "has" if len(open_) == 1 else "have"
            said = f"{has} nothing planned this half term; {left} left."
            yield Item(count(len(open_), "supported school"), said, "visit-compliance", link)
    missed = [s for s in found.settled if s.status == "missed"]
    if missed:
        latest = max(s.obligation.half_term for s in missed)
        urns = sorted({s.obligation.urn for s in missed if s.obligation.half_term == latest})
        names = named([sight.register.name(urn) for urn in urns])
        said = f"missed so far, the latest at {names}."
        yield Item(count(len(missed), "visit"), said, "visit-compliance", link)
    without = sum(sight.area.holds(scope, urn) for urn in sight.coverage.without)
    if without:
        said = (
            "lost their PD lead and have no other." if without > 1 else "lost its PD lead and has no other."
        )
        yield Item(
            count(without, "supported school"), said, "intensive-support-coverage", "All supported schools"
        )


def _schools(sight: Sight, headline: Scope) -> Iterator[Item]:
    levels = sight.engaged(sight.area.eligible(headline)).schools.values()
    unseen = sum(s.signed_up is not None and s.attended is None for s in levels)
    if unseen:
        said = f"of {sight.area.describe(headline)} signed up and came to nothing."
        yield Item(count(unseen, "school"), said, "engagement", "All schools with their levels")
    register, day = sight.register, sight.period.as_at
    held = {p.urn for p in sight.places if p.held_at(day)}
    gone = [urn for urn in held if urn in register.schools and register.standing(urn) is None]
    if gone:
        names = named(sorted(map(register.name, gone)))
        said = f"closed without a successor, with teachers still on work groups: {names}."
        yield Item(count(len(gone), "school"), said, "connected-schools", "All connected schools")


def count(number: int, noun: str) -> str:
    """1 visit, 2 visits."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def named(names: list[str]) -> str:
    """A few names, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
