"""Lists of exemptions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_platform.paging import PageRequest
from hub_visits.models import Exemption
from hub_visits.store import assignments as assignment_store
from hub_visits.store import schools as school_store


def list_exemptions(
    session: Session,
    page: PageRequest,
    *,
    now: datetime,
    urn: str | None = None,
    half_term: str | None = None,
    visible: Select[UUID] | None = None,
) -> tuple[Sequence[Exemption], str | None]:
    """Return one page of exemptions, by school and half term, and the cursor of the next page.

    Args:
        session: an open transaction.
        page: the requested page.
        now: the instant as of which successors are determined (aware).
        urn: any URN that the school has had; None: any school.
        half_term: such as 2025-1; None: any.
        visible: the ids of the assignments whose schools the actor may read; None: all schools.
    """
    today = day_in_england(now)
    urns = None if urn is None else school_store.urns_of(session, urn, today)
    if visible is not None:
        own = assignment_store.urns_among(session, visible)
        readable = frozenset[str]().union(*(school_store.urns_of(session, each, today) for each in own))
        urns = readable if urns is None else urns & readable
    statement = select(Exemption)
    if urns is not None:
        statement = statement.where(Exemption.urn.in_(urns))
    if half_term is not None:
        statement = statement.where(Exemption.half_term == half_term)
    return page.fetch(session, statement, [Exemption.urn, Exemption.half_term, Exemption.kind])
