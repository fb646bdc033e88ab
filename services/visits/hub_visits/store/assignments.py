"""Assignments and what they owe."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_visits.domain.assignments import Owed
from hub_visits.models import Assignment, Obligation
from hub_visits.store.hand_overs import assignment_without_lead


def find_assignment(session: Session, assignment_id: UUID, *, lock: bool = False) -> Assignment | None:
    """One assignment; when it is locked, as it is now."""
    return session.get(Assignment, assignment_id, with_for_update=lock or None, populate_existing=lock)


def assignments_of(
    session: Session, urns: Collection[str], programme: str, academic_year: str
) -> Sequence[Assignment]:
    """The assignments that the school of some URNs has for one programme in one academic year, in order."""
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
    """The assignment that follows another."""
    return session.scalar(select(Assignment).where(Assignment.follows == assignment_id))


def list_assignments(
    *,
    urns: Collection[str] | None = None,
    pd_lead_id: UUID | None = None,
    programme: str | None = None,
    academic_year: str | None = None,
    active_on: date | None = None,
    without_lead: bool | None = None,
    among: Select[UUID] | None = None,
) -> Select[Assignment]:
    """Select assignments; None asks for any.

    `urns` are all that one school has, `among` the ids of those that may be seen.
    """
    statement = select(Assignment)
    for column, value in (
        (Assignment.pd_lead_id, pd_lead_id),
        (Assignment.programme, programme),
        (Assignment.academic_year, academic_year),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if urns is not None:
        statement = statement.where(Assignment.urn.in_(urns))
    if active_on is not None:
        statement = statement.where(Assignment.starts_on <= active_on, Assignment.ends_on >= active_on)
    if without_lead is not None:
        lacking = assignment_without_lead()
        statement = statement.where(lacking if without_lead else ~lacking)
    return statement if among is None else statement.where(Assignment.id.in_(among))


def urns_among(session: Session, assignment_ids: Select[UUID]) -> set[str]:
    """The schools of some assignments."""
    return set(session.scalars(select(Assignment.urn).where(Assignment.id.in_(assignment_ids))))


def lock_year(session: Session, academic_year: str) -> Sequence[Assignment]:
    """All assignments of one year, locked."""
    rows = select(Assignment).where(Assignment.academic_year == academic_year)
    return session.scalars(rows.order_by(Assignment.id).with_for_update()).all()


def lock_assignments_of(session: Session, urns: Collection[str]) -> Sequence[Assignment]:
    """All assignments of the school of some URNs, locked."""
    rows = select(Assignment).where(Assignment.urn.in_(urns))
    return session.scalars(rows.order_by(Assignment.id).with_for_update()).all()


def obligations_of(session: Session, assignment_id: UUID) -> list[Owed]:
    """What one assignment owes, in the order of the year."""
    rows = session.scalars(
        select(Obligation)
        .where(Obligation.assignment_id == assignment_id)
        .order_by(Obligation.half_term, Obligation.kind)
    )
    return [
        Owed(half_term=row.half_term, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)
        for row in rows
    ]


def put_obligations(session: Session, assignment: Assignment, owed: Iterable[Owed]) -> None:
    """Make an assignment owe exactly this."""
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
