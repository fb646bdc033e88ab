"""What schools are owed, and how it stands."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from hub_platform.paging import PageRequest
from hub_visits.domain import obligations
from hub_visits.models import Exemption, Obligation


def lock_obligations(session: Session, urn: str, half_term: str, kind: str) -> int:
    """Lock what a school is owed of a kind in a half term; gives how many programmes owe it."""
    rows = session.scalars(
        select(Obligation.assignment_id)
        .where(Obligation.urn == urn, Obligation.half_term == half_term, Obligation.kind == kind)
        .order_by(Obligation.assignment_id)
        .with_for_update()
    )
    return len(rows.all())


def find_exemption(session: Session, urn: str, half_term: str, kind: str) -> Exemption | None:
    """The exemption of a school in one half term."""
    return session.get(Exemption, (urn, half_term, kind))


def list_obligations(
    session: Session,
    page: PageRequest,
    *,
    today: date,
    half_term: str | None = None,
    status: str | None = None,
    pd_lead_id: UUID | None = None,
    urn: str | None = None,
) -> tuple[Sequence[Obligation], str | None]:
    """One page of obligations, by half term and school."""
    statement = select(Obligation)
    if half_term is not None:
        statement = statement.where(Obligation.half_term == half_term)
    if pd_lead_id is not None:
        statement = statement.where(Obligation.pd_lead_id == pd_lead_id)
    if urn is not None:
        statement = statement.where(Obligation.urn == urn)
    if status is not None:
        statement = statement.where(in_status(status, today))
    keys = [Obligation.half_term, Obligation.urn, Obligation.kind, Obligation.assignment_id]
    return page.fetch(session, statement, keys)


def facts_of(row: Obligation) -> obligations.Facts:
    """What the status of a row depends on."""
    return obligations.Facts(ends_on=row.ends_on, met=row.met, excused=row.excused, planned=row.planned)


def in_status(status: str, today: date) -> ColumnElement[bool]:
    """`domain.obligations.status_of` said in SQL, to page through one status; a test holds the two equal."""
    waiting = and_(~Obligation.met, ~Obligation.excused)
    over = Obligation.ends_on < today
    pressing = and_(Obligation.ends_on <= today + obligations.DUE_SOON, ~Obligation.planned)
    conditions: dict[str, ColumnElement[bool]] = {
        "met": and_(Obligation.met),
        "excused": and_(~Obligation.met, Obligation.excused),
        "missed": and_(waiting, over),
        "due_soon": and_(waiting, ~over, pressing),
        "open": and_(waiting, ~over, ~pressing),
    }
    return conditions[status]
