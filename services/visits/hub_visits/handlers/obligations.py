"""Excusing schools from obligations."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.visits import VisitObligationExcused
from hub_contracts.vocabulary import ExemptionReason, ObligationKind
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused
from hub_messaging import outbox
from hub_visits.commands import ExcuseHalfTerm
from hub_visits.models import Exemption
from hub_visits.store import obligations as store
from hub_visits.store import schools as school_store


def excuse_half_term(session: Session, command: ExcuseHalfTerm, *, now: datetime, by: str) -> Exemption:
    """Excuse a school, given by any URN that it has had, from one obligation.

    Raises:
        Refused: `unknown_obligation`.
        Conflict: `already_excused`.
    """
    today = day_in_england(now)
    urns = school_store.urns_of(session, command.urn, today)
    key = (urns, command.half_term, command.kind)
    if not store.lock_obligations(session, *key):
        detail = "No support of this kind is owed to the school in that half term."
        raise Refused("unknown_obligation", detail, "/half_term")
    if store.find_exemption(session, *key):
        raise Conflict("already_excused", "The school is already excused in that half term.")
    urn = school_store.successions(session, urns).standing(command.urn, today)
    exemption = Exemption(
        urn=urn,
        half_term=command.half_term,
        kind=command.kind,
        reason=command.reason,
        created_at=now,
        created_by=by,
    )
    session.add(exemption)
    session.flush()
    event = VisitObligationExcused(
        urn=urn,
        half_term=command.half_term,
        kind=ObligationKind(command.kind),
        reason=ExemptionReason(command.reason),
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return exemption
