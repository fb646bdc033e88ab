"""Assignments and their obligations."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_kernel.refusals import Unknown
from hub_visits.domain.assignments import Owed
from hub_visits.models import Assignment, Obligation


def find_assignment(session: Session, assignment_id: UUID, *, lock: bool = False) -> Assignment | None:
    """Return one assignment, or None; `lock` also reads its current state."""
    return session.get(Assignment, assignment_id, with_for_update=lock or None, populate_existing=lock)


def get_assignment(session: Session, assignment_id: UUID) -> Assignment:
    """Return one assignment.

    Raises:
        Unknown: `unknown_assignment`.
    """
    row = find_assignment(session, assignment_id)
    if row is None:
        raise Unknown("unknown_assignment", "No assignment with this id exists.")
    return row


def assignments_of(
    session: Session, urns: Collection[str], programme: str, academic_year: str
) -> Sequence[Assignment]:
    """Return a school's assignments of one programme and year, by first day; `urns` are all its URNs."""
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.urn.in_(urns),
            Assignment.programme == programme,
            Assignment.academic_year == academic_year,
        )
        .order_by(Assignment.starts_on, Assignment.ends_on)
    ).all()


def successor_of(session: Session, assignment_id: UUID) -> Assignment | None:
    """Return the assignment that follows another, if there is one."""
    return session.scalar(select(Assignment).where(Assignment.follows == assignment_id))


def urns_among(session: Session, assignment_ids: Select[UUID]) -> set[str]:
    """Return the URNs of the schools of some assignments."""
    return set(session.scalars(select(Assignment.urn).where(Assignment.id.in_(assignment_ids))))


def lock_year(session: Session, academic_year: str) -> Sequence[Assignment]:
    """Lock and return all assignments of one academic year."""
    rows = select(Assignment).where(Assignment.academic_year == academic_year)
    return session.scalars(rows.order_by(Assignment.id).with_for_update()).all()


def lock_assignments_of(session: Session, urns: Collection[str]) -> Sequence[Assignment]:
    """Lock and return all assignments of some URNs."""
    rows = select(Assignment).where(Assignment.urn.in_(urns))
    return session.scalars(rows.order_by(Assignment.id).with_for_update()).all()


def obligations_of(session: Session, assignment_id: UUID) -> list[Owed]:
    """Return the obligations of one assignment, by half term and kind."""
    rows = session.scalars(
        select(Obligation)
        .where(Obligation.assignment_id == assignment_id)
        .order_by(Obligation.half_term, Obligation.kind)
    )
    return [
        Owed(half_term=row.half_term, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)
        for row in rows
    ]


def replace_obligations(session: Session, assignment: Assignment, owed: Iterable[Owed]) -> None:
    """Replace the stored obligations of an assignment."""
    rows = [
        {
            "assignment_id": assignment.id,
            "urn": assignment.urn,
            "pd_lead_id": assignment.pd_lead_id,
            "half_term": each.half_term,
            "kind": each.kind,
            "starts_on": each.starts_on,
            "ends_on": each.ends_on,
        }
        for each in owed
    ]
    keys = [(row["half_term"], row["kind"]) for row in rows]
    session.execute(
        delete(Obligation).where(
            Obligation.assignment_id == assignment.id,
            tuple_(Obligation.half_term, Obligation.kind).not_in(keys),
        )
    )
    if rows:
        statement = insert(Obligation).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["assignment_id", "half_term", "kind"],
                set_={"starts_on": statement.excluded.starts_on, "ends_on": statement.excluded.ends_on},
            )
        )
