"""Lists of exemptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_platform.paging import PageRequest
from hub_visits.models import Exemption
from hub_visits.store import assignments as assignment_store
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class ExemptionFilter:
    """The filters of a list of exemptions; None means any."""

    urn: str | None = None  # any URN that the school has had
    half_term: str | None = None  # such as 2025-1
    visible: Select[UUID] | None = None  # the ids of the assignments whose schools the actor may read


def list_exemptions(
    session: Session, page: PageRequest, wanted: ExemptionFilter, *, now: datetime
) -> tuple[Sequence[Exemption], str | None]:
    """Return one page of exemptions, by school and half term, and the cursor of the next page."""
    today = day_in_england(now)
    urns = None if wanted.urn is None else school_store.urns_of(session, wanted.urn, today)
    if wanted.visible is not None:
        own = assignment_store.urns_among(session, wanted.visible)
        readable = frozenset[str]().union(*(school_store.urns_of(session, each, today) for each in own))
        urns = readable if urns is None else urns & readable
    statement = select(Exemption)
    if urns is not None:
        statement = statement.where(Exemption.urn.in_(urns))
    if wanted.half_term is not None:
        statement = statement.where(Exemption.half_term == wanted.half_term)
    return page.fetch(session, statement, [Exemption.urn, Exemption.half_term, Exemption.kind])
