"""The half terms of a supported school in one academic year, by the calendar that covers it on each day.

A school is covered by the most specific calendar: its own, its trust's, its authority's or the hub's. The
covering calendar can change within a year, when a successor replaces the school or when its trust or
authority changes.
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
class PublishedAffiliation:
    """The authority and trust of a school according to one event."""

    published_on: date  # the date of the register's file
    trust_since: date | None  # the day on which the school joined or left a trust, if it is known
    la_code: str
    trust_uid: str | None


@dataclass(frozen=True, kw_only=True)
class Affiliation:
    """The authority and trust of a school from a day on."""

    since: date
    la_code: str
    trust_uid: str | None


def affiliations(published: Sequence[PublishedAffiliation]) -> list[Affiliation]:
    """Return the authority and trust of a school over time, from the events about it in order.

    The first event also applies to all earlier days, unless the register gives an earlier day on which the
    school joined its trust. A later event replaces earlier ones from its own day on.
    """
    authorities = _authorities(published)
    trusts = _trusts(published)
    days = sorted({day for day, _ in (*authorities, *trusts)})
    return [Affiliation(since=day, la_code=_on(authorities, day), trust_uid=_on(trusts, day)) for day in days]


def _authorities(published: Sequence[PublishedAffiliation]) -> list[tuple[date, str]]:
    found = [(ALWAYS, published[0].la_code)]
    for each in published[1:]:
        found = [one for one in found if one[0] < each.published_on]
        if found[-1][1] != each.la_code:
            found.append((each.published_on, each.la_code))
    return found


def _trusts(published: Sequence[PublishedAffiliation]) -> list[tuple[date, str | None]]:
    found: list[tuple[date, str | None]] = [(ALWAYS, published[0].trust_uid)]
    for each in published:
        since = each.trust_since
        if found[-1][1] == each.trust_uid:
            if since is None or (len(found) == 1 and since >= published[0].published_on):
                continue  # unchanged
            found.pop()
        start = since or each.published_on
        found = [one for one in found if one[0] < start] or [(ALWAYS, None)]
        if found[-1][1] != each.trust_uid:
            found.append((start, each.trust_uid))
    return found


Value = TypeVar("Value")


def _on(values: Sequence[tuple[date, Value]], day: date) -> Value:
    return next(value for since, value in reversed(values) if since <= day)


class Calendars:
    """The calendars of one academic year, with the facts that decide which one covers a school on a day."""

    def __init__(
        self,
        academic_year: str,
        *,
        half_terms: Mapping[str, Sequence[HalfTerm]],
        links: Iterable[Succession],
        affiliations: Mapping[str, Sequence[Affiliation]],
    ) -> None:
        """Index calendars, successions and affiliations.

        Args:
            academic_year: such as 2025/26.
            half_terms: by scope, such as `la:873`.
            links: successions; those to a school whose own events have not arrived yet are ignored.
            affiliations: by URN, in the order of `since`, at least one for each known school.
        """
        self._first = date(first_year_of(academic_year), 9, 1)
        self._last = last_day_of(academic_year)
        self._half_terms = half_terms
        self._links = [link for link in links if link.successor_urn in affiliations]
        self._successions = Successions(self._links)
        self._affiliations = affiliations

    def half_term_on(self, urn: str, day: date) -> HalfTerm | None:
        """Return the half term of a school, or its successor, that contains a day; None in the holidays."""
        return half_term_on(self._covering(urn, day), day)

    def half_terms(self, urn: str) -> list[HalfTerm]:
        """Return the half terms of a school and its successors, in order.

        Each comes from the calendar that covers the school on the half term's last day. If this applies to
        two calendars, the later end counts; if it applies to none, the last calendar with that half term.
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
        """Return the half terms of the calendar that covers a school on a day; empty without one."""
        school = self._successions.standing(urn, day)
        known = self._affiliations.get(school, ())
        if not known:
            return ()
        current = next((each for each in reversed(known) if each.since <= day), known[0])
        scopes = scopes_of(school, trust_uid=current.trust_uid, la_code=current.la_code)
        return next((self._half_terms[scope] for scope in scopes if scope in self._half_terms), ())

    def _days_of_change(self, urn: str) -> list[date]:
        """Return the days from which another calendar may cover the school, and the year's first and last."""
        family = self._successions.stood_for(urn, self._last)
        days = {link.first_day for link in self._links if link.urn in family}
        days |= {each.since for school in family for each in self._affiliations.get(school, ())}
        return sorted({day for day in days if self._first < day < self._last} | {self._first, self._last})
