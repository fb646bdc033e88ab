"""Which half terms a supported school has in an academic year: by the calendar that covers it on each day.

A school is covered by the most specific calendar: its own, its trust's, its authority's, the hub's. Which one
that is can change in the year, when a successor takes over or when the school's trust or authority changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from hub_kernel.school_calendars import HALF_TERMS_A_YEAR, scopes_of
from hub_kernel.successions import Succession, Successions
from hub_visits.domain.calendars import HalfTerm, first_year_of, half_term_on, last_day_of

ALWAYS: Final = date.min


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one event said a school belongs to."""

    told_on: date  # the register's day of saying so
    trust_since: date | None  # the day on which the school joined the trust, or left one, where it is known
    la_code: str
    trust_uid: str | None


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """What a school belongs to from a day on."""

    since: date
    la_code: str
    trust_uid: str | None


def belongings(told: Sequence[Told]) -> list[Belonging]:
    """Return what a school belonged to in the course of time, by what was said of it, in the order of saying.

    What was said first holds for all days before, too, unless the register names an earlier day on which the
    school joined its trust. What is said later replaces what was said before of the days from its own day on.
    """
    authorities = _authorities(told)
    trusts = _trusts(told)
    days = sorted({day for day, _ in (*authorities, *trusts)})
    return [Belonging(since=day, la_code=_on(authorities, day), trust_uid=_on(trusts, day)) for day in days]


def _authorities(told: Sequence[Told]) -> list[tuple[date, str]]:
    found = [(ALWAYS, told[0].la_code)]
    for each in told[1:]:
        found = [one for one in found if one[0] < each.told_on]
        if found[-1][1] != each.la_code:
            found.append((each.told_on, each.la_code))
    return found


def _trusts(told: Sequence[Told]) -> list[tuple[date, str | None]]:
    found: list[tuple[date, str | None]] = [(ALWAYS, told[0].trust_uid)]
    for each in told:
        since = each.trust_since
        if found[-1][1] == each.trust_uid:
            if since is None or (len(found) == 1 and since >= told[0].told_on):
                continue  # nothing new
            found.pop()
        start = since or each.told_on
        found = [one for one in found if one[0] < start] or [(ALWAYS, None)]
        if found[-1][1] != each.trust_uid:
            found.append((start, each.trust_uid))
    return found


Value = TypeVar("Value")


def _on(values: Sequence[tuple[date, Value]], day: date) -> Value:
    return next(value for since, value in reversed(values) if since <= day)


class Calendars:
    """The calendars of one academic year, and what decides which of them covers a school on a day."""

    def __init__(
        self,
        academic_year: str,
        *,
        half_terms: Mapping[str, Sequence[HalfTerm]],
        links: Iterable[Succession],
        belongings: Mapping[str, Sequence[Belonging]],
    ) -> None:
        """Index them.

        Args:
            academic_year: such as 2025/26.
            half_terms: by scope, such as `la:873`.
            links: successions; those to a school of which nothing else is known yet are left out of account.
            belongings: by URN, in the order of `since`, at least one for each school that is known.
        """
        self._first = date(first_year_of(academic_year), 9, 1)
        self._last = last_day_of(academic_year)
        self._half_terms = half_terms
        self._links = [link for link in links if link.successor_urn in belongings]
        self._successions = Successions(self._links)
        self._belongings = belongings

    def half_term_on(self, urn: str, day: date) -> HalfTerm | None:
        """Return the half term in which a day lies at a school or its successor; none in the holidays."""
        return half_term_on(self._covering(urn, day), day)

    def half_terms(self, urn: str) -> list[HalfTerm]:
        """Return the half terms of a school and its successors, in the order of the year.

        Each is taken from the calendar that covers the school on the half term's last day. Where two
        calendars claim this, the later end counts; where none does, the last calendar that has it.
        """
        in_turn = [self._covering(urn, day) for day in self._days_of_change(urn)]
        found = (self._half_term(n, urn, in_turn) for n in range(1, HALF_TERMS_A_YEAR + 1))
        return [half_term for half_term in found if half_term is not None]

    def _half_term(self, n: int, urn: str, in_turn: Sequence[Sequence[HalfTerm]]) -> HalfTerm | None:
        offered = [each for half_terms in in_turn for each in half_terms if each.n == n]
        claimed = [each for each in offered if each in self._covering(urn, each.ends_on)]
        if claimed:
            return max(claimed, key=lambda each: (each.ends_on, each.starts_on))
        return offered[-1] if offered else None

    def _covering(self, urn: str, day: date) -> Sequence[HalfTerm]:
        """Return the half terms of the calendar that covers a school on a day; empty when none does."""
        school = self._successions.standing(urn, day)
        known = self._belongings.get(school, ())
        if not known:
            return ()
        belonging = next((each for each in reversed(known) if each.since <= day), known[0])
        scopes = scopes_of(school, trust_uid=belonging.trust_uid, la_code=belonging.la_code)
        return next((self._half_terms[scope] for scope in scopes if scope in self._half_terms), ())

    def _days_of_change(self, urn: str) -> list[date]:
        """Return the days from which another calendar may cover the school, and the year's first and last."""
        family = self._successions.stood_for(urn, self._last)
        days = {link.first_day for link in self._links if link.urn in family}
        days |= {each.since for school in family for each in self._belongings.get(school, ())}
        return sorted({day for day in days if self._first < day < self._last} | {self._first, self._last})
