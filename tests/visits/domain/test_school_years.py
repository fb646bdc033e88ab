"""Which calendar covers a school on a day: through successors, and through changes of authority and trust."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.visits.factories import LINTON, LINTON_YEAR

from hub_kernel.successions import Succession
from hub_visits.domain.calendars import HalfTerm
from hub_visits.domain.school_years import ALWAYS, Affiliation, Calendars, PublishedAffiliation, affiliations

OLD, NEW = "980001", "980002"
ONE_DAY = timedelta(days=1)
HANDOVER = date(2024, 2, 1)  # in spring 1, first day of the successor
SUMMER = date(2024, 4, 15)


def later(half_terms: list[HalfTerm], days: int) -> list[HalfTerm]:
    """The same half terms, each beginning some days later."""
    return [
        HalfTerm(first_year=h.first_year, n=h.n, starts_on=h.starts_on + timedelta(days), ends_on=h.ends_on)
        for h in half_terms
    ]


def belonging(la_code: str = "873", trust_uid: str | None = None, since: date = ALWAYS) -> Affiliation:
    return Affiliation(since=since, la_code=la_code, trust_uid=trust_uid)


def calendars(
    *scopes: str, link: date | None = HANDOVER, known: dict[str, list[Affiliation]] | None = None
) -> Calendars:
    """The Linton calendar for the hub, and one that begins one day, two days … later with each scope."""
    half_terms = {"hub": LINTON} | {scope: later(LINTON, n + 1) for n, scope in enumerate(scopes)}
    links = [] if link is None else [Succession(urn=OLD, successor_urn=NEW, first_day=link)]
    belonging_to = known or {OLD: [belonging()], NEW: [belonging()]}
    return Calendars(LINTON_YEAR, half_terms=half_terms, links=links, affiliations=belonging_to)


def starts(found: Calendars, urn: str = OLD) -> list[int]:
    """By how many days each half term of a school begins later than the hub's."""
    return [
        (each.starts_on - hub.starts_on).days for each, hub in zip(found.half_terms(urn), LINTON, strict=True)
    ]


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ((), [0, 0, 0, 0, 0, 0]),
        ((f"school:{OLD}",), [1, 1, 0, 0, 0, 0]),  # spring 1 ends under the successor
        ((f"school:{NEW}",), [0, 0, 1, 1, 1, 1]),
        ((f"school:{OLD}", f"school:{NEW}"), [1, 1, 2, 2, 2, 2]),
        (("la:873",), [1, 1, 1, 1, 1, 1]),
    ],
)
def test_half_term_is_of_the_school_or_successor_on_its_last_day(
    scopes: tuple[str, ...], expected: list[int]
) -> None:
    assert starts(calendars(*scopes)) == expected


def test_a_visits_day_is_looked_up_in_the_calendar_of_the_school_of_that_day() -> None:
    found = calendars(f"school:{NEW}")
    first = LINTON[2].starts_on
    assert found.half_term_on(OLD, first) == LINTON[2], "the old school began that day"
    assert found.half_term_on(NEW, first) is None, "the new one a day later"
    assert found.half_term_on(OLD, HANDOVER) == later(LINTON, 1)[2]


@pytest.mark.parametrize(
    ("link", "urn"), [(SUMMER, OLD), (SUMMER + ONE_DAY, NEW), (SUMMER - ONE_DAY, OLD), (None, OLD)]
)
def test_the_successor_counts_from_its_first_day(link: date | None, urn: str) -> None:
    """The new school's summer begins a day later."""
    found = calendars(f"school:{NEW}", link=link)
    stands = link is not None and link <= SUMMER
    expected = None if stands or urn == NEW else LINTON[4]
    assert found.half_term_on(urn, SUMMER) == expected


def test_successor_without_facts_is_ignored() -> None:
    found = calendars(f"school:{NEW}", known={OLD: [belonging()]})
    assert starts(found) == [0] * 6


def test_a_school_that_is_not_known_has_no_half_terms() -> None:
    assert calendars().half_terms("989999") == []


def test_a_school_that_joins_a_trust_keeps_the_half_terms_of_before() -> None:
    known = {OLD: [belonging(), belonging(trust_uid="3180", since=HANDOVER)]}
    assert starts(calendars("trust:3180", link=None, known=known)) == [0, 0, 1, 1, 1, 1]


def test_where_no_calendar_claims_a_half_term_the_last_one_that_has_it_counts() -> None:
    """Under the old calendar summer 1 ends after the handover, under the new one before it."""
    early = [HalfTerm(first_year=2023, n=1, starts_on=date(2023, 9, 4), ends_on=date(2023, 10, 1))]
    late = [HalfTerm(first_year=2023, n=1, starts_on=date(2023, 9, 4), ends_on=date(2023, 11, 1))]
    links = [Succession(urn=OLD, successor_urn=NEW, first_day=date(2023, 10, 15))]
    known = {OLD: [belonging()], NEW: [belonging()]}
    half_terms = {f"school:{OLD}": late, f"school:{NEW}": early}
    found = Calendars(LINTON_YEAR, half_terms=half_terms, links=links, affiliations=known)
    assert found.half_terms(OLD) == early
    half_terms = {f"school:{OLD}": early, f"school:{NEW}": late}
    found = Calendars(LINTON_YEAR, half_terms=half_terms, links=links, affiliations=known)
    assert found.half_terms(OLD) == late, "both claim it: the later end counts"


def told(
    day: date, la_code: str, trust_uid: str | None = None, since: date | None = None
) -> PublishedAffiliation:
    return PublishedAffiliation(published_on=day, trust_since=since, la_code=la_code, trust_uid=trust_uid)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([told(HANDOVER, "873")], [belonging()]),
        (
            [told(HANDOVER, "873"), told(SUMMER, "940")],
            [belonging(), belonging("940", since=SUMMER)],
        ),
        (  # the trust's day is named, the authority's is that of the file
            [told(HANDOVER, "873"), told(SUMMER, "940", "3180", HANDOVER + ONE_DAY)],
            [
                belonging(),
                belonging(trust_uid="3180", since=HANDOVER + ONE_DAY),
                belonging("940", "3180", since=SUMMER),
            ],
        ),
        (  # published again with an earlier day
            [told(HANDOVER, "873"), told(SUMMER, "873", "3180"), told(SUMMER, "873", "3180", HANDOVER)],
            [belonging(), belonging(trust_uid="3180", since=HANDOVER)],
        ),
        (  # published again with a later day
            [told(HANDOVER, "873"), told(HANDOVER, "873", "3180"), told(SUMMER, "873", "3180", SUMMER)],
            [belonging(), belonging(trust_uid="3180", since=SUMMER)],
        ),
        ([told(HANDOVER, "873", "3180"), told(SUMMER, "873", "3180")], [belonging(trust_uid="3180")]),
        ([told(HANDOVER, "873", "3180", HANDOVER)], [belonging(trust_uid="3180")]),  # the day of the file
        (
            [told(HANDOVER, "873", "3180", HANDOVER - ONE_DAY)],
            [belonging(), belonging(trust_uid="3180", since=HANDOVER - ONE_DAY)],
        ),
        (
            [told(HANDOVER, "873", "3180"), told(SUMMER, "873", "3180", HANDOVER - ONE_DAY)],
            [belonging(), belonging(trust_uid="3180", since=HANDOVER - ONE_DAY)],
        ),
        (  # it left the trust, and the day of that is corrected
            [
                told(HANDOVER, "873", "3180"),
                told(SUMMER, "873"),
                told(SUMMER, "873", None, HANDOVER + ONE_DAY),
            ],
            [belonging(trust_uid="3180"), belonging(since=HANDOVER + ONE_DAY)],
        ),
    ],
)
def test_affiliation_applies_from_its_day_and_the_first_to_earlier_days(
    said: list[PublishedAffiliation], expected: list[Affiliation]
) -> None:
    assert affiliations(said) == expected


@given(
    said=st.lists(
        st.builds(
            told,
            st.dates(HANDOVER, SUMMER),
            st.sampled_from(["873", "926"]),
            st.sampled_from([None, "3180"]),
            st.none() | st.dates(HANDOVER, SUMMER),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_last_event_decides_the_final_affiliation(
    said: list[PublishedAffiliation],
) -> None:
    found = affiliations(said)
    assert found[0].since == ALWAYS
    assert [each.since for each in found] == sorted({each.since for each in found})
    assert (found[-1].la_code, found[-1].trust_uid) == (said[-1].la_code, said[-1].trust_uid)
