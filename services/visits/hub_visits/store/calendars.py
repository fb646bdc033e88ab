"""School calendars, and the locks for everything that is derived from them."""

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub_kernel.refusals import Unknown
from hub_kernel.school_calendars import HUB_SCOPE
from hub_visits.domain.calendars import SCOPE_PATTERN, HalfTerm, first_year_of
from hub_visits.domain.school_years import Calendars
from hub_visits.models import Calendar
from hub_visits.store import schools

# The text is part of the lock's identity: two releases that run at the same time must use the same one.
_DERIVATION: Final = func.hashtext("what follows from calendars and schools")


def lock_derivation(session: Session) -> None:
    """Lock calendars, schools and derived rows exclusively until the transaction ends.

    An advisory lock, because a calendar that does not exist yet has no row to lock. Take it before row locks.
    """
    session.execute(select(func.pg_advisory_xact_lock(_DERIVATION)))


def share_derivation(session: Session) -> None:
    """Prevent changes of calendars and schools until the transaction, which derives rows from them, ends."""
    session.execute(select(func.pg_advisory_xact_lock_shared(_DERIVATION)))


def find_calendar(session: Session, scope: str, academic_year: str) -> Calendar | None:
    """Return a scope's calendar of one academic year, or None."""
    return session.scalar(
        select(Calendar).where(Calendar.scope == scope, Calendar.academic_year == academic_year)
    )


def get_calendar(session: Session, scope: str, academic_year: str) -> Calendar:
    """Return a scope's calendar of one academic year.

    Raises:
        Refused: `bad_academic_year`.
        Unknown: `unknown_calendar`.
    """
    first_year_of(academic_year)
    calendar = find_calendar(session, scope, academic_year) if re.search(SCOPE_PATTERN, scope) else None
    if calendar is None:
        raise Unknown("unknown_calendar", f"No calendar of {academic_year} has been set for this scope.")
    return calendar


def half_terms_of(calendar: Calendar) -> list[HalfTerm]:
    """Return the half terms of a calendar as domain values."""
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
    """Return the calendars of a year that may cover some schools or their successors."""
    links = schools.links(session, urns)
    family = set(urns).union(*((link.urn, link.successor_urn) for link in links))
    affiliations = schools.affiliations_of(session, family)
    scopes = {HUB_SCOPE, *(f"school:{urn}" for urn in family)}
    for each in (each for known in affiliations.values() for each in known):
        scopes |= {f"la:{each.la_code}", f"trust:{each.trust_uid}"}
    found = session.scalars(
        select(Calendar).where(Calendar.scope.in_(scopes), Calendar.academic_year == academic_year)
    )
    half_terms = {calendar.scope: half_terms_of(calendar) for calendar in found}
    return Calendars(academic_year, half_terms=half_terms, links=links, affiliations=affiliations)
