"""Programmes, and the strands in which schools have taken part."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import CompletionRule
from hub_enrolment.domain.programmes import Path, TakenPart, parse_academic_year
from hub_enrolment.models import Enrolment, Programme, ProgrammeChange, WorkGroup
from hub_enrolment.store import successions as succession_store
from hub_platform.paging import where_given


def list_programmes(
    *, academic_year: str | None = None, strand: str | None = None, q: str | None = None
) -> Select[Programme]:
    """Select programmes; `q` is a part of the title in any case."""
    statement = where_given(
        select(Programme), (Programme.academic_year, academic_year), (Programme.strand, strand)
    )
    if q is not None:
        statement = statement.where(Programme.title.icontains(q, autoescape=True))
    return statement


def list_changes(programme_id: UUID) -> Select[ProgrammeChange]:
    """Select the corrections of one programme."""
    return select(ProgrammeChange).where(ProgrammeChange.programme_id == programme_id)


def lock_programme(session: Session, programme_id: UUID) -> Programme | None:
    """Lock and return one programme, read from the database again; no group of it can open meanwhile."""
    lock = {"key_share": True}
    return session.get(Programme, programme_id, populate_existing=True, with_for_update=lock)


def lock_groups(session: Session, programme_id: UUID) -> list[WorkGroup]:
    """Lock and return the groups of a programme, which the caller has locked, in the order of their ids."""
    statement = (
        select(WorkGroup)
        .where(WorkGroup.programme_id == programme_id)
        .order_by(WorkGroup.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def give_ncp_code(session: Session, programme_id: UUID, code: str) -> bool:
    """Store a programme's NCP code; return False when another programme, also an uncommitted one, has it."""
    try:
        with session.begin_nested():
            session.execute(update(Programme).where(Programme.id == programme_id).values(ncp_code=code))
    except IntegrityError:
        return False
    return True


def path_of(programme: Programme) -> Path:
    """Return a programme's position on the path through the strands."""
    return Path(
        strand=programme.strand,
        year=parse_academic_year(programme.academic_year),
        prerequisite_strand=programme.prerequisite_strand,
    )


def rule_of(programme: Programme) -> CompletionRule:
    """Return a programme's requirements for completion."""
    return CompletionRule(
        min_attendance_percent=programme.min_attendance_percent, tasks_required=programme.tasks_required
    )


def taken_parts(session: Session, urn: str, *, day: date) -> list[TakenPart]:
    """Return the strands and years in which a school, as of a day, has an active or a completed place."""
    rows = session.execute(
        select(Programme.strand, Programme.academic_year)
        .distinct()
        .join(WorkGroup, WorkGroup.programme_id == Programme.id)
        .join(Enrolment, Enrolment.work_group_id == WorkGroup.id)
        .where(
            Enrolment.urn.in_(succession_store.stood_for(session, urn, day)),
            Enrolment.status.in_(("active", "completed")),
        )
    )
    return [TakenPart(strand, parse_academic_year(year)) for strand, year in rows]
