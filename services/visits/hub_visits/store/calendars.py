"""School calendars, and which of them covers a school."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub_visits.domain.calendars import HalfTerm, first_year_of, scopes_of
from hub_visits.models import Assignment, Calendar, School


def lock_calendars(session: Session, academic_year: str) -> None:
    """Let nobody else change a calendar of the year, or settle what is owed under one, until we have ended.

    A lock of its own, because a calendar that is not there yet has no row to lock.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"calendars {academic_year}"))))


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


def school_half_terms(session: Session, school: School, academic_year: str) -> list[HalfTerm]:
    """The half terms of the most specific calendar that covers a school; empty when none does."""
    scopes = scopes_of(school.urn, trust_uid=school.trust_uid, la_code=school.la_code or "")
    found = session.scalars(
        select(Calendar).where(Calendar.scope.in_(scopes), Calendar.academic_year == academic_year)
    ).all()
    if not found:
        return []
    return half_terms_of(min(found, key=lambda calendar: scopes.index(calendar.scope)))


def assignments_under(
    session: Session, scope: str, academic_year: str
) -> Sequence[tuple[Assignment, School]]:
    """The assignments of one year whose schools a scope covers, locked, with their schools."""
    kind, _, value = scope.partition(":")
    statement = (
        select(Assignment, School)
        .join(School, School.urn == Assignment.urn)
        .where(Assignment.academic_year == academic_year)
        .order_by(Assignment.id)
        .with_for_update(of=Assignment)
    )
    column = {"school": School.urn, "trust": School.trust_uid, "la": School.la_code}.get(kind)
    rows = session.execute(statement if column is None else statement.where(column == value))
    return [(assignment, school) for assignment, school in rows]
