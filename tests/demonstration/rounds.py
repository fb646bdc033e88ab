"""Follows the plan's commands about supported schools by visits' own rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from tests.demonstration.counting import body, made, named

from hub_demo.commands import Command
from hub_kernel.academic_years import academic_year_of
from hub_kernel.england import day_in_england
from hub_kernel.support_visits import kind_met_by
from hub_platform.bank_holidays import bank_holidays
from hub_visits.domain import calendars, obligations, visits
from hub_visits.domain.assignments import Owed
from hub_visits.domain.assignments import obligations as owed_by
from hub_visits.domain.calendars import HalfTerm


@dataclass
class Visit:
    """A visit in the diary."""

    assignment: str
    half_term: str | None
    meets: str
    planned_at: datetime
    status: str = "planned"
    happened_on: date | None = None

    @property
    def day(self) -> date:
        """The day on which it took place or is planned."""
        return self.happened_on or day_in_england(self.planned_at)


@dataclass
class Assignment:
    """A school with its PD lead."""

    urn: str
    half_terms: Sequence[HalfTerm]
    span: visits.Span
    kinds: Sequence[str]
    owed: list[Owed]
    chain: str  # the key of the first assignment

    @property
    def year(self) -> str:
        """The academic year."""
        return academic_year_of(self.span.starts_on)


@dataclass
class Rounds:
    """All supported schools; `calendar_of` says which scopes cover a school, the most specific first."""

    calendar_of: Mapping[str, Sequence[str]]
    calendars: dict[tuple[str, str], list[HalfTerm]] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    excused: set[tuple[str, str, str]] = field(default_factory=set)

    def follow(self, command: Command) -> None:
        """Do what a command does, or raise what visits would."""
        for pattern, handle in HANDLERS.items():
            if re.fullmatch(pattern, f"{command.method} {command.path}"):
                handle(self, command)

    def standing(self, today: date) -> list[tuple[Owed, obligations.Status]]:
        """Return the open obligations with their status."""
        found = []
        for key, assignment in self.assignments.items():
            for owed in assignment.owed:
                if owed.starts_on <= today <= owed.ends_on:
                    facts = self._facts(key, assignment.urn, owed)
                    found.append(
                        (owed, obligations.status_of(facts, today=today, bank_holidays=bank_holidays()))
                    )
        return found

    def _facts(self, key: str, urn: str, owed: Owed) -> obligations.Facts:
        about = [
            visit.status
            for visit in self.visits.values()
            if (visit.half_term, visit.meets) == (owed.half_term, owed.kind)
            and self.assignments[visit.assignment].chain == self.assignments[key].chain
        ]
        return obligations.Facts(
            ends_on=owed.ends_on,
            met="logged" in about,
            planned="planned" in about,
            excused=(urn, owed.half_term, owed.kind) in self.excused,
        )


def calendar_set(rounds: Rounds, command: Command) -> None:
    facts, scope = body(command), command.path.rpartition("/")[2]
    year = facts["academic_year"]
    half_terms = [
        HalfTerm(
            first_year=int(year[:4]),
            n=one["n"],
            starts_on=date.fromisoformat(one["starts_on"]),
            ends_on=date.fromisoformat(one["ends_on"]),
            non_school_days=frozenset(map(date.fromisoformat, one["non_school_days"])),
        )
        for one in facts["half_terms"]
    ]
    calendars.check_half_terms(year, half_terms)
    rounds.calendars[scope, year] = half_terms
    for assignment in rounds.assignments.values():
        covers = next(one for one in rounds.calendar_of[assignment.urn] if (one, year) in rounds.calendars)
        if covers == scope and assignment.year == year:
            settle(rounds, assignment, half_terms)


def settle(rounds: Rounds, assignment: Assignment, half_terms: Sequence[HalfTerm]) -> None:
    """Go by other dates: what is owed, and to which half term each visit belongs."""
    assignment.half_terms = half_terms
    assignment.owed = owed_by(half_terms, assignment.kinds, starts_on=assignment.span.starts_on)
    for visit in rounds.visits.values():
        if rounds.assignments[visit.assignment] is assignment:
            half_term = calendars.half_term_on(half_terms, visit.day)
            visit.half_term = half_term.id if half_term else None


def assigned(rounds: Rounds, command: Command) -> None:
    facts = body(command)
    urn, starts_on = str(facts["urn"]), date.fromisoformat(facts["starts_on"])
    year = academic_year_of(starts_on)
    scope = next(one for one in rounds.calendar_of[urn] if (one, year) in rounds.calendars)
    half_terms = rounds.calendars[scope, year]
    rounds.assignments[command.key] = Assignment(
        urn=urn,
        half_terms=half_terms,
        span=visits.Span(starts_on=starts_on, ends_on=calendars.last_day_of(year)),
        kinds=facts["kinds"],
        owed=owed_by(half_terms, facts["kinds"], starts_on=starts_on),
        chain=command.key,
    )


def handed_over(rounds: Rounds, command: Command) -> None:
    before, on = rounds.assignments[named(command)], date.fromisoformat(body(command)["on"])
    after = replace(
        before,
        span=replace(before.span, starts_on=on),
        owed=owed_by(before.half_terms, before.kinds, starts_on=on),
    )
    before.owed = owed_by(before.half_terms, before.kinds, starts_on=before.span.starts_on, followed_on=on)
    before.span = replace(before.span, ends_on=on - timedelta(days=1))
    rounds.assignments[command.key] = after
    for visit in rounds.visits.values():
        if visit.assignment == named(command) and day_in_england(visit.planned_at) >= on:
            assert visit.status == "planned"
            visit.assignment = command.key


def planned(rounds: Rounds, command: Command) -> None:
    facts = body(command)
    key, at = made(facts["assignment_id"]), datetime.fromisoformat(facts["planned_at"])
    assignment, day = rounds.assignments[key], day_in_england(at)
    visits.check_within(assignment.span, day, "/planned_at")
    assert command.at < at, "a visit is planned before it is made"
    half_term = calendars.half_term_on(assignment.half_terms, day)
    meets = kind_met_by(facts["kind"])
    rounds.visits[command.key] = Visit(key, half_term.id if half_term else None, meets, at)


def logged(rounds: Rounds, command: Command) -> None:
    visit, happened_on = rounds.visits[named(command)], date.fromisoformat(body(command)["happened_on"])
    visits.check_planned(visit.status)
    assignment = rounds.assignments[visit.assignment]
    half_term = calendars.half_term_on(assignment.half_terms, happened_on)
    today = day_in_england(command.at)
    held = visits.place_logged(
        half_term,
        happened_on=happened_on,
        span=assignment.span,
        today=today,
        bank_holidays=bank_holidays(),
    )
    visit.half_term, visit.status, visit.happened_on = held.half_term, "logged", happened_on


def cancelled(rounds: Rounds, command: Command) -> None:
    visit = rounds.visits[named(command)]
    visits.check_planned(visit.status)
    visit.status = "cancelled"


def excused(rounds: Rounds, command: Command) -> None:
    facts = body(command)
    key = (str(facts["urn"]), facts["half_term"], facts["kind"])
    assert key not in rounds.excused
    rounds.excused.add(key)


V1: Final = "/visits/v1"
HANDLERS: Final[Mapping[str, Callable[[Rounds, Command], None]]] = {
    rf"PUT {V1}/calendars/.*": calendar_set,
    rf"POST {V1}/assignments": assigned,
    rf"POST {V1}/assignments/.*/hand-over": handed_over,
    rf"POST {V1}/visits": planned,
    rf"POST {V1}/visits/.*/log": logged,
    rf"POST {V1}/visits/.*/cancellation": cancelled,
    rf"POST {V1}/exemptions": excused,
}
