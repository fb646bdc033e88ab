"""Obligations and exemptions of one school and half term."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_visits.models import Exemption, Obligation


def lock_obligations(session: Session, urns: Collection[str], half_term: str, kind: str) -> int:
    """Lock the obligations of a school's assignments, and return their number: one for each programme."""
    rows = session.scalars(
        select(Obligation.assignment_id)
        .where(Obligation.urn.in_(urns), Obligation.half_term == half_term, Obligation.kind == kind)
        .order_by(Obligation.assignment_id)
        .with_for_update()
    )
    return len(rows.all())


def find_exemption(session: Session, urns: Collection[str], half_term: str, kind: str) -> Exemption | None:
    """Return the exemption of a school, given by all its URNs, in one half term."""
    return session.scalar(
        select(Exemption).where(
            Exemption.urn.in_(urns), Exemption.half_term == half_term, Exemption.kind == kind
        )
    )
