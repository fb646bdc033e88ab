"""Lists of visits, and the planned visits that have no PD lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_kernel.england import day_in_england
from hub_platform.paging import PageRequest, where_given
from hub_visits.domain import hand_overs
from hub_visits.models import Visit
from hub_visits.store import hand_overs as hand_over_store
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class VisitFilter:
    """The filters of a list of visits; None means any."""

    begins: datetime | None = None  # planned from this instant on
    ends: datetime | None = None  # planned before this instant
    status: str | None = None
    kind: str | None = None
    urn: str | None = None  # any URN that the school has had
    half_term: str | None = None
    pd_lead_id: UUID | None = None
    without_lead: bool | None = None
    visible: Select[UUID] | None = None  # the ids of the assignments whose visits the actor may read


@dataclass(frozen=True, kw_only=True)
class VisitView:
    """A visit in a list."""

    row: Visit
    without_lead: bool

    @property
    def actions_n(self) -> int:
        """The number of agreed actions."""
        return len(self.row.actions)


def list_visits(
    session: Session, page: PageRequest, wanted: VisitFilter, *, now: datetime
) -> tuple[Sequence[VisitView], str | None]:
    """Return one page of visits, by planned time, and the cursor of the next page."""
    statement = select_visits(session, wanted, today=day_in_england(now))
    rows, following = page.fetch(session, statement, [Visit.planned_at, Visit.id])
    without = without_lead(session, rows, now=now)
    return [VisitView(row=row, without_lead=row.id in without) for row in rows], following


def select_visits(session: Session, wanted: VisitFilter, *, today: date) -> Select[Visit]:
    """Return the statement that selects the visits of a filter."""
    statement = select(Visit)
    if wanted.begins is not None:
        statement = statement.where(Visit.planned_at >= wanted.begins)
    if wanted.ends is not None:
        statement = statement.where(Visit.planned_at < wanted.ends)
    statement = where_given(
        statement,
        (Visit.status, wanted.status),
        (Visit.kind, wanted.kind),
        (Visit.half_term, wanted.half_term),
        (Visit.pd_lead_id, wanted.pd_lead_id),
    )
    if wanted.urn is not None:
        statement = statement.where(Visit.urn.in_(school_store.urns_of(session, wanted.urn, today)))
    if wanted.without_lead is not None:
        condition = hand_over_store.visit_without_lead(today)
        statement = statement.where(condition if wanted.without_lead else ~condition)
    return statement if wanted.visible is None else statement.where(Visit.assignment_id.in_(wanted.visible))


def without_lead(session: Session, rows: Sequence[Visit], *, now: datetime) -> set[UUID]:
    """Return the ids of the visits that are planned without a PD lead; see `hand_overs.is_without_lead`."""
    planned = [row for row in rows if row.status == "planned"]
    chains = hand_over_store.chains_of(session, {row.assignment_id for row in planned})
    return {
        row.id
        for row in planned
        if hand_overs.is_without_lead(
            chains[row.assignment_id],
            status=row.status,
            planned_on=day_in_england(row.planned_at),
            today=day_in_england(now),
        )
    }
