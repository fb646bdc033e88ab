"""School calendars, and which of them covers a school."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub_kernel.school_calendars import HUB_SCOPE
from hub_visits.domain.calendars import HalfTerm, first_year_of
from hub_visits.domain.school_years import Calendars
from hub_visits.models import Calendar
from hub_visits.store import schools

_DERIVED: Final = func.hashtext("what follows from calendars and schools")


def lock_derived(session: Session) -> None:
    """Let nobody else change calendars, schools, or what follows from them, until this transaction has ended.

    A lock of its own, because a calendar that is not there yet has no row to lock. Take it before rows.
    """
    session.execute(select(func.pg_advisory_xact_lock(_DERIVED)))


def share_derived(session: Session) -> None:
    """Let nobody change calendars or schools until this transaction, which derives from them, has ended."""
    session.execute(select(func.pg_advisory_xact_lock_shared(_DERIVED)))


def find_calendar(session: Session, scope: str, academic_year: str) -> Calendar | None:
    """One scope's calendar of one academic year."""
    return session.scalar(
        select(Calendar).where(Calendar.scope == scope, Calendar.academic_year == academic_year)
    )


def half_terms_of(calendar: Calendar) -> list[HalfTerm]:
    """The half terms of a calendar as the rules know them."""
    first_year = first_year_of(calendar.academic_year)
    return [
        HalfTerm(
            first_year=first_year,
            n=row.n,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            non_school_days=frozenset(row.non_school_days),
        )
        for row in calendar.half_terms
    ]


def calendars_of(session: Session, academic_year: str, urns: Collection[str]) -> Calendars:
    """The calendars of a year that may cover some schools or their successors."""
    links = schools.links(session, urns)
    family = set(urns).union(*((link.urn, link.successor_urn) for link in links))
    belongings = schools.belongings_of(session, family)
    scopes = {HUB_SCOPE, *(f"school:{urn}" for urn in family)}
    for each in (each for known in belongings.values() for each in known):
        scopes |= {f"la:{each.la_code}", f"trust:{each.trust_uid}"}
    found = session.scalars(
        select(Calendar).where(Calendar.scope.in_(scopes), Calendar.academic_year == academic_year)
    )
    half_terms = {calendar.scope: half_terms_of(calendar) for calendar in found}
    return Calendars(academic_year, half_terms=half_terms, links=links, belongings=belongings)
