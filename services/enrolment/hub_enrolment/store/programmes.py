"""Programmes, and what schools have taken part in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import CompletionRule
from hub_enrolment.domain.programmes import AcademicYear, Path, TakenPart
from hub_enrolment.models import Enrolment, Programme, SchoolLink, WorkGroup


def path_of(programme: Programme) -> Path:
    """Where a programme stands on a school's way."""
    return Path(
        strand=programme.strand,
        year=AcademicYear.parse(programme.academic_year),
        prerequisite_strand=programme.prerequisite_strand,
    )


def rule_of(programme: Programme) -> CompletionRule:
    """What a programme asks of those who complete it."""
    return CompletionRule(
        min_attendance_percent=programme.min_attendance_percent, tasks_required=programme.tasks_required
    )


def taken_parts(session: Session, urn: str) -> list[TakenPart]:
    """The strands and years in which a school, or one that it carries on, holds a place or completed one."""
    rows = session.execute(
        select(Programme.strand, Programme.academic_year)
        .distinct()
        .join(WorkGroup, WorkGroup.programme_id == Programme.id)
        .join(Enrolment, Enrolment.work_group_id == WorkGroup.id)
        .where(Enrolment.urn.in_(_carried_on(session, urn)), Enrolment.status.in_(("active", "completed")))
    )
    return [TakenPart(strand, AcademicYear.parse(year)) for strand, year in rows]


def _carried_on(session: Session, urn: str) -> set[str]:
    """The school and all that came before it, along the successions that have taken effect."""
    known, ask = {urn}, {urn}
    while ask:
        found = session.scalars(
            select(SchoolLink.urn).where(
                SchoolLink.successor_urn.in_(ask), SchoolLink.principal, SchoolLink.announced
            )
        )
        ask = set(found) - known
        known |= ask
    return known
