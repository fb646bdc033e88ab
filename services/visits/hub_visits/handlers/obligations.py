"""Excusing schools from what they are owed, and saying how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub_contracts.visits import VisitObligationExcused
from hub_contracts.vocabulary import ExemptionReason, ObligationKind
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused
from hub_messaging import outbox
from hub_platform.paging import PageRequest
from hub_visits.commands import ExcuseHalfTerm
from hub_visits.domain import obligations
from hub_visits.models import Exemption, Obligation
from hub_visits.store import assignments as assignment_store
from hub_visits.store import obligations as store
from hub_visits.store import schools as school_store


@dataclass(frozen=True, kw_only=True)
class ObligationView:
    """An obligation and how it stands."""

    row: Obligation
    status: obligations.Status
    late: bool  # met, but by a visit that was logged late


def excuse_half_term(session: Session, command: ExcuseHalfTerm, *, now: datetime, by: str) -> Exemption:
    """Excuse a school from what it is owed in one half term; any URN that it has had names it.

    Raises:
        Refused: `unknown_obligation`.
        Conflict: `already_excused`.
    """
    today = day_in_england(now)
    urns = school_store.urns_of(session, command.urn, today)
    key = (urns, command.half_term, command.kind)
    if not store.lock_obligations(session, *key):
        detail = "This school is owed nothing of the kind in that half term."
        raise Refused("unknown_obligation", detail, "/half_term")
    if store.find_exemption(session, *key):
        raise Conflict("already_excused", "This school has been excused from that half term.")
    standing = school_store.successions(session, urns).standing(command.urn, today)
    exemption = Exemption(
        urn=standing,
        half_term=command.half_term,
        kind=command.kind,
        reason=command.reason,
        created_at=now,
        created_by=by,
    )
    session.add(exemption)
    session.flush()
    event = VisitObligationExcused(
        urn=standing,
        half_term=command.half_term,
        kind=ObligationKind(command.kind),
        reason=ExemptionReason(command.reason),
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return exemption


def list_exemptions(
    session: Session,
    page: PageRequest,
    *,
    now: datetime,
    urn: str | None = None,
    half_term: str | None = None,
    among: Select[UUID] | None = None,
) -> tuple[Sequence[Exemption], str | None]:
    """One page of exemptions, by school and half term.

    `urn` may be any that the school has had; `among`: the assignments whose schools may be seen.
    """
    today = day_in_england(now)
    urns = None if urn is None else school_store.urns_of(session, urn, today)
    if among is not None:
        own = assignment_store.urns_among(session, among)
        seen = frozenset[str]().union(*(school_store.urns_of(session, each, today) for each in own))
        urns = seen if urns is None else urns & seen
    keys = [Exemption.urn, Exemption.half_term, Exemption.kind]
    return page.fetch(session, store.list_exemptions(urns=urns, half_term=half_term), keys)


def list_obligations(
    session: Session,
    page: PageRequest,
    *,
    now: datetime,
    half_term: str | None = None,
    status: str | None = None,
    pd_lead_id: UUID | None = None,
    urn: str | None = None,
    among: Select[UUID] | None = None,
) -> tuple[Sequence[ObligationView], str | None]:
    """One page of obligations and how each stands at an instant; `among`: of which assignments."""
    today = day_in_england(now)
    rows, following = store.list_obligations(
        session,
        page,
        today=today,
        half_term=half_term,
        status=status,
        pd_lead_id=pd_lead_id,
        urn=urn,
        among=among,
    )
    return [_view(row, today) for row in rows], following


def _view(row: Obligation, today: date) -> ObligationView:
    status = obligations.status_of(store.facts_of(row), today=today)
    return ObligationView(row=row, status=status, late=row.met and not row.met_in_time)
