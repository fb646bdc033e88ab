"""School calendars of visits, and the one that applies to a school."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_enrolment.domain import days_off
from hub_enrolment.domain.days_off import Warned
from hub_enrolment.models import School, SchoolCalendar
from hub_kernel.academic_years import academic_year_of
from hub_kernel.school_calendars import HUB_SCOPE, Span, scopes_of
from hub_platform.bank_holidays import bank_holidays


def keep(
    session: Session, scope: str, academic_year: str, half_terms: Iterable[Span], *, revision: int
) -> None:
    """Store a calendar unless a later revision of it is stored."""
    days = [
        [
            each.starts_on.isoformat(),
            each.ends_on.isoformat(),
            [day.isoformat() for day in sorted(each.non_school_days)],
        ]
        for each in half_terms
    ]
    statement = insert(SchoolCalendar).values(
        scope=scope, academic_year=academic_year, half_terms=days, revision=revision
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["scope", "academic_year"],
            set_={name: statement.excluded[name] for name in ("half_terms", "revision")},
            where=SchoolCalendar.revision < statement.excluded.revision,
        )
    )


def half_terms(session: Session, urn: str | None, academic_years: Iterable[str]) -> dict[str, Sequence[Span]]:
    """Return the half terms of a school by academic year; without a school those of the hub.

    The most specific calendar of each year applies; a year without a calendar is left out.
    """
    scopes = _scopes(session, urn)
    rows = session.scalars(
        select(SchoolCalendar).where(
            SchoolCalendar.scope.in_(scopes), SchoolCalendar.academic_year.in_(set(academic_years))
        )
    )
    general_first = sorted(rows, key=lambda row: scopes.index(row.scope), reverse=True)
    return {row.academic_year: [_span(*each) for each in row.half_terms] for row in general_first}


def warnings(session: Session, days: Iterable[date], *, host_urn: str | None) -> list[Warned]:
    """Return the days that need a second look, by the calendar of the host school, or else of the hub."""
    listed = list(days)
    years = {academic_year_of(day) for day in listed}
    return days_off.warnings(listed, half_terms(session, host_urn, years), bank_holidays())


def _scopes(session: Session, urn: str | None) -> list[str]:
    if urn is None:
        return [HUB_SCOPE]
    school = session.execute(select(School.trust_uid, School.la_code).where(School.urn == urn)).one_or_none()
    if school is None:
        return [HUB_SCOPE]
    return scopes_of(urn, trust_uid=school.trust_uid, la_code=school.la_code)


def _span(first: str, last: str, without_pupils: Iterable[str]) -> Span:
    days = frozenset(date.fromisoformat(day) for day in without_pupils)
    return Span(date.fromisoformat(first), date.fromisoformat(last), days)
