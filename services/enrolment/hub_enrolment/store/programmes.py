"""Programmes, and what schools have taken part in."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import CompletionRule
from hub_enrolment.domain.programmes import AcademicYear, Path, TakenPart
from hub_enrolment.models import Enrolment, Programme, WorkGroup
from hub_enrolment.store import schools


def list_programmes(
    *, academic_year: str | None = None, strand: str | None = None, q: str | None = None
) -> Select[Programme]:
    """Select the programmes that a list asks for; `q` is a part of the title in any case."""
    statement = select(Programme)
    if academic_year is not None:
        statement = statement.where(Programme.academic_year == academic_year)
    if strand is not None:
        statement = statement.where(Programme.strand == strand)
    if q is not None:
        statement = statement.where(Programme.title.icontains(q, autoescape=True))
    return statement


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
        .where(
            Enrolment.urn.in_(schools.carried_on(session, urn)), Enrolment.status.in_(("active", "completed"))
        )
    )
    return [TakenPart(strand, AcademicYear.parse(year)) for strand, year in rows]
